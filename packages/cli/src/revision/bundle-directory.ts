import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { create } from "tar";
import { CommandFailed } from "../command-failed.ts";

export const APP_SPEC_FILE = "appspec.yml";
/** Never part of a revision. */
const LEFT_OUT = new Set([".git"]);

export interface Bundle {
  readonly bytes: Buffer;
  /** Hex. The same files give the same bundle, and so the same hash. */
  readonly sha256: string;
  readonly fileCount: number;
}

/**
 * Packs a directory as tgz, in the order of the names and without times or owners, so that a bundle depends on its files alone. Executable
 * bits are kept, and links as links.
 * @throws CommandFailed when it is not a directory or has no appspec.yml
 */
export async function bundleDirectory(directory: string): Promise<Bundle> {
  const topLevel = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandFailed(
      `${directory} cannot be read (${cause.code}): name the directory that holds ${APP_SPEC_FILE}`,
      { cause },
    );
  });
  if (!topLevel.includes(APP_SPEC_FILE)) {
    throw new CommandFailed(`${directory} has no ${APP_SPEC_FILE}: every revision needs one in its top directory`);
  }
  const paths = await listFiles(directory);
  const chunks: Buffer[] = [];
  const pack = create({ cwd: directory, gzip: { level: 6 }, portable: true, noMtime: true, noDirRecurse: true }, paths);
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex"), fileCount: paths.length };
}

/** Every file and link below a directory, and directories that are empty, in the order of their paths. */
async function listFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (directory: string): Promise<void> => {
    const entries = (await readdir(directory, { withFileTypes: true })).filter(({ name }) => !LEFT_OUT.has(name));
    if (entries.length === 0 && directory !== root) found.push(relative(root, directory));
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(relative(root, path));
      else throw new CommandFailed(`${path} is not a file, a directory or a link: it cannot be part of a revision`);
    }
  };
  await visit(root);
  return found.sort();
}
