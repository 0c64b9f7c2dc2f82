import { chmodSync, closeSync, openSync } from "node:fs";

const OWNER_ONLY = 0o600;

/**
 * Makes an empty file that only its owner reads, or takes an older one's rights from others. Never opened when it is there: closing it again
 * would drop a lock of this process.
 */
export function keepPrivate(file: string): void {
  try {
    closeSync(openSync(file, "wx", OWNER_ONLY));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    chmodSync(file, OWNER_ONLY);
  }
}
