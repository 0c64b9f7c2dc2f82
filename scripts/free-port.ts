import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Above the ports of well-known services, and below those that Linux gives to whoever asks for any: nothing else takes one before it is used. */
const FIRST_PORT = 15_000;
const LAST_PORT = 32_000;

/** A port of loopback on which nothing listens, for a program that has to be told one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
