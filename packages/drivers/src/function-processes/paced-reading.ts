import type { Readable } from "node:stream";

/** What is read of a function's output at once, and a second after that. What is not read yet stays in the pipe, and the function waits. */
export const MAX_OUTPUT_BURST_BYTES = 16 * 1024 * 1024;
export const MAX_OUTPUT_BYTES_PER_SECOND = 8 * 1024 * 1024;

/** Hands on what a stream has, at a bounded pace, so that whoever writes a gigabyte takes nobody else's time. */
export function readPaced(stream: Readable, take: (chunk: Buffer) => void): void {
  let budget = MAX_OUTPUT_BURST_BYTES;
  let refilledAt = performance.now();
  stream.on("data", (chunk: Buffer) => {
    take(chunk);
    const at = performance.now();
    budget = Math.min(budget + ((at - refilledAt) / 1000) * MAX_OUTPUT_BYTES_PER_SECOND, MAX_OUTPUT_BURST_BYTES);
    refilledAt = at;
    budget -= chunk.length;
    if (budget >= 0) return;
    stream.pause();
    setTimeout(() => stream.resume(), (-budget / MAX_OUTPUT_BYTES_PER_SECOND) * 1000).unref();
  });
  stream.on("error", () => undefined);
}
