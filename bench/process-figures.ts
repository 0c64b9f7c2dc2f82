import { readdirSync, readFileSync } from "node:fs";

/** A clock tick of /proc, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface ProcessMemory {
  /** Megabytes (10^6 bytes) resident, shared pages counted in full. */
  readonly rss: number;
  /** Megabytes, shared pages divided among the processes that share them. */
  readonly pss: number;
}

export function memoryOf(processId: number): ProcessMemory {
  const text = readFileSync(`/proc/${processId}/smaps_rollup`, "utf8");
  const megabytes = (name: string) => (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) * 1024) / 1e6;
  return { rss: megabytes("Rss"), pss: megabytes("Pss") };
}

/** Seconds of processor time that a process has used so far, user and system. */
export function processorSecondsOf(processId: number): number {
  const [user, system] = times(processId);
  return user + system;
}

/** The same of what it started, directly or not, and what has ended since. */
export function endedChildrenSecondsOf(processId: number): number {
  const [, , user, system] = times(processId);
  return user + system;
}

/** Fields 14 to 17 of its line in /proc, in seconds. */
function times(processId: number): [number, number, number, number] {
  const text = readFileSync(`/proc/${processId}/stat`, "utf8");
  // The name in parentheses may hold spaces; the fields after it are counted from the state, which is the third.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const seconds = (field: number) => Number(fields[field]) / TICKS_PER_SECOND;
  return [seconds(11), seconds(12), seconds(13), seconds(14)];
}

/** Processes that a process started, and those that these started, which are there now. */
export function descendantsOf(processId: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
    if (parent === undefined) continue;
    const others = children.get(parent);
    if (others) others.push(Number(name));
    else children.set(parent, [Number(name)]);
  }
  const found: number[] = [];
  for (const next = [processId]; next.length > 0; ) {
    const own = children.get(next.pop() ?? 0) ?? [];
    found.push(...own);
    next.push(...own);
  }
  return found;
}

/** Undefined: it has ended. */
function parentOf(processId: string): number | undefined {
  try {
    const text = readFileSync(`/proc/${processId}/stat`, "utf8");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
