import { privateGroupOf } from "../install/accounts.ts";

export interface EntryAttributes {
  /** Permission bits, special bits included. */
  readonly mode: number;
  readonly modifiedAt: Date | undefined;
  /** Only given when the agent is root and the archive knows owners: the copy that `files` installs gets it. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** What an entry gets in the archive on this host. Its owner is always the agent's user. */
export interface ArchiveAccess {
  readonly mode: number;
  /** Undefined: the group that the agent creates files with. */
  readonly gid: number | undefined;
}

const READ_AND_EXECUTE = 0o5;
/** Nobody but the agent's user writes to what it will run, and nothing there runs with rights that are not its caller's. */
const WITHHELD_BITS = 0o7022;
const OWNER_IN_DIRECTORY = 0o700;

/**
 * An archive's entry belongs to the agent's user and is written by nobody else, because the agent runs scripts from it. Whoever may
 * read or execute it by the archive's own modes may do so here, so that scripts with `runas` work: the owner that the archive names does it
 * through its private group, if it has one.
 */
export function archiveAccess({ mode, owner }: EntryAttributes, kind: "file" | "directory"): ArchiveAccess {
  const kept = (mode & ~WITHHELD_BITS) | (kind === "directory" ? OWNER_IN_DIRECTORY : 0);
  if (owner === undefined) return { mode: kept, gid: undefined };
  const ofOwner = (mode >> 6) & READ_AND_EXECUTE;
  const ofOthers = kept & READ_AND_EXECUTE;
  if (owner.uid === 0 || (ofOwner & ~ofOthers) === 0) return { mode: kept, gid: owner.gid };
  const privateGroup = privateGroupOf(owner.uid);
  if (privateGroup === undefined) return { mode: kept, gid: owner.gid };
  return { mode: (kept & ~0o070) | (ofOwner << 3), gid: privateGroup };
}
