import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { APP_SPEC_NAMES } from "@sluice/model/lint/bundle-listing.ts";
import { CommandFailed } from "../command-failed.ts";
import type { FirstFile } from "./first-files.ts";

const SCRIPT_MODE = 0o755;
const FILE_MODE = 0o644;

/** @throws CommandFailed where one of them is there, or another AppSpec: then nothing may be written */
export function requireNone(directory: string, files: readonly FirstFile[]): void {
  const wanted = [...new Set([...APP_SPEC_NAMES, ...files.map(({ path }) => path)])];
  const present = wanted.map((path) => join(directory, path)).filter((path) => existsSync(path));
  if (present.length === 0) return;
  const isAppSpec = APP_SPEC_NAMES.some((name) => present.includes(join(directory, name)));
  const cure = isAppSpec
    ? `Check it instead: sluice lint ${directory}`
    : "Move them away, or write the AppSpec by hand";
  throw new CommandFailed(`nothing was written, because ${present.join(", ")} exists already. ${cure}`);
}

/** Writes each file anew, and none over another. */
export async function writeFirstFiles(directory: string, files: readonly FirstFile[]): Promise<void> {
  for (const { path, text, isScript } of files) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: "wx", mode: isScript ? SCRIPT_MODE : FILE_MODE });
  }
}
