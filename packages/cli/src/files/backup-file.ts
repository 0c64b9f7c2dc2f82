import { type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CommandFailed } from "../command-failed.ts";
import { namingFullDisk } from "./file-trouble.ts";

/** Refuses a name under which no backup can be written, before the server makes one. */
export function checkBackupFile(file: string, mayReplace: boolean): void {
  const found = look(file);
  if (found?.isDirectory()) {
    throw new CommandFailed(`${file} is a directory; name a file in it: sluice backup ${join(file, "sluice.tar")}`);
  }
  if (found && !found.isFile()) {
    throw new CommandFailed(`${file} is a device, a pipe or a socket, not a file. Name another file`);
  }
  if (found && !mayReplace) {
    throw new CommandFailed(`${file} already exists. Name another file, or replace it with --force`);
  }
  const directory = dirname(resolve(file));
  const parent = look(directory);
  if (parent?.isDirectory()) return;
  if (parent) throw new CommandFailed(`${directory} is not a directory. Name a file elsewhere`);
  throw new CommandFailed(`${directory} does not exist. Create it, then try again: mkdir -m 0700 ${directory}`);
}

function look(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw backupFileTrouble(error, file);
  }
}

/** Why the backup could not be written there, with the cure; every other error as it is. */
export function backupFileTrouble(error: unknown, file: string): unknown {
  const directory = dirname(resolve(file));
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    const message = `permission denied (${code}): this user cannot write ${basename(file)} to ${directory}. Name a file elsewhere`;
    return new CommandFailed(message, { cause: error });
  }
  if (code === "ENOTDIR") {
    return new CommandFailed(`${directory} is not a directory. Name a file elsewhere`, { cause: error });
  }
  return namingFullDisk(error, directory);
}
