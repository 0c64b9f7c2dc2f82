import { closeSync, constants, openSync } from "node:fs";

/**
 * A socket's path holds 107 bytes, a directory may be longer: go through a descriptor of the directory, whose name is always short.
 * Without /proc (not Linux) the plain path has to do, and where there is no directory it names what is not there.
 */
export async function withShortPath<T>(directory: string, use: (directory: string) => Promise<T>): Promise<T> {
  if (process.platform !== "linux") return use(directory);
  let descriptor: number;
  try {
    descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return use(directory);
    throw error;
  }
  try {
    return await use(`/proc/self/fd/${descriptor}`);
  } finally {
    closeSync(descriptor);
  }
}
