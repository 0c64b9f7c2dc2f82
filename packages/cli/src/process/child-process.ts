import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MILLISECONDS = 10;

/** Resolves when the process has ended, with its exit status or the name of the signal that ended it. */
export function ended(child: ChildProcess): Promise<number | NodeJS.Signals> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  if (child.signalCode !== null) return Promise.resolve(child.signalCode);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status, signal) => resolve(status ?? signal ?? 0));
  });
}

/** The one child of a process that forks once (`unshare --fork`, `nsenter --pid`); waits until it is there. */
export async function onlyChildOf(child: ChildProcess): Promise<number> {
  if (child.pid === undefined) await ended(child);
  while (child.exitCode === null && child.signalCode === null) {
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").catch(() => "");
    const first = Number(children.trim().split(" ")[0]);
    if (first > 0) return first;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`${child.spawnargs.join(" ")} exited before it started its program`);
}

/** Sends a signal to a process of ours; that it is gone already is not an error. */
export function signal(processId: number, name: NodeJS.Signals): void {
  try {
    process.kill(processId, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Asks a process to end with SIGTERM, and ends it after the grace. `processId` may be a child of `child` that ends with it. */
export async function terminate(child: ChildProcess, processId: number, graceMilliseconds: number): Promise<void> {
  signal(processId, "SIGTERM");
  const grace = new AbortController();
  const timeout = sleep(graceMilliseconds, "late", { signal: grace.signal, ref: false }).catch(() => "stopped");
  const first = await Promise.race([ended(child), timeout]);
  grace.abort();
  if (first !== "late") return;
  signal(processId, "SIGKILL");
  await ended(child);
}
