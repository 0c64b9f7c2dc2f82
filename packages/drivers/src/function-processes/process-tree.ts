import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const PAUSE_MILLISECONDS = 5;

/** Of a process, by its number; empty where the kernel does not say. */
export function childrenOf(pid: number): readonly number[] {
  // Each thread has its own.
  const threads = namesIn(`/proc/${pid}/task`);
  return threads.flatMap((thread) =>
    readText(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
  );
}

/** Of a process, their children too; not those whose parent has ended. */
export function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/**
 * Ends the processes of an environment that has no process table of its own: those of its process group, and those that have its log stream among
 * their variables, whatever they did to leave the group. Done when there is none.
 */
export async function endEnvironmentProcesses(groupId: number, logStream: string): Promise<void> {
  for (;;) {
    killQuietly(-groupId);
    const left = processesWith(`AWS_LAMBDA_LOG_STREAM_NAME=${logStream}`);
    if (left.length === 0) return;
    for (const pid of left) killQuietly(pid);
    await pause(PAUSE_MILLISECONDS);
  }
}

/** Those that live, with a variable as they were started. */
export function processesWith(variable: string): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return pids.filter((pid) => readText(`/proc/${pid}/environ`).includes(variable)).map(Number);
}

export function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
