import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** `20261130T061500.123Z.jsonl`, by when the file was begun: names in order are files in order. */
const FILE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z\.jsonl$/;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

export interface AuditFile {
  readonly name: string;
  readonly path: string;
  /** Epoch milliseconds. */
  readonly begunAt: number;
}

export function auditFileName(begunAt: number): string {
  return `${new Date(begunAt).toISOString().replaceAll(/[-:]/g, "")}.jsonl`;
}

/** The newest first. Of a directory that is not there: none. */
export async function listAuditFiles(directory: string): Promise<readonly AuditFile[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = names.flatMap((name) => {
    const begunAt = begunAtOf(name);
    return begunAt === undefined ? [] : [{ name, path: join(directory, name), begunAt }];
  });
  return files.sort((one, other) => (one.name < other.name ? 1 : -1));
}

export function begunAtOf(name: string): number | undefined {
  const [whole, year, month, day, hour, minute, second, millisecond] = FILE.exec(name) ?? [];
  if (whole === undefined) return undefined;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** Removes files that were followed by another one longer ago than they are kept: their last lines are older still. */
export async function pruneAuditFiles(directory: string, keepDays: number, now: number): Promise<readonly string[]> {
  const files = await listAuditFiles(directory);
  const expired = files.filter(
    (_, index) => index > 0 && files[index - 1]!.begunAt < now - keepDays * DAY_MILLISECONDS,
  );
  for (const { path } of expired) await rm(path, { force: true });
  return expired.map(({ name }) => name);
}
