import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { signal } from "../process/child-process.ts";

/** HAProxy drops its connections and ends; one that does not is killed. */
const GRACE_MILLISECONDS = 10_000;
const LOOK_AGAIN_MILLISECONDS = 50;

/**
 * Ends the HAProxy that a server ran for its own load balancers. It goes on by itself when its server ends, so that it serves while the server is
 * started again; of a server for trying things out nothing is to be left.
 * @returns whether there was one
 */
export async function endBalancerOf(dataDirectory: string): Promise<boolean> {
  const config = join(resolve(dataDirectory), "haproxy", "haproxy.cfg");
  if (!existsSync(config)) return false;
  const killAt = performance.now() + GRACE_MILLISECONDS;
  let found = await processesOf(config);
  const wasThere = found.length > 0;
  for (const { processId } of found) signal(processId, "SIGTERM");
  while (found.length > 0) {
    await sleep(LOOK_AGAIN_MILLISECONDS);
    found = await processesOf(config);
    if (performance.now() > killAt) for (const { processId } of found) signal(processId, "SIGKILL");
  }
  return wasThere;
}

/** The master and its workers: by how they were started, since what only reads the file, such as an editor, is not meant. */
async function processesOf(config: string): Promise<{ readonly processId: number }[]> {
  const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    numbers.map(async (name) => {
      // One that has ended meanwhile, or of which the kernel knows the number only, has no words.
      const words = (await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "")).split("\0");
      const isOwn = words.includes("-W") && words[words.indexOf("-f") + 1] === config;
      return isOwn ? [{ processId: Number(name) }] : [];
    }),
  );
  return found.flat();
}
