import { readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../host/durable-file.ts";
import type { AgentLog } from "../process/agent-log.ts";
import { describeFailure } from "../process/agent-log.ts";
import { PROGRAM_FILES, PROGRAMS_VARIABLE, SUPERVISOR_VARIABLE } from "./programs.ts";
import { SUPERVISE_TEXT } from "./supervise-text.ts";

const EXECUTABLE_MODE = 0o755;
/** A third of the unit's WatchdogSec. */
export const ALIVE_INTERVAL_MILLISECONDS = 60_000;

/** The supervisor that started this agent. */
export interface OwnSupervisor {
  /** The directory of the programs that it starts. */
  readonly programs: string;
  /** The server has answered for the first time: the host's service is ready. */
  tellAnswered(): void;
  /** Tells once a minute that this process is not stuck, until it is closed. */
  close(): void;
}

/** Undefined for an agent that no supervisor started: one started by hand, from a checkout or by a package. */
export function ownSupervisor(environment: NodeJS.ProcessEnv = process.env): OwnSupervisor | undefined {
  const { [PROGRAMS_VARIABLE]: programs, [SUPERVISOR_VARIABLE]: supervisor } = environment;
  // A program in between would be ended by the signals.
  if (!programs || Number(supervisor) !== process.ppid) return undefined;
  const tell = (name: NodeJS.Signals) => {
    try {
      // After its death the parent is another one.
      if (process.ppid === Number(supervisor)) process.kill(process.ppid, name);
    } catch {
      // It has ended at this moment: there is nobody to tell.
    }
  };
  const beat = setInterval(() => tell("SIGUSR2"), ALIVE_INTERVAL_MILLISECONDS).unref();
  return { programs, tellAnswered: () => tell("SIGUSR1"), close: () => clearInterval(beat) };
}

/** Writes this version's supervisor in the place of another version's: it runs from the next start on. */
export function renewSupervisor(programs: string, log: Pick<AgentLog, "info" | "warn">): void {
  const file = join(programs, PROGRAM_FILES.supervise);
  try {
    if (readFileSync(file, "utf8") === SUPERVISE_TEXT) return;
    replaceFile(file, SUPERVISE_TEXT, { mode: EXECUTABLE_MODE });
    log.info("the supervisor of another version was replaced; the new one runs from the next start of the service on", {
      file,
    });
  } catch (error) {
    log.warn("the supervisor cannot be replaced by this version's", { file, problem: describeFailure(error) });
  }
}
