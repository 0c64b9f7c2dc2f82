/** SQLITE_CORRUPT and SQLITE_NOTADB (https://sqlite.org/rescode.html). */
const DAMAGED: readonly unknown[] = [11, 26];
/** An extended code has the primary one in its lowest byte. */
const PRIMARY_CODE_MASK = 0xff;

/** Of a database that holds what a backup holds. */
const RESTORE = "Restore a backup into a directory that is not there yet: sluice restore FILE --data NEW-DIRECTORY";

/** What is told of an error of `file`'s, when SQLite finds it damaged or no database at all; every other error as it is. */
export function namingDamage(error: unknown, file: string, cure = RESTORE): unknown {
  if (!(error instanceof Error)) return error;
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  const isDamaged =
    code === "ERR_SQLITE_ERROR" && typeof errcode === "number" && DAMAGED.includes(errcode & PRIMARY_CODE_MASK);
  return isDamaged ? new Error(`${file} is damaged (${error.message}). ${cure}`, { cause: error }) : error;
}
