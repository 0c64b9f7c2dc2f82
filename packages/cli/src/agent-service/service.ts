import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailed } from "../command-failed.ts";
import { isOnPath } from "../process/on-path.ts";
import { ProgramFailed, runProgram } from "../process/run-program.ts";
import { LOG_FILE, packageUnit, UNIT_FILE, UNIT_NAME } from "./places.ts";
import { unitText } from "./unit.ts";

export interface ServicePlace {
  readonly programs: string;
  readonly data: string;
}

/** How the agent is kept running: by systemd, or as a process in the background where there is none. */
export type ServiceKind = "systemd" | "background";

/** systemd says so itself: sd_booted(3). */
const SYSTEMD_RUNS = "/run/systemd/system";
const POLL_MILLISECONDS = 100;

export function serviceKind(): ServiceKind {
  return existsSync(SYSTEMD_RUNS) ? "systemd" : "background";
}

/** What a person starts the agent with who starts it by hand. */
export function startCommand({ programs, data }: ServicePlace): string {
  return `${join(programs, "supervise")} --data ${data} --restart`;
}

/** Writes the unit, and enables it. @returns whether anything of it is new */
export async function writeUnit(place: ServicePlace): Promise<boolean> {
  const text = unitText({ ...place, canNotify: isOnPath("systemd-notify") });
  const isNew = !existsSync(UNIT_FILE) || readFileSync(UNIT_FILE, "utf8") !== text;
  if (isNew) {
    writeFileSync(UNIT_FILE, text, { mode: 0o644 });
    await systemctl("daemon-reload");
  }
  // The package's unit of that name may be enabled: older systemd refuses to put another link in its place.
  await systemctl("enable", "--force", "--quiet", UNIT_NAME);
  return isNew;
}

/** Stops the agent and removes its unit. That of the Debian package stays, and starts nothing any more. */
export async function removeUnit(): Promise<void> {
  if (!existsSync(UNIT_FILE)) {
    if (packageUnit() !== undefined && serviceKind() === "systemd")
      await systemctl("disable", "--now", "--quiet", UNIT_NAME);
    return;
  }
  await systemctl("disable", "--now", "--quiet", UNIT_NAME).catch(() => undefined);
  rmSync(UNIT_FILE, { force: true });
  rmSync(`${UNIT_FILE}.d`, { recursive: true, force: true });
  await systemctl("daemon-reload");
  // It would be listed as failed until the next boot.
  await systemctl("reset-failed", UNIT_NAME).catch(() => undefined);
}

/** Starts the service, or starts it again with what is new. The supervisor's first word is not waited for: the server may be away. */
export async function startService(kind: ServiceKind, place: ServicePlace, isNew: boolean): Promise<void> {
  if (kind === "systemd") {
    await systemctl("--no-block", isNew ? "restart" : "start", UNIT_NAME);
    return;
  }
  if (isNew) await stopBackground(place.data);
  else if ((await supervisorOf(place.data)) !== undefined) return;
  const log = openSync(LOG_FILE, "a", 0o640);
  let child: ChildProcess;
  try {
    child = spawn(join(place.programs, "supervise"), ["--data", place.data, "--restart"], {
      cwd: "/",
      detached: true,
      stdio: ["ignore", log, log],
    });
  } finally {
    closeSync(log);
  }
  await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  child.unref();
}

/** Ends the supervisor and its agent, which finishes the scripts that run. */
export async function stopBackground(data: string): Promise<void> {
  const supervisor = await supervisorOf(data);
  if (supervisor === undefined) return;
  process.kill(supervisor, "SIGTERM");
  while ((await supervisorOf(data)) === supervisor) await sleep(POLL_MILLISECONDS);
}

/** The process that the agent's directory names, if it is still that one. */
async function supervisorOf(data: string): Promise<number | undefined> {
  const { SUPERVISED_AGENT_FILE } = await import("@sluice/agent/supervision/programs.ts");
  const { readProcessStat } = await import("@sluice/agent/process/process-table.ts");
  const file = join(data, SUPERVISED_AGENT_FILE);
  if (!existsSync(file)) return undefined;
  const [, , supervisor = "", startedAt = ""] = readFileSync(file, "utf8").trim().split(" ");
  if (!/^\d+$/.test(supervisor) || readProcessStat(Number(supervisor))?.startTicks !== startedAt) return undefined;
  return Number(supervisor);
}

/** What the log's last lines are, for whoever has to find out why the agent does not start. */
export function logCommand(kind: ServiceKind): string {
  return kind === "systemd" ? `journalctl -u ${UNIT_NAME} -n 30` : `tail -n 30 ${LOG_FILE}`;
}

async function systemctl(...args: readonly string[]): Promise<void> {
  try {
    await runProgram(["systemctl", ...args]);
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new CommandFailed(`${error.message}. Look at the unit: systemctl status ${UNIT_NAME}`, { cause: error });
  }
}
