import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { ownProgram } from "@sluice/wire/program/own-program.ts";
import { ended, onlyChildOf, signal, terminate } from "../process/child-process.ts";
import { dieWithParent } from "./isolation/namespace.ts";
import { findNodeDirectory } from "./node-directory.ts";

/** How long an agent may take to say goodbye before it is killed. */
const AGENT_GRACE_MILLISECONDS = 10_000;

export interface AgentCommand {
  /** Begins the command: enters the host's namespaces and its tree. Empty when the host is the machine itself. */
  readonly enter: readonly string[];
  readonly agentDirectory: string;
  readonly logFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A running `sluice agent run`. */
export interface AgentProcess {
  /** The agent's own process, as the machine numbers it. */
  readonly processId: number;
  readonly ended: Promise<number | NodeJS.Signals>;
  /** SIGTERM, and SIGKILL after a grace. */
  stop(): Promise<void>;
  /** SIGKILL: what a crash is like. Its hooks live on, as they would on a real host. */
  kill(): Promise<void>;
}

export async function startAgent(command: AgentCommand): Promise<AgentProcess> {
  const log = openSync(command.logFile, "a", 0o600);
  const start = [ownProgram().file, "agent", "run", "--data", command.agentDirectory];
  const argv = [...dieWithParent(), ...command.enter, ...start];
  const [program = "", ...args] = argv;
  let child: ChildProcess;
  try {
    child = spawn(program, args, { stdio: ["ignore", log, log], env: command.environment, cwd: "/", detached: true });
  } finally {
    closeSync(log);
  }
  // nsenter forks to be inside of the process namespace; without it every step before the agent is an exec.
  const processId = command.enter.length > 0 ? await onlyChildOf(child) : child.pid;
  if (processId === undefined) throw new Error(`the agent could not be started. See ${command.logFile}`);
  return {
    processId,
    ended: ended(child),
    stop: () => terminate(child, processId, AGENT_GRACE_MILLISECONDS),
    kill: async () => {
      signal(processId, "SIGKILL");
      await ended(child);
    },
  };
}

/** What a service manager would give an agent: little, so that what works here does not rest on the user's own settings. */
export function agentEnvironment(extra: Readonly<Record<string, string>>): Record<string, string> {
  const kept = ["HOME", "LANG", "LOGNAME", "USER", "SLUICE_SOURCE"];
  const own = Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  // Hooks find the machine's programs first; the Node that runs us last, for examples on a machine that has none.
  const path = [
    process.env.PATH ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    findNodeDirectory(),
  ];
  return { ...own, PATH: path.filter(Boolean).join(":"), ...extra };
}
