import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, type Stats } from "node:fs";
import { DESCRIPTORS_DIRECTORY, O_PATH, pathOfDescriptor } from "./descriptor-path.ts";
import { errorCodeOf } from "./event-failure.ts";

/** With O_NONBLOCK an open waits for nobody: not for a pipe's other end, and not for a program that holds a lease on the file. */
const WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

export interface ForeignFile {
  /** The caller closes it. */
  readonly descriptor: number;
  readonly stats: Stats;
}

/** There is something that is not to be read. The message is the end of a sentence that begins with the path. */
export class NotReadable extends Error {}

/**
 * Opens a file for reading in a directory where other users may have put anything. A pipe would stop the agent, and opening a device
 * can do things by itself (a watchdog restarts the machine), so what the name means is looked at before it is opened, and exactly
 * that is opened then. Links are followed.
 * @throws NotReadable where it is not a file, or a program keeps others from opening it; the system's error where there is nothing
 */
export function openForeignFile(path: string): ForeignFile {
  // Without O_PATH (not Linux) only opening shows what it is.
  const looked = openSync(path, DESCRIPTORS_DIRECTORY === undefined ? WITHOUT_WAITING : O_PATH);
  try {
    if (!fstatSync(looked).isFile()) throw new NotReadable("is not a file");
    const descriptor = openSync(DESCRIPTORS_DIRECTORY === undefined ? path : pathOfDescriptor(looked), WITHOUT_WAITING);
    return { descriptor, stats: fstatSync(descriptor) };
  } catch (error) {
    if (errorCodeOf(error) !== "EAGAIN") throw error;
    throw new NotReadable("is locked by a program that keeps others from opening it (a lease)", { cause: error });
  } finally {
    closeSync(looked);
  }
}

/**
 * Reads such a file as a whole. Its size is not believed: it may grow meanwhile, and some files of `/proc` have neither size nor end.
 * @throws NotReadable, also where it has more than `maxBytes`
 */
export function readForeignFile(path: string, maxBytes: number): Buffer {
  const { descriptor, stats } = openForeignFile(path);
  try {
    return readAtMost(descriptor, stats, maxBytes);
  } finally {
    closeSync(descriptor);
  }
}

/** @throws NotReadable where it has more */
export function readAtMost(descriptor: number, { size }: Stats, maxBytes: number): Buffer {
  if (size > maxBytes) throw new NotReadable(`has ${size} bytes, more than the limit of ${maxBytes}`);
  // One byte more, to see that it has no more.
  const buffer = Buffer.alloc(size + 1);
  let length = 0;
  for (let more = -1; more !== 0 && length < buffer.length; length += more) {
    more = readSync(descriptor, buffer, length, buffer.length - length, length);
  }
  if (length > size) throw new NotReadable("has more content than its size says, or grows while it is read");
  return buffer.subarray(0, length);
}

/** Where an open file lies, free of links; undefined where the system does not say. */
export function realPathOf(descriptor: number): string | undefined {
  return DESCRIPTORS_DIRECTORY === undefined ? undefined : readlinkSync(pathOfDescriptor(descriptor));
}
