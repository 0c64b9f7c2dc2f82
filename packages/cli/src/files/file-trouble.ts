import { lstatSync } from "node:fs";
import { resolve, sep } from "node:path";
import { diskIsFull, fullDisk } from "@sluice/model/disk-full.ts";
import { directoryTrouble } from "@sluice/wire/config/directory-trouble.ts";
import { freeBytes } from "@sluice/wire/files/free-bytes.ts";
import { CommandFailed } from "../command-failed.ts";

/** SQLITE_IOERR, in the low byte of its extended codes (https://sqlite.org/rescode.html). SQLite says so too when it cannot make its files longer on a full disk. */
const SQLITE_IO_ERROR = 10;
const PRIMARY_CODE = 0xff;
/** What SQLite wants at the least, to open a database. */
const NEEDED_BYTES = 64 * 1024;

/** What a verb that fills `directory` throws: a full disk with the path and the cure; every other error as it is. */
export function namingFullDisk(error: unknown, directory: string): unknown {
  const path = resolve(directory);
  switch (fullDisk(error)) {
    case "local":
      return new CommandFailed(diskIsFull(`the disk of ${path}`, { directory: path }), { cause: error });
    case "postgres":
      return new CommandFailed(diskIsFull("PostgreSQL's disk"), { cause: error });
    default:
      return isDatabaseUnreadable(error) ? new CommandFailed(databaseTrouble(path), { cause: error }) : error;
  }
}

function isDatabaseUnreadable(error: unknown): boolean {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  return code === "ERR_SQLITE_ERROR" && typeof errcode === "number" && (errcode & PRIMARY_CODE) === SQLITE_IO_ERROR;
}

function databaseTrouble(directory: string): string {
  if (isFull(directory)) return diskIsFull(`the disk of ${directory}`, { directory });
  return `the database in ${directory} cannot be read or written (disk I/O error). If its disk is full, free space on it: df -h ${directory}. If not, look for errors of the disk: dmesg`;
}

function isFull(directory: string): boolean {
  try {
    return freeBytes(directory) < NEEDED_BYTES;
  } catch {
    return false; // not known
  }
}

/** What a verb that keeps everything in `directory` throws: that it cannot be written, with the cure, a full disk too; every other error as it is. */
export function namingDirectoryTrouble(error: unknown, directory: string): unknown {
  const path = resolve(directory);
  const failedAt = (error as NodeJS.ErrnoException).path;
  const isOfIt = failedAt !== undefined && (isWithin(resolve(failedAt), path) || isWithin(path, resolve(failedAt)));
  const trouble = isOfIt ? (foreignFile(path, failedAt, error) ?? directoryTrouble(path, error)) : undefined;
  return trouble === undefined ? namingFullDisk(error, directory) : new CommandFailed(trouble, { cause: error });
}

/** A file in this user's own directory that another one wrote: a command that ran as root, say. */
function foreignFile(directory: string, file: string, error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "EACCES" && code !== "EPERM") return undefined;
  const own = process.geteuid?.();
  const [ofDirectory, ofFile] = [directory, file].map((each) => lstatSync(each, { throwIfNoEntry: false }));
  if (ofDirectory === undefined || ofFile === undefined || ofDirectory.uid !== own || ofFile.uid === own)
    return undefined;
  return `permission denied (${code}): ${resolve(file)} belongs to another user (uid ${ofFile.uid}), although --data ${directory} is this user's. As root: chown -R -h ${own}:${ofDirectory.gid} ${directory}`;
}

/** What a verb that reads what is in `directory` throws: that this user may not, with the cure; every other error as of a directory to write. */
export function namingUnreadable(error: unknown, directory: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "EACCES" && code !== "EPERM") return namingDirectoryTrouble(error, directory);
  const message = `permission denied (${code}): this user cannot read --data ${resolve(directory)}. Run this with sudo, or as its owner: ls -ld ${resolve(directory)}`;
  return new CommandFailed(message, { cause: error });
}

function isWithin(path: string, directory: string): boolean {
  return `${path}${sep}`.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);
}
