import { execFile } from "node:child_process";
import { readFileSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { errorCodeOf } from "../event-failure.ts";
import { YieldingLoop } from "../yielding-loop.ts";

/** How the reference agent records a SELinux context that it added. */
const CONTEXT_PREFIX = "semanage\0";
const SEMANAGE_TIMEOUT_MS = 60_000;

/**
 * Removes what the group's previous install put on the host, newest first: files, then directories if they are empty.
 * Files that were not installed survive. Safe to repeat after a crash: what is gone is passed over.
 */
export async function removePreviousInstall(cleanupFile: string): Promise<void> {
  let text: string;
  try {
    text = readFileSync(cleanupFile, "utf8");
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return;
    throw error;
  }
  const loop = new YieldingLoop();
  for (const entry of cleanupEntries(text).reverse()) {
    if (entry.startsWith(CONTEXT_PREFIX)) await removeContext(entry.slice(CONTEXT_PREFIX.length));
    else removeInstalled(entry);
    await loop.next();
  }
  rmSync(cleanupFile, { force: true });
}

/** The complete lines of a cleanup list. A last line without its end was cut by a crash and is not to be trusted. */
export function cleanupEntries(text: string): string[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((entry) => entry.startsWith("/") || entry.startsWith(CONTEXT_PREFIX));
}

function removeInstalled(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return;
    if (code !== "EISDIR" && code !== "EPERM") throw error;
    removeEmptyDirectory(path);
  }
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

function removeContext(path: string): Promise<void> {
  return new Promise((resolve) => {
    execFile("semanage", ["fcontext", "-d", path], { timeout: SEMANAGE_TIMEOUT_MS }, () => resolve());
  });
}
