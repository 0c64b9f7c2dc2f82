import { readFileSync, statfsSync } from "node:fs";
import { descendantsOf } from "./process-tree.ts";

/** How often the memory of an environment is looked at that no control group bounds. */
const PERIOD_MILLISECONDS = 100;
const KIBIBYTE = 1024;

/** The memory of the processes of an environment, where nothing but this bounds it. */
export interface WatchedMemory {
  bytes(): number;
  peakBytes(): number;
  /** They held more than they may. */
  wasExceeded(): boolean;
  stop(): void;
}

/**
 * Looks some times a second at what a process and its descendants hold of their own: what they share with files on the disk is left out.
 * @param temporaryFolder a file system in memory that counts, too; null: none
 * @param onExceeded called once
 */
export function watchMemory(
  pid: number,
  limitBytes: number,
  temporaryFolder: (pids: readonly number[]) => string | null,
  onExceeded: () => void,
): WatchedMemory {
  let peak = 0;
  let wasExceeded = false;
  const look = (): number => {
    const pids = [pid, ...descendantsOf(pid)];
    const folder = temporaryFolder(pids);
    const bytes = pids.reduce((sum, each) => sum + ownBytes(each), folder === null ? 0 : usedBytes(folder));
    peak = Math.max(peak, bytes);
    if (bytes > limitBytes && !wasExceeded) {
      wasExceeded = true;
      onExceeded();
    }
    return bytes;
  };
  const timer = setInterval(look, PERIOD_MILLISECONDS).unref();
  return {
    bytes: look,
    peakBytes: () => {
      look();
      return peak;
    },
    wasExceeded: () => wasExceeded,
    stop: () => clearInterval(timer),
  };
}

function ownBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const sizes = status.matchAll(/^Rss(?:Anon|Shmem):\s+([0-9]+) kB$/gm);
    return [...sizes].reduce((sum, [, size]) => sum + Number(size) * KIBIBYTE, 0);
  } catch {
    return 0;
  }
}

function usedBytes(folder: string): number {
  try {
    const { bsize, blocks, bfree } = statfsSync(folder);
    return (blocks - bfree) * bsize;
  } catch {
    return 0;
  }
}
