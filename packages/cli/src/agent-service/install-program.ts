import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { makeDirectory } from "@sluice/wire/config/make-directory.ts";
import { CommandFailed } from "../command-failed.ts";
import { PROGRAM_LINK } from "./places.ts";
import type { Undo } from "./undo.ts";

const PROGRAM_MODE = 0o755;
/** A host may have less memory than two programs take. */
const PIECE_BYTES = 1024 * 1024;

export interface ProgramPlace {
  readonly programs: string;
  /** The supervisor's text. */
  readonly supervise: string;
  /** Given by tests. */
  readonly link?: typeof linkSync;
}

/**
 * Puts a program where the supervisor starts it, and the supervisor beside it. The one that was there stays as `previous`.
 * @param program moved if it lies there already, as one that was just downloaded; else copied
 * @returns whether anything is new
 */
export function installProgram(program: string, place: ProgramPlace, undo: Undo): boolean {
  const { programs, supervise } = place;
  const firstMade = makeDirectory(programs, PROGRAM_MODE);
  if (firstMade !== undefined) undo.add(() => removeEmpty(programs, dirname(programs)));
  const current = join(programs, "current");
  const isSame = existsSync(current) && isSameContent(program, current);
  if (!isSame) placeProgram(program, place, undo);
  const file = join(programs, "supervise");
  const isSupervisorNew = !existsSync(file) || readFileSync(file, "utf8") !== supervise;
  if (isSupervisorNew) {
    if (!existsSync(file)) undo.add(() => rmSync(file, { force: true }));
    writeFileSync(`${file}.new`, supervise);
    chmodSync(`${file}.new`, PROGRAM_MODE);
    renameSync(`${file}.new`, file);
  }
  return !isSame || isSupervisorNew;
}

function placeProgram(program: string, { programs, link = linkSync }: ProgramPlace, undo: Undo): void {
  const current = join(programs, "current");
  const former = join(programs, ".former");
  const arriving = join(programs, ".installing");
  for (const left of [former, arriving]) rmSync(left, { force: true });
  if (dirname(program) === programs) renameSync(program, arriving);
  else copy(program, arriving);
  try {
    chmodSync(arriving, PROGRAM_MODE);
    flush(arriving);
    if (existsSync(current)) {
      alsoName(current, former, link);
      undo.add(() => renameSync(former, current));
      // Not before: a supervisor whose trial goes on would have nothing to go back to if this installation is undone.
      undo.atEnd(() => {
        renameSync(former, join(programs, "previous"));
        flush(programs);
      });
    } else undo.add(() => rmSync(current, { force: true }));
    renameSync(arriving, current);
  } catch (error) {
    for (const left of [former, arriving]) rmSync(left, { force: true });
    throw error;
  }
  flush(programs);
}

/** @throws CommandFailed before anything is written that does not fit */
function copy(program: string, to: string): void {
  const directory = dirname(to);
  const { size } = statSync(program);
  const { bsize, bfree } = statfsSync(directory);
  const free = bsize * bfree;
  if (size > free) {
    throw new CommandFailed(
      `${directory} has ${formatBytes(free)} free, and the program needs ${formatBytes(size)}. Free some space, then run this again: df -h ${directory}`,
    );
  }
  try {
    copyFileSync(program, to);
  } catch (error) {
    rmSync(to, { force: true });
    throw error;
  }
}

/** Where the file system has no hard links (exFAT, some network ones), a copy. */
function alsoName(file: string, name: string, link: typeof linkSync): void {
  try {
    link(file, name);
  } catch {
    copy(file, name);
    flush(name);
  }
}

function flush(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isSameContent(one: string, other: string): boolean {
  const [first, second] = [statSync(one), statSync(other)];
  if (first.ino === second.ino && first.dev === second.dev) return true;
  if (first.size !== second.size) return false;
  const descriptors = [openSync(one, "r"), openSync(other, "r")] as const;
  try {
    const [piece, otherPiece] = [Buffer.alloc(PIECE_BYTES), Buffer.alloc(PIECE_BYTES)];
    for (;;) {
      const bytes = readSync(descriptors[0], piece);
      const otherBytes = readSync(descriptors[1], otherPiece);
      if (bytes !== otherBytes || piece.compare(otherPiece, 0, bytes, 0, bytes) !== 0) return false;
      if (bytes === 0) return true;
    }
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

/** So that `sluice agent status` can be typed. Something else of that name stays. @returns whether the name leads to the program */
export function linkProgram(programs: string, undo: Undo): boolean {
  const target = join(programs, "current");
  const found = lstatSync(PROGRAM_LINK, { throwIfNoEntry: false });
  if (found) return found.isSymbolicLink() && readlinkSync(PROGRAM_LINK) === target;
  const firstMade = makeDirectory(dirname(PROGRAM_LINK), PROGRAM_MODE);
  symlinkSync(target, PROGRAM_LINK);
  undo.add(() => {
    rmSync(PROGRAM_LINK, { force: true });
    if (firstMade !== undefined) removeEmpty(dirname(PROGRAM_LINK));
  });
  return true;
}

/** Takes the programs, the supervisor and the link away again. */
export function removePrograms(programs: string): void {
  const found = lstatSync(PROGRAM_LINK, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() && readlinkSync(PROGRAM_LINK).startsWith(`${programs}/`)) rmSync(PROGRAM_LINK);
  rmSync(programs, { recursive: true, force: true });
  removeEmpty(dirname(programs));
}

function removeEmpty(...directories: readonly string[]): void {
  for (const directory of directories) {
    try {
      rmdirSync(directory);
    } catch {
      return; // somebody else's things are in it
    }
  }
}
