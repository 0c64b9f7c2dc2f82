import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { CommandFailed } from "../command-failed.ts";
import type { ProjectFolder } from "./project.ts";

/** Folders in which programs and sites are built; others are not looked into. */
const BUILT = ["dist", "build", "build/libs", "public", "_site", "out", "site", "target", "bin"];
/** A file that says what a project is has a few kilobytes. */
const MAX_READ_BYTES = 256 * 1024;

/** @throws CommandFailed when it is no directory that can be read */
export function readProjectFolder(directory: string): ProjectFolder {
  const paths = new Set<string>();
  for (const name of namesIn(directory)) paths.add(name);
  for (const folder of BUILT) for (const name of namesBelow(join(directory, folder))) paths.add(`${folder}/${name}`);
  return {
    name: basename(resolve(directory)),
    paths,
    text: (path) => (paths.has(path) ? textOf(join(directory, path)) : undefined),
  };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const problem = code === "ENOTDIR" ? "is not a directory" : whyUnreadable(cause);
    throw new CommandFailed(`${directory} ${problem}. Name the directory of the project`, { cause });
  }
}

function namesBelow(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    const stats = statSync(file);
    return stats.isFile() && stats.size <= MAX_READ_BYTES ? readFileSync(file, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
