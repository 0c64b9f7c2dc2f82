import { closeSync, constants, existsSync, fchmodSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a directory and what is missing above it, and takes one that is there. Level by level, since Node's own recursive mkdir never returns
 * where the parent exists and yet nothing can be made in it (/proc). What it makes has the mode, whatever the umask.
 * @returns the first directory that was made; undefined when all were there
 * @throws the system's error for the level that cannot be made
 */
export function makeDirectory(path: string, mode: number): string | undefined {
  const absolute = resolve(path);
  if (isDirectory(absolute)) return undefined;
  const parent = dirname(absolute);
  const first = existsSync(parent) ? undefined : makeDirectory(parent, mode);
  try {
    mkdirSync(absolute, { mode });
    setMode(absolute, mode);
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code === "EEXIST" && isDirectory(absolute)) return first;
    throw error;
  }
  return first ?? absolute;
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

const DIRECTORY_ITSELF = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Not by its name, where somebody may have put a link meanwhile. */
function setMode(directory: string, mode: number): void {
  if ((process.umask() & mode) === 0) return;
  const descriptor = openSync(directory, DIRECTORY_ITSELF);
  try {
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}
