import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { runHelper } from "./helper-process.ts";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Ends in a name that `sweepOnStart` removes, so that a crash in mid-write leaves no litter for good. */
export const UNFINISHED_SUFFIX = ".unfinished";

/**
 * Replaces a file as a whole: a reader, or the machine after a power cut, finds the old text or the new one, never a half.
 * `durable: false` leaves out the flushes (atomic against a killed process only).
 */
export function replaceFile(path: string, text: string, { durable = true, mode = 0o644 } = {}): void {
  const unfinished = `${path}${UNFINISHED_SUFFIX}`;
  // One that an agent left half-written has another mode, and in a directory of somebody else's it may be a link.
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, NEW_FILE, mode);
  try {
    writeSync(descriptor, text);
    if (durable) fsyncSync(descriptor);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, path);
  if (durable) flushDirectory(dirname(path));
}

/** Makes the names inside a directory survive a power cut. */
export function flushDirectory(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Flushes whole file systems, each named by one path on it: one barrier instead of a flush for every file.
 * A host without `sync -f` (a very small busybox) falls back to flushing everything with a plain `sync`.
 */
export async function flushFileSystems(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  if (await runHelper("sync", ["-f", ...paths])) return;
  await runHelper("sync", []);
}
