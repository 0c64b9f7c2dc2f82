import { readFileSync, rmdirSync, unlinkSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { namingPath } from "../descriptor-path.ts";
import { errorCodeOf } from "../event-failure.ts";
import { YieldingLoop } from "../yielding-loop.ts";
import { Folders, UntrustedLink } from "./folders.ts";
import { removeSecurityContext } from "./security-context.ts";

/** How the reference agent records a SELinux context that it added. */
export const CONTEXT_PREFIX = "semanage\0";
const LINE_END = 0x0a;

export interface Removal {
  /** The links behind which nothing was removed. */
  readonly untrusted: readonly string[];
  /** On every file system that something was removed from there is one of them. */
  readonly directories: readonly string[];
}

/**
 * Removes what the group's previous install put on the host, newest first: files, then directories if they are empty.
 * Files that were not installed survive. Safe to repeat after a crash: what is gone is passed over, and so is what lies behind a link that
 * is not to be trusted, since it is not what was installed. The list stays: its entries are needed until the disk knows that they are gone.
 * @param isUntouched whether a path on the list still has the host's own file, which an install that was cut short was going to replace
 */
export async function removePreviousInstall(
  list: Buffer,
  isUntouched: (path: string, folders: Folders) => boolean,
): Promise<Removal> {
  const loop = new YieldingLoop();
  const folders = new Folders();
  const untrusted = new Set<string>();
  const directories = new Map<number, string>();
  try {
    for (const entry of cleanupEntries(list, "newestFirst")) {
      if (entry.startsWith(CONTEXT_PREFIX)) await removeSecurityContext(entry.slice(CONTEXT_PREFIX.length));
      else {
        const path = resolve(entry);
        const link = removeInstalled(path, folders, isUntouched);
        if (link !== undefined) untrusted.add(link);
        else noteDevice(dirname(path), folders, directories);
      }
      await loop.next();
    }
  } finally {
    folders.close();
  }
  return { untrusted: [...untrusted], directories: [...directories.values()].flatMap(upwards) };
}

/**
 * The complete lines of a cleanup list, one at a time, since it may name a hundred thousand files. A last line without its end was cut by a crash and is not to be
 * trusted.
 */
export function* cleanupEntries(list: Buffer, order: "oldestFirst" | "newestFirst" = "oldestFirst"): Generator<string> {
  const end = list.lastIndexOf(LINE_END) + 1;
  for (const line of order === "oldestFirst" ? forwards(list, end) : backwards(list, end)) {
    if (line.startsWith("/") || line.startsWith(CONTEXT_PREFIX)) yield line;
  }
}

function* forwards(list: Buffer, end: number): Generator<string> {
  for (let start = 0; start < end; ) {
    const lineEnd = list.indexOf(LINE_END, start);
    yield list.toString("utf8", start, lineEnd);
    start = lineEnd + 1;
  }
}

function* backwards(list: Buffer, end: number): Generator<string> {
  for (let lineEnd = end - 1; lineEnd >= 0; ) {
    const before = lineEnd === 0 ? -1 : list.lastIndexOf(LINE_END, lineEnd - 1);
    yield list.toString("utf8", before + 1, lineEnd);
    lineEnd = before;
  }
}

/** One directory of each file system that something was removed from. */
function noteDevice(directory: string, folders: Folders, directories: Map<number, string>): void {
  const device = folders.deviceOf(directory);
  if (device !== undefined && !directories.has(device)) directories.set(device, directory);
}

/** The directory may be gone itself. */
function upwards(directory: string): string[] {
  return directory === "/" ? ["/"] : [directory, ...upwards(dirname(directory))];
}

/** Empty where there is none. */
export function readCleanupList(cleanupFile: string): Buffer {
  try {
    return readFileSync(cleanupFile);
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** @returns the link behind which it would be, if there is one that is not to be trusted */
function removeInstalled(
  path: string,
  folders: Folders,
  isUntouched: (path: string, folders: Folders) => boolean,
): string | undefined {
  let target = path;
  try {
    target = folders.at(path);
    if (isUntouched(path, folders)) return undefined;
    unlinkSync(target);
  } catch (error) {
    if (error instanceof UntrustedLink) return error.path;
    const code = errorCodeOf(error);
    // EBUSY: a file that is mounted there by itself stays.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EBUSY") return undefined;
    if (code !== "EISDIR" && code !== "EPERM") throw namingPath(path, error);
    try {
      removeEmptyDirectory(target);
    } catch (problem) {
      throw namingPath(path, problem);
    }
  }
  return undefined;
}

function removeEmptyDirectory(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const code = errorCodeOf(error) ?? "";
    // EBUSY: something is mounted there, or it is some process's root; it is not ours to take away.
    if (!["ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR", "EBUSY"].includes(code)) throw error;
  }
}
