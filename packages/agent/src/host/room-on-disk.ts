import { statfsSync } from "node:fs";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { freeBytes } from "@sluice/wire/files/free-bytes.ts";
import { EventFailure } from "./event-failure.ts";

const MEBIBYTE = 1024 * 1024;
/** What is left to other programs while something is written whose size nobody knows: so much, or on a small disk this share of it. */
const MIN_LEFT_BYTES = 64 * MEBIBYTE;
const MIN_LEFT_FILES = 10_000;
const LEFT_SHARE = 1 / 16;

/**
 * Before bytes are written that certainly do not fit: half of them would fill the disk for every program on it first. The failure has the code of a full
 * disk, so that old revisions are removed and it is tried again (`withRoom`).
 * @throws EventFailure with both sizes and the cure
 */
export function requireRoom(what: string, bytes: number, directory: string): void {
  const free = freeBytes(directory);
  if (bytes <= free) return;
  throw noRoom(
    `${what} needs ${formatBytes(bytes)}, but the disk of ${directory} has ${formatBytes(free)} left`,
    directory,
  );
}

/**
 * While something is written whose size shows only at its end: it stops before the disk is full for every program on it, of bytes or of files (inodes).
 * @throws EventFailure as `requireRoom` does
 */
export function requireSpareRoom(what: string, directory: string): void {
  const { bsize, blocks, files, ffree } = statfsSync(directory);
  const free = freeBytes(directory);
  if (free < Math.min(MIN_LEFT_BYTES, bsize * blocks * LEFT_SHARE)) {
    throw noRoom(`${what}, because the disk of ${directory} has only ${formatBytes(free)} left`, directory);
  }
  // Some file systems count no files.
  if (files > 0 && ffree < Math.min(MIN_LEFT_FILES, files * LEFT_SHARE)) {
    throw noRoom(
      `${what}, because the disk of ${directory} has room for only ${ffree} more files (inodes)`,
      directory,
      "df -i",
    );
  }
}

function noRoom(trouble: string, directory: string, look = "df -h"): EventFailure {
  const message =
    `${trouble}. Free space on it, then deploy again: ${look} ${directory}. The settings maxRevisions, maxRevisionBytes and maxCachedBytes of ` +
    "agent.json say how many old revisions are kept.";
  return new EventFailure(message, { cause: Object.assign(new Error(message), { code: "ENOSPC", path: directory }) });
}
