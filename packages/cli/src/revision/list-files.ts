import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import {
  type EntryProblem,
  entryNameOf,
  entryPathOf,
  linkTargetProblem,
  NOT_UTF8,
  quotedEntryName,
  TARGET_NOT_UTF8,
} from "@sluice/model/bundle/entry-name.ts";
import { CommandFailed } from "../command-failed.ts";

/** Never part of a revision. */
const LEFT_OUT = ".git";
const MAX_NAMED_PROBLEMS = 10;

/**
 * Every file and link below a directory, and directories that are empty, in the order of their paths.
 * @throws CommandFailed naming what no host would unpack: names and link targets that are not UTF-8 or too long, pipes, sockets and devices
 */
export async function listFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  const problems: (EntryProblem & { readonly path: Buffer })[] = [];
  const visit = async (directory: Buffer): Promise<void> => {
    const names = await readdir(inside(root, directory), { withFileTypes: true, encoding: "buffer" });
    const entries = names.filter(({ name }) => name.toString() !== LEFT_OUT);
    if (entries.length === 0 && directory.length > 0) found.push(directory.toString());
    for (const entry of entries) {
      const path = directory.length === 0 ? entry.name : Buffer.concat([directory, Buffer.from("/"), entry.name]);
      const kind = entry.isDirectory()
        ? "directory"
        : entry.isSymbolicLink()
          ? "link"
          : entry.isFile()
            ? "file"
            : "special";
      const problem = await problemOf(root, path, kind);
      if (problem !== undefined) problems.push({ path, ...problem });
      else if (kind === "directory") await visit(path);
      else found.push(path.toString());
    }
  };
  await visit(Buffer.alloc(0));
  if (problems.length > 0) throw cannotBePacked(root, problems);
  return found.sort();
}

async function problemOf(root: string, path: Buffer, kind: string): Promise<EntryProblem | undefined> {
  const name = entryNameOf(path);
  if (name === undefined) return NOT_UTF8;
  const result = entryPathOf(name);
  if (!("path" in result)) return result;
  if (kind === "special")
    return { reason: "it is not a file, a directory or a link", cure: "Remove it from the directory" };
  if (kind !== "link") return undefined;
  const target = entryNameOf(await readlink(inside(root, path), { encoding: "buffer" }));
  return target === undefined ? TARGET_NOT_UTF8 : linkTargetProblem(target);
}

function inside(root: string, path: Buffer): Buffer {
  return path.length === 0 ? Buffer.from(root) : Buffer.concat([Buffer.from(join(root, "/")), path]);
}

function cannotBePacked(root: string, problems: readonly (EntryProblem & { readonly path: Buffer })[]): CommandFailed {
  const named = problems
    .slice(0, MAX_NAMED_PROBLEMS)
    .map(({ path, reason, cure }) => `  ${quotedEntryName(path)}: ${reason}. ${cure}.`);
  const more = problems.length - named.length;
  return new CommandFailed(
    [
      `${root} cannot be deployed, because hosts refuse these entries:`,
      ...named,
      ...(more > 0 ? [`  and ${more} more`] : []),
    ].join("\n"),
  );
}
