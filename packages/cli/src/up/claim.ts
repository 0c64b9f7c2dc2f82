import { stat } from "node:fs/promises";
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
  const { dev, ino } = await stat(directory);
  const socket = createServer((caller) => caller.destroy());
  try {
    await new Promise<void>((done, failed) => {
      socket.once("error", failed).listen({ path: `\0sluice-up-${dev}-${ino}` }, done);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
  socket.unref();
  return { release: () => new Promise((done) => socket.close(() => done())) };
}
