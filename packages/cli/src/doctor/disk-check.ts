import { statfs } from "node:fs/promises";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { describeError } from "../command-failed.ts";
import { type Check, ok, warning, wrong } from "./check.ts";

/** Below it nothing more may be written soon. */
const LITTLE_SPACE_BYTES = 1024 ** 3;
const NO_SPACE_BYTES = 100 * 1024 ** 2;

export async function diskCheck(directory: string): Promise<Check> {
  try {
    const { bavail, bsize, blocks } = await statfs(directory);
    return ofFreeBytes(directory, bavail * bsize, blocks * bsize);
  } catch (error) {
    return wrong("disk space", describeError(error));
  }
}

export function ofFreeBytes(directory: string, free: number, size: number): Check {
  const detail = `${formatBytes(free)} of ${formatBytes(size)} free for ${directory}`;
  const cure = `${detail}. Free space on that disk: df -h ${directory}`;
  if (free < NO_SPACE_BYTES) return wrong("disk space", cure);
  return free < LITTLE_SPACE_BYTES ? warning("disk space", cure) : ok("disk space", detail);
}
