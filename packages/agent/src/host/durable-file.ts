import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { runHelper } from "../process/helper-process.ts";
import { DESCRIPTORS_DIRECTORY } from "./descriptor-path.ts";
import { EventFailure } from "./event-failure.ts";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const MIN_PIECE_CHARACTERS = 256 * 1024;

/** Ends in a name that `sweepOnStart` removes, so that a crash in mid-write leaves no litter for good. */
export const UNFINISHED_SUFFIX = ".unfinished";

/**
 * Replaces a file as a whole: a reader, or the machine after a power cut, finds the old text or the new one, never a half.
 * `durable: false` leaves out the flushes (atomic against a killed process only).
 */
export function replaceFile(
  path: string,
  text: string | Iterable<string>,
  { durable = true, mode = 0o644 } = {},
): void {
  const unfinished = `${path}${UNFINISHED_SUFFIX}`;
  // One that an agent left half-written has another mode, and in a directory of somebody else's it may be a link.
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, NEW_FILE, mode);
  try {
    // Not `writeSync`: on a disk that fills up it writes a part, and says so only in what it returns.
    for (const piece of inPieces(text)) writeFileSync(descriptor, piece);
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

/** A text that is made as it is written needs no memory for the whole of it. */
function* inPieces(text: string | Iterable<string>): Generator<string> {
  if (typeof text === "string") return yield text;
  let piece = "";
  for (const part of text) {
    piece += part;
    if (piece.length < MIN_PIECE_CHARACTERS) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
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

/** Of all that an install wrote, with whatever else waits to be written to the same disks. */
const MAX_FLUSH_MILLISECONDS = 600_000;
const FIRST_DESCRIPTOR = 3;

/**
 * Flushes whole file systems, each named by an open directory on it: one barrier instead of a flush for every file. By their names other users
 * could lead `sync`, which may be root's, to a pipe, a device or a file system that never answers.
 * A host without `sync -f` (a very small busybox) falls back to flushing everything with a plain `sync`.
 * @throws EventFailure when it takes too long
 */
export async function flushFileSystems(
  directories: readonly number[],
  timeoutMs = MAX_FLUSH_MILLISECONDS,
): Promise<void> {
  if (directories.length === 0) return;
  const endsAt = performance.now() + timeoutMs;
  const paths = directories.map((_, index) => `${DESCRIPTORS_DIRECTORY ?? "/dev/fd"}/${FIRST_DESCRIPTOR + index}`);
  if (await runHelper("sync", ["-f", ...paths], { descriptors: directories, timeoutMs })) return;
  if (performance.now() < endsAt) await runHelper("sync", [], { timeoutMs: endsAt - performance.now() });
  if (performance.now() < endsAt) return;
  throw new EventFailure(
    `The written files did not reach the disk within ${timeoutMs / 1000} s (sync -f). Look for a disk or a network file system that does not ` +
      "answer (findmnt, dmesg), and then try again.",
  );
}

export async function flushFileSystemOf(directory: string): Promise<void> {
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await flushFileSystems([descriptor]);
  } finally {
    closeSync(descriptor);
  }
}
