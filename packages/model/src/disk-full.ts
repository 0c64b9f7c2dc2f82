/** Of the system: nothing is left of the disk, or of what this user may have of it. */
const SYSTEM_CODES: readonly unknown[] = ["ENOSPC", "EDQUOT"];
/** SQLITE_FULL (https://sqlite.org/rescode.html). */
const SQLITE_FULL = 13;
/** `disk_full` (PostgreSQL's documentation, Appendix A). */
const POSTGRES_DISK_FULL = "53100";
/** Far more than errors are wrapped in one another. */
const MAX_CAUSES = 10;

/**
 * Which disk is full, when that is why something failed: "local" is one of this machine's, "postgres" that of the PostgreSQL server. Null: it is
 * another error. Looks at the error's causes, too.
 */
export function fullDisk(error: unknown): "local" | "postgres" | null {
  let one = error;
  for (let depth = 0; one instanceof Error && depth < MAX_CAUSES; depth++) {
    const { code, errcode } = one as { readonly code?: unknown; readonly errcode?: unknown };
    if (code === POSTGRES_DISK_FULL) return "postgres";
    if (SYSTEM_CODES.includes(code) || (code === "ERR_SQLITE_ERROR" && errcode === SQLITE_FULL)) return "local";
    one = one.cause;
  }
  return null;
}

/** How a full disk is told, everywhere: what is full, what came of it, and the cure. `whose` begins the sentence. */
export function diskIsFull(
  whose: string,
  {
    outcome = "",
    again = "try again",
    directory = "",
  }: { readonly outcome?: string; readonly again?: string; readonly directory?: string } = {},
): string {
  const sentences = [`${whose} is full.`, outcome, `Free space on it, then ${again}: df -h ${directory}`];
  return sentences
    .filter((sentence) => sentence !== "")
    .join(" ")
    .trimEnd();
}
