import { existsSync } from "node:fs";

/** Opens a name without opening what it names: good for looking at it and for paths below it (`man 2 open`). Not among Node's constants. */
export const O_PATH = process.platform === "linux" ? 0o10000000 : 0;

/**
 * Where a process finds its own descriptors as paths; undefined on systems that have no such thing, where the agent falls back to
 * ordinary paths.
 */
export const DESCRIPTORS_DIRECTORY = descriptorsDirectory();

/** A path to what is open, wherever it has been moved to meanwhile. */
export function pathOfDescriptor(descriptor: number): string {
  return `${DESCRIPTORS_DIRECTORY}/${descriptor}`;
}

/** A name in what is open, as the bytes that it is: names that another program made need not be UTF-8. */
export function pathInDescriptor(descriptor: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${pathOfDescriptor(descriptor)}/`), name]);
}

const BY_DESCRIPTOR = /'\/proc\/self\/fd\/\d+[^']*'/;

/**
 * A system's error in a person's words: Node names what is reached by a descriptor by its number, and what is written to not at all. The error's `path` is that of the message.
 * @returns the same error, and what is no system's error as it is
 */
export function namingPath(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  const { message } = error;
  error.message = message.includes("'") ? message.replace(BY_DESCRIPTOR, `'${path}'`) : `${message} '${path}'`;
  return Object.assign(error, { path });
}

function descriptorsDirectory(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const directory = "/proc/self/fd";
  if (existsSync(directory)) return directory;
  if (process.geteuid?.() !== 0) return undefined;
  throw new Error(
    "The agent runs as root and needs /proc to open files safely, but /proc is not mounted. Run: mount -t proc proc /proc",
  );
}
