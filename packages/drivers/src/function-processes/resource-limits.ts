import { readFileSync } from "node:fs";

/** Open files of one process, as on Lambda. */
export const MAX_ENVIRONMENT_FILES = 1_024;
/** Of one file: its /tmp has its own size. */
export const MAX_ENVIRONMENT_FILE_BYTES = 10 * 1024 ** 3;

/** What a process of an environment may have, where this process may give as much. */
export interface ResourceLimits {
  readonly files: number;
  /** Of the user, threads too. */
  readonly processes: number;
  readonly fileBytes: number;
}

/** A limit of this process cannot be raised by everybody, root in a container included. */
export function withinOwnLimits(wanted: ResourceLimits, ownLimits = readOwnLimits()): ResourceLimits {
  const within = (value: number, name: string): number => {
    const [, hard] = new RegExp(`^${name} +\\S+ +([0-9]+)`, "m").exec(ownLimits) ?? [];
    return hard === undefined ? value : Math.min(value, Number(hard));
  };
  return {
    files: within(wanted.files, "Max open files"),
    processes: within(wanted.processes, "Max processes"),
    fileBytes: within(wanted.fileBytes, "Max file size"),
  };
}

function readOwnLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "latin1");
  } catch {
    return "";
  }
}
