import { readFileSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { resolve } from "node:path";
import { errorCodeOf } from "../event-failure.ts";
import { YieldingLoop } from "../yielding-loop.ts";
import { Folders, UntrustedLink } from "./folders.ts";
import { removeSecurityContext } from "./security-context.ts";

/** How the reference agent records a SELinux context that it added. */
export const CONTEXT_PREFIX = "semanage\0";
const LINE_END = 0x0a;

/**
 * Removes what the group's previous install put on the host, newest first: files, then directories if they are empty.
 * Files that were not installed survive. Safe to repeat after a crash: what is gone is passed over, and so is what lies behind a link that
 * is not to be trusted, since it is not what was installed.
 * @returns the links behind which nothing was removed
 */
export async function removePreviousInstall(cleanupFile: string): Promise<readonly string[]> {
  let list: Buffer;
  try {
    list = readFileSync(cleanupFile);
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return [];
    throw error;
  }
  const loop = new YieldingLoop();
  const folders = new Folders();
  const untrusted = new Set<string>();
  try {
    for (const entry of cleanupEntries(list, "newestFirst")) {
      if (entry.startsWith(CONTEXT_PREFIX)) await removeSecurityContext(entry.slice(CONTEXT_PREFIX.length));
      else {
        const link = removeInstalled(resolve(entry), folders);
        if (link !== undefined) untrusted.add(link);
      }
      await loop.next();
    }
  } finally {
    folders.close();
  }
  rmSync(cleanupFile, { force: true });
  return [...untrusted];
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

/** @returns the link behind which it would be, if there is one that is not to be trusted */
function removeInstalled(path: string, folders: Folders): string | undefined {
  let target = path;
  try {
    target = folders.at(path);
    unlinkSync(target);
  } catch (error) {
    if (error instanceof UntrustedLink) return error.path;
    const code = errorCodeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code !== "EISDIR" && code !== "EPERM") throw error;
    removeEmptyDirectory(target);
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
