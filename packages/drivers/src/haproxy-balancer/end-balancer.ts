import { join } from "node:path";
import { FILE_NAMES } from "./balancer-config.ts";
import { endProcesses, findProcesses } from "./haproxy-process.ts";

/**
 * Ends the HAProxy that serves from a directory, and with it the connections that it has: where whoever had started it has ended.
 * @returns whether there was one
 */
export async function endBalancer(directory: string): Promise<boolean> {
  const config = join(directory, FILE_NAMES.config);
  const { master, workers } = await findProcesses({ config });
  if (master === null && workers.length === 0) return false;
  await endProcesses({ config });
  return true;
}
