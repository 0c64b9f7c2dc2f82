import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { keepPrivate } from "./private-file.ts";

/** Beside the database. */
export const LOCK_FILE = "server.lock";

/**
 * Keeps a second server off a data directory: an empty SQLite database beside the real one, held exclusively. The operating system
 * drops the lock with the process, however that ends. Not on the database itself: a backup reads that through a second connection.
 *
 * @throws "database is locked" when another server has it
 */
export function lockDirectory(dataDirectory: string): { release(): void } {
  const file = join(dataDirectory, LOCK_FILE);
  keepPrivate(file);
  const lock = new DatabaseSync(file);
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
  } catch (error) {
    lock.close();
    throw error;
  }
  return { release: () => lock.close() };
}
