import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:net";

/** Held by one process at a time; the kernel releases it with the process. */
export interface Claim {
  release(): Promise<void>;
}

/**
 * Claims a directory, by a socket whose name is in no file system (unix(7), abstract): nothing of it stays behind, and of two that start at once one gets it.
 * @returns undefined when another process has it
 */
export async function claimDirectory(directory: string): Promise<Claim | undefined> {
  const name = await nameOf(directory);
  const socket = createServer((caller) => caller.destroy());
  try {
    await new Promise<void>((done, failed) => {
      socket.once("error", failed).listen({ path: `\0${name}` }, done);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
  socket.unref();
  return { release: () => new Promise((done) => socket.close(() => done())) };
}

/** Whether a process has it, without getting in the way of one that is about to. */
export async function isClaimed(directory: string): Promise<boolean> {
  try {
    const sockets = await readFile("/proc/net/unix", "utf8");
    return sockets.includes(` @${await nameOf(directory)}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

async function nameOf(directory: string): Promise<string> {
  const { dev, ino } = await stat(directory);
  return `sluice-up-${dev}-${ino}`;
}
