import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  opendirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from "node:fs";
import { DESCRIPTORS_DIRECTORY, pathInDescriptor, pathOfDescriptor } from "./descriptor-path.ts";
import { EventFailure, errorCodeOf } from "./event-failure.ts";
import { mountIn } from "./mounts.ts";
import { YieldingLoop } from "./yielding-loop.ts";

const DIRECTORY_ITSELF = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** How many names are read at a time, so that a directory of a million does not fill the memory. */
const NAMES_AT_A_TIME = 1_024;
/** Each level costs stack and an open directory; what lies deeper is moved to the top first. */
const LEVELS_AT_A_TIME = 64;
const MOVED_NAME_RANDOM_BYTES = 9;
const ROOT = 0;
const PRIVATE_MODE = 0o700;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Removes a tree, with breaks: a revision may hold a hundred thousand files, and the agent has to go on polling. An archive of an earlier agent
 * may hold directories of other users, who may do anything there meanwhile: it goes by descriptors, so a directory that is swapped for a
 * link leads nowhere; it takes each directory over, so nothing is put into one that is being emptied; and a tree may be of any depth.
 * @throws EventFailure where something is mounted in it, before anything is removed
 */
export async function removeTree(path: string): Promise<void> {
  const loop = new YieldingLoop();
  for (const _ of removing(path)) await loop.next();
}

/** The same at once. */
export function removeTreeNow(path: string): void {
  for (const _ of removing(path));
}

/** Yields after each removal. What is gone already is not an error. */
function* removing(path: string): Generator<void> {
  if (DESCRIPTORS_DIRECTORY === undefined) return rmSync(path, { recursive: true, force: true });
  if (isGone(() => unlinkSync(path))) return yield;
  const mount = mountIn(path);
  if (mount !== undefined) throw holdsMount(path, mount);
  const top = openSync(path, DIRECTORY_ITSELF);
  try {
    // Whether names that are added meanwhile are read too is not certain.
    while (yield* emptying(top, top, 1));
  } finally {
    closeSync(top);
  }
  isGone(() => rmdirSync(path));
  yield;
}

/** @returns whether directories were moved to the top that have yet to be removed */
function* emptying(directory: number, top: number, level: number): Generator<void, boolean> {
  takeOver(directory);
  const entries = opendirSync(pathOfDescriptor(directory), {
    bufferSize: NAMES_AT_A_TIME,
    encoding: "buffer" as BufferEncoding,
  });
  let isMoved = false;
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      const path = pathInDescriptor(directory, entry.name as unknown as Buffer);
      if (isGone(() => unlinkSync(path))) yield;
      else if (level < LEVELS_AT_A_TIME) isMoved = (yield* removingInside(path, top, level)) || isMoved;
      else {
        renameSync(path, `${pathOfDescriptor(top)}/.sluice-${randomBytes(MOVED_NAME_RANDOM_BYTES).toString("hex")}`);
        isMoved = true;
      }
    }
  } finally {
    entries.closeSync();
  }
  return isMoved;
}

function* removingInside(path: Buffer, top: number, level: number): Generator<void, boolean> {
  const directory = openSync(path, DIRECTORY_ITSELF);
  let isMoved: boolean;
  try {
    isMoved = yield* emptying(directory, top, level + 1);
  } finally {
    closeSync(directory);
  }
  isGone(() => rmdirSync(path));
  yield;
  return isMoved;
}

/** Its owner could add to it faster than it is emptied. */
function takeOver(directory: number): void {
  if (process.geteuid?.() !== ROOT) return;
  const { uid, mode } = fstatSync(directory);
  if (uid === ROOT && (mode & WRITABLE_BY_OTHERS) === 0) return;
  fchownSync(directory, ROOT, ROOT);
  fchmodSync(directory, PRIVATE_MODE);
}

/** False where it is a directory, which `unlink` does not take. */
function isGone(remove: () => void): boolean {
  try {
    remove();
    return true;
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === "ENOENT") return true;
    if (code === "EISDIR") return false;
    throw error;
  }
}

function holdsMount(path: string, mount: string): EventFailure {
  return new EventFailure(
    `${path} was not removed, because a file system is mounted in it at ${mount}. Run: umount ${mount} && rm -r --one-file-system ${path}`,
  );
}
