import { lstatSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { APP_SPEC_NAMES } from "@sluice/model/lint/bundle-listing.ts";
import { shellWord } from "@sluice/model/shell-word.ts";
import { CommandFailed } from "../command-failed.ts";
import type { FirstFile } from "./first-files.ts";

const SCRIPT_MODE = 0o755;
const FILE_MODE = 0o644;

/** @throws CommandFailed where one of them is there, or another AppSpec: then nothing may be written */
export function requireNone(directory: string, files: readonly FirstFile[]): void {
  const wanted = [...new Set([...APP_SPEC_NAMES, ...files.map(({ path }) => path)])];
  // A link that leads nowhere is there, too.
  const present = wanted.map((path) => join(directory, path)).filter((path) => isThere(path));
  if (present.length === 0) {
    requireDirectories(directory, files);
    return;
  }
  const isAppSpec = APP_SPEC_NAMES.some((name) => present.includes(join(directory, name)));
  const cure = isAppSpec
    ? `Check it instead: sluice lint ${directory}`
    : "Move them away, or write the AppSpec by hand";
  throw new CommandFailed(
    `nothing was written, because ${present.join(", ")} ${present.length === 1 ? "exists" : "exist"} already. ${cure}`,
  );
}

/** @throws CommandFailed where a directory of theirs cannot be one */
function requireDirectories(directory: string, files: readonly FirstFile[]): void {
  // Not of a link either: the scripts would be written where a stranger's project says.
  const folders = new Set(files.map(({ path }) => dirname(path)).filter((path) => path !== "."));
  const taken = [...folders]
    .map((path) => join(directory, path))
    .find((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false);
  if (taken === undefined) return;
  throw new CommandFailed(
    `nothing was written, because ${taken} is not a directory. Move it away: mv ${shellWord(taken)} ${shellWord(`${taken}.old`)}`,
  );
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // what should be its directory is a file
  }
}

/** Writes each file anew, and none over another. */
export async function writeFirstFiles(directory: string, files: readonly FirstFile[]): Promise<void> {
  for (const { path, text, isScript } of files) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: "wx", mode: isScript ? SCRIPT_MODE : FILE_MODE });
  }
}
