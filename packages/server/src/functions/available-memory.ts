import { readFileSync } from "node:fs";

const KIBIBYTE = 1_024;

/** What this machine's kernel says new processes can have without swapping; undefined: it does not say. */
export function availableBytes(): number | undefined {
  try {
    const [, kibibytes] = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * KIBIBYTE;
  } catch {
    return undefined;
  }
}
