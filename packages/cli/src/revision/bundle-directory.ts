import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { APP_SPEC_NAMES } from "@sluice/model/lint/bundle-listing.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { CommandFailed } from "../command-failed.ts";
import { listFiles } from "./list-files.ts";
import { packFiles } from "./pack-files.ts";

export interface Bundle {
  readonly bytes: Buffer;
  /** Hex. The same files give the same bundle, and so the same hash. */
  readonly sha256: string;
  readonly fileCount: number;
}

/**
 * Packs a directory as tgz, in the order of the names and without times or owners, so that a bundle depends on its files alone. Executable
 * bits are kept, and links as links.
 * @throws CommandFailed when it is not a directory, has no AppSpec, or holds what no host would unpack
 */
export async function bundleDirectory(directory: string): Promise<Bundle> {
  const paths = await listRevision(directory);
  const bytes = await packFiles(directory, paths);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex"), fileCount: paths.length };
}

/**
 * What a directory's bundle consists of: every file and link below it, and directories that are empty, in the order of their paths.
 * @throws CommandFailed when it is not a directory or has no AppSpec
 */
export async function listRevision(directory: string): Promise<string[]> {
  await appSpecNameIn(directory);
  return listFiles(directory);
}

/** There is no AppSpec where one has to be. */
export class NoAppSpec extends CommandFailed {}

/**
 * Which file of a directory agents take for its AppSpec.
 * @throws CommandFailed when it is not a directory or has no AppSpec
 */
export async function appSpecNameIn(directory: string): Promise<string> {
  const topLevel = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    const problem = cause.code === "ENOTDIR" && existsSync(directory) ? "is not a directory" : whyUnreadable(cause);
    throw new CommandFailed(`${directory} ${problem}. Name the directory that contains ${APP_SPEC_NAMES[0]}`, {
      cause,
    });
  });
  const name = APP_SPEC_NAMES.find((appSpec) => topLevel.includes(appSpec));
  if (name !== undefined) return name;
  const inside = await directoryWithAppSpec(directory, topLevel);
  const cure =
    inside === undefined
      ? "every revision needs one in its top directory"
      : `${join(directory, inside)} has one: name that directory`;
  throw new NoAppSpec(`${directory} has no ${APP_SPEC_NAMES.join(" and no ")}: ${cure}`);
}

async function directoryWithAppSpec(directory: string, topLevel: readonly string[]): Promise<string | undefined> {
  for (const name of topLevel) {
    const names = await readdir(join(directory, name)).catch((): string[] => []);
    if (APP_SPEC_NAMES.some((appSpec) => names.includes(appSpec))) return name;
  }
  return undefined;
}
