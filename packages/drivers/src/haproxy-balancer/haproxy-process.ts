import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { HAPROXY_ENVIRONMENT } from "./haproxy-program.ts";

/** The processes of one configuration. */
export interface HaproxyProcesses {
  /** Null: none runs. */
  readonly master: number | null;
  readonly workers: readonly number[];
}

export interface HaproxyFiles {
  readonly program: string;
  /** All absolute. */
  readonly config: string;
  readonly masterSocket: string;
  readonly log: string;
  readonly pid: string;
}

const PAUSE_MILLISECONDS = 20;
/** Workers of a master that was killed end by themselves. */
const ORPHAN_GRACE_MILLISECONDS = 2_000;
const DELETED = " (deleted)";

/** Found by what they run and by their configuration's path, so that neither a lost pid file nor a pid that was given again misleads. */
export async function findProcesses({
  program,
  config,
}: Pick<HaproxyFiles, "program" | "config">): Promise<HaproxyProcesses> {
  const wanted = await realpath(program).catch(() => program);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = new Map<number, number>();
  for (const pid of pids) {
    const parent = await parentIfOurs(pid, wanted, config);
    if (parent !== undefined) found.set(pid, parent);
  }
  const masters = [...found].filter(([, parent]) => !found.has(parent)).map(([pid]) => pid);
  const isMaster = async (pid: number) => [...found.values()].includes(pid) || (await isOwn(pid));
  // A worker whose master was killed has a parent that is not ours, too; it has become another user where it may.
  for (const pid of masters) {
    if (await isMaster(pid)) return { master: pid, workers: [...found.keys()].filter((other) => other !== pid) };
  }
  return { master: null, workers: [...found.keys()] };
}

async function parentIfOurs(pid: number, program: string, config: string): Promise<number | undefined> {
  try {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8");
    if (!line.includes(config) || !line.split("\0").includes(config)) return undefined;
    const path = await readlink(`/proc/${pid}/exe`);
    if (path.replace(DELETED, "") !== program) return undefined;
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : Number(parent);
  } catch {
    // It has ended meanwhile, or is somebody else's.
    return undefined;
  }
}

/** A master leads the process group that it was started in. */
async function isOwn(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const group = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2];
  return Number(group) === pid;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a master in a process group and session of its own, with nothing of ours but its log, so that it outlives us. It says nothing
 * once it runs.
 */
export async function startMaster(files: HaproxyFiles, onEnd: () => void): Promise<number> {
  const log = await open(files.log, "w", 0o600);
  try {
    const child = spawn(
      files.program,
      ["-W", "-q", "-S", `${files.masterSocket},mode,600`, "-p", files.pid, "-f", files.config],
      { detached: true, stdio: ["ignore", log.fd, log.fd], cwd: "/", env: HAPROXY_ENVIRONMENT },
    );
    child.once("exit", onEnd);
    child.unref();
    await once(child, "spawn");
    return child.pid!;
  } finally {
    await log.close();
  }
}

/** Ends what is left of a configuration's processes: an orphan would go on taking connections beside the ones that follow. */
export async function endProcesses(files: Pick<HaproxyFiles, "program" | "config">): Promise<void> {
  let processes = await findProcesses(files);
  if (processes.master !== null) signal(processes.master, "SIGTERM");
  const graceEnds = performance.now() + ORPHAN_GRACE_MILLISECONDS;
  for (;;) {
    processes = await findProcesses(files);
    const pids = [...(processes.master === null ? [] : [processes.master]), ...processes.workers];
    if (pids.length === 0) return;
    if (performance.now() > graceEnds) for (const pid of pids) signal(pid, "SIGKILL");
    await pause(PAUSE_MILLISECONDS);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}
