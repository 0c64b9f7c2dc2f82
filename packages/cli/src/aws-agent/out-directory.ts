import { existsSync } from "node:fs";
import { open, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeDirectory } from "@sluice/wire/config/make-directory.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { namingFullDisk } from "../files/file-trouble.ts";
import { AGENT_FILE_NAMES, type AgentFile } from "./agent-files.ts";

const DIRECTORY_MODE = 0o700;
const PRIVATE_MODE = 0o600;
/** As much as the files have together, so that a full disk shows itself before there is a key. */
const TRIED_WRITE_BYTES = 32 * 1024;

/** Where the files of `--out` go. */
export interface OutDirectory {
  write(files: readonly AgentFile[]): Promise<void>;
  /** Takes away what was written, and the directories that were made for it. What somebody else has put there stays. */
  remove(): Promise<void>;
}

/**
 * Makes the directory, and writes and removes a file in it: before there is a key whose secret is shown this once.
 * @throws CommandFailed that says why it cannot be used. Nothing is left then
 */
export async function openOutDirectory(directory: string): Promise<OutDirectory> {
  const path = resolve(directory);
  const there = AGENT_FILE_NAMES.find((name) => existsSync(join(path, name)));
  if (there !== undefined) {
    throw usage(`${join(directory, there)} exists already. Name another directory with --out, or remove it`);
  }
  const written: string[] = [];
  let firstMade: string | undefined;
  const write = async (name: string, content: string, mode: number) => {
    const file = join(path, name);
    // Not one that is there already: it stays as it is when this fails.
    const handle = await open(file, "wx", mode);
    written.push(file);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  const remove = async () => {
    for (const file of written) await rm(file, { force: true });
    written.length = 0;
    if (firstMade === undefined) return;
    try {
      for (let made = path; made.length >= firstMade.length; made = dirname(made)) await rmdir(made);
    } catch {
      // Somebody else has put something there.
    }
  };
  try {
    firstMade = makeDirectory(path, DIRECTORY_MODE);
    await write(`.sluice-try.${process.pid}`, " ".repeat(TRIED_WRITE_BYTES), PRIVATE_MODE);
    await rm(written.pop()!);
  } catch (error) {
    await remove();
    throw trouble(directory, firstMade, error);
  }
  return {
    remove,
    write: async (files) => {
      try {
        for (const { name, content, mode } of files) await write(name, content, mode);
      } catch (error) {
        throw trouble(directory, firstMade, error);
      }
    },
  };
}

/** @param firstMade gone when somebody reads this */
function trouble(directory: string, firstMade: string | undefined, error: unknown): unknown {
  const named = namingFullDisk(error, firstMade === undefined ? directory : dirname(firstMade));
  if (named !== error) return named;
  return usage(`--out ${directory} cannot be written: ${(error as Error).message}. Name another directory`, error);
}

function usage(message: string, cause?: unknown): CommandFailed {
  return new CommandFailed(message, { exitStatus: EXIT_USAGE, cause });
}
