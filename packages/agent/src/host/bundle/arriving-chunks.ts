import type { IncomingMessage } from "node:http";

/** Of a download that comes faster than the disk takes it. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** What arrives, in its order, and only then how it ended: a stream that is read in turns forgets what it holds when it breaks. */
export function arrivingChunks(response: IncomingMessage): AsyncIterable<Buffer> {
  const arrived: Buffer[] = [];
  let waiting = 0;
  let problem: Error | undefined;
  let isOver = false;
  let wake = () => {};
  response.on("data", (chunk: Buffer) => {
    arrived.push(chunk);
    waiting += chunk.length;
    if (waiting > MAX_WAITING_BYTES) response.pause();
    wake();
  });
  response.once("error", (error) => {
    problem = error;
    wake();
  });
  for (const event of ["end", "close"]) {
    response.once(event, () => {
      isOver = true;
      wake();
    });
  }
  return (async function* () {
    try {
      for (;;) {
        const chunk = arrived.shift();
        if (chunk !== undefined) {
          waiting -= chunk.length;
          if (waiting === 0) response.resume();
          yield chunk;
        } else if (problem !== undefined) throw problem;
        else if (isOver) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      response.destroy();
    }
  })();
}
