import { resolve, sep } from "node:path";
import { diskIsFull, fullDisk } from "@sluice/model/disk-full.ts";
import { directoryTrouble } from "@sluice/wire/config/directory-trouble.ts";
import { CommandFailed } from "./command-failed.ts";

/** What a verb that fills `directory` throws: a full disk with the path and the cure; every other error as it is. */
export function namingFullDisk(error: unknown, directory: string): unknown {
  const path = resolve(directory);
  switch (fullDisk(error)) {
    case "local":
      return new CommandFailed(diskIsFull(`the disk of ${path}`, { directory: path }), { cause: error });
    case "postgres":
      return new CommandFailed(diskIsFull("PostgreSQL's disk"), { cause: error });
    default:
      return error;
  }
}

/** What a verb that keeps everything in `directory` throws: that it cannot be written, with the cure, a full disk too; every other error as it is. */
export function namingDirectoryTrouble(error: unknown, directory: string): unknown {
  const path = resolve(directory);
  const failedAt = (error as NodeJS.ErrnoException).path;
  const isOfIt = failedAt !== undefined && (isWithin(resolve(failedAt), path) || isWithin(path, resolve(failedAt)));
  const trouble = isOfIt ? directoryTrouble(path, error) : undefined;
  return trouble === undefined ? namingFullDisk(error, directory) : new CommandFailed(trouble, { cause: error });
}

/** What a verb that reads what is in `directory` throws: that this user may not, with the cure; every other error as of a directory to write. */
export function namingUnreadable(error: unknown, directory: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "EACCES" && code !== "EPERM") return namingDirectoryTrouble(error, directory);
  const message = `permission denied (${code}): this user cannot read --data ${resolve(directory)}. Run this as its owner: ls -ld ${resolve(directory)}`;
  return new CommandFailed(message, { cause: error });
}

function isWithin(path: string, directory: string): boolean {
  return `${path}${sep}`.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);
}
