import { readdirSync, readFileSync, statSync } from "node:fs";

/** What `/proc/PID/stat` says of a process that lives. */
export interface ProcessStat {
  readonly groupId: number;
  /** Field 22: clock ticks from boot to its start. */
  readonly startTicks: string;
}

const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";

/** Names this boot of the host; "" where there is no /proc (not Linux). */
export function currentBootId(): string {
  try {
    return readFileSync(BOOT_ID_FILE, "utf8").trim();
  } catch {
    return "";
  }
}

/** Every process of the host, the dead that nobody has reaped included; undefined where there is no /proc. */
export function processIds(): readonly number[] | undefined {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return undefined;
  }
}

/** Undefined for a process that is gone or a zombie. */
export function readProcessStat(processId: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${processId}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // "pid (name) state ppid pgrp …": the name may hold anything, so count from its last parenthesis.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, , groupId] = fields;
  if (state === undefined || state === "Z" || state === "X") return undefined;
  return { groupId: Number(groupId), startTicks: fields[19] ?? "" };
}

/** Its variables, each as `NAME=value`. Ask only of the agent's own processes: a process decides what memory its environment is. */
export function readEnvironment(processId: number): readonly string[] {
  try {
    return readFileSync(`/proc/${processId}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** Whether it runs as the agent's own user. */
export function isOwnProcess(processId: number): boolean {
  return statSync(`/proc/${processId}`, { throwIfNoEntry: false })?.uid === process.geteuid?.();
}
