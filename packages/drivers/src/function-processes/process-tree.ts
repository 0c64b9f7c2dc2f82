import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const PAUSE_MILLISECONDS = 5;

/** Of a process, by its number; empty where the kernel does not say. */
export function childrenOf(pid: number): readonly number[] {
  return readText(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/**
 * Ends the processes of an environment that has no process table of its own: those of its process group, and those that have its log stream among
 * their variables, whatever they did to leave the group. Done when there is none.
 */
export async function endEnvironmentProcesses(groupId: number, logStream: string): Promise<void> {
  for (;;) {
    try {
      process.kill(-groupId, "SIGKILL");
    } catch {
      // The group is empty.
    }
    const left = processesWith(`AWS_LAMBDA_LOG_STREAM_NAME=${logStream}`);
    if (left.length === 0) return;
    for (const pid of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await pause(PAUSE_MILLISECONDS);
  }
}

/** Those that live, with a variable as they were started. */
export function processesWith(variable: string): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return pids.filter((pid) => readText(`/proc/${pid}/environ`).includes(variable)).map(Number);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
