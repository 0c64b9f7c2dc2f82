import { resolve } from "node:path";
import { fullDisk } from "@sluice/model/disk-full.ts";
import { CommandFailed } from "./command-failed.ts";

/** What a verb that fills `directory` throws: a full disk with the path and the cure; every other error as it is. */
export function namingFullDisk(error: unknown, directory: string): unknown {
  const path = resolve(directory);
  switch (fullDisk(error)) {
    case "local":
      return new CommandFailed(`the disk of ${path} is full. Free space on it, then try again: df -h ${path}`, {
        cause: error,
      });
    case "postgres":
      return new CommandFailed("PostgreSQL's disk is full. Free space on it, then try again: df -h", { cause: error });
    default:
      return error;
  }
}
