import { realpathSync } from "node:fs";
import { errorCodeOf } from "../event-failure.ts";

/** What following a path answers where it leads nowhere. */
const LEADS_NOWHERE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

/** A path without its links; undefined where it leads nowhere. */
export function realPathOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (LEADS_NOWHERE.has(errorCodeOf(error) ?? "")) return undefined;
    throw error;
  }
}

/** Whether a path is a directory or lies below it. Both are free of links and of `..`. */
export function isInside(directory: string, path: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/**
 * Whether a path of an archive leads out of it, by `..` or by a link of the bundle, which may lead anywhere: nothing is read, run or changed behind
 * one. What leads nowhere does not lead outside.
 */
export function leadsOutside(archiveDirectory: string, path: string): boolean {
  if (!isInside(archiveDirectory, path)) return true;
  const real = realPathOf(path);
  return real !== undefined && !isInside(realpathSync(archiveDirectory), real);
}
