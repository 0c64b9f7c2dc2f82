import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Level by level, since Node's own recursive mkdir never returns where the parent exists and yet nothing can be made in it (/proc).
 */
export function makeDataDirectory(path: string): void {
  const absolute = resolve(path);
  if (existsSync(absolute)) return;
  const parent = dirname(absolute);
  if (!existsSync(parent)) makeDataDirectory(parent);
  try {
    mkdirSync(absolute, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the data directory ${absolute} cannot be made: ${reason}; choose another --data`, {
      cause: error,
    });
  }
}
