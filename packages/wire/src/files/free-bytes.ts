import { statfsSync } from "node:fs";

/**
 * What this user may still write where a path is. What root keeps for itself counts for root only.
 * @throws the system's error where there is nothing at the path
 */
export function freeBytes(path: string): number {
  const { bsize, bavail, bfree } = statfsSync(path);
  return bsize * (process.geteuid?.() === 0 ? bfree : bavail);
}
