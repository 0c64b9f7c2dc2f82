import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import type { Folders } from "./folders.ts";

/** What a file system says that keeps no owners, modes or times of its own, or does not let this host's root change them. */
const REFUSED: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const PRIVATE_MODE = 0o600;
const TEMPORARY_NAME_RANDOM_BYTES = 9;
const ROOT = 0;

const KEPT = { owner: "owner and group", mode: "mode", times: "times" } as const;
export type KeptAttribute = keyof typeof KEPT;

export function isRefusal(error: unknown): boolean {
  return REFUSED.has(errorCodeOf(error) ?? "");
}

/**
 * Attributes of the bundle's that a file system at a destination refuses (NFS with root_squash, EFS, CIFS, FAT). As with the reference agent
 * that is no reason to install nothing, save where the permissions section asks for them; each is told once for a file system.
 */
export class Refusals {
  readonly #folders: Folders;
  readonly #told = new Set<string>();
  /** By device: the user to whom new files of root's belong there. */
  readonly #newOwners = new Map<number, number>();
  readonly notes: string[] = [];

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  /** @returns whether it was done. @throws what is no refusal */
  attempt(attribute: KeptAttribute, path: string, descriptor: number, change: () => void): boolean {
    try {
      change();
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#tell(attribute, path, descriptor, error);
      return false;
    }
  }

  /**
   * What root has just made by its name, and opened by its name after that, may have been swapped in between by whoever may write to the
   * directory. Whoever does that cannot make anything that has the owner of what root makes.
   */
  isMadeByAgent(path: string, descriptor: number): boolean {
    if (process.geteuid?.() !== ROOT) return true;
    const { uid, dev } = fstatSync(descriptor);
    return uid === ROOT || uid === this.#newOwner(dirname(path), dev);
  }

  /** Root's files are another user's where the server of a file system says so (root_squash). Seen on a file that nobody can swap. */
  #newOwner(directory: string, device: number): number {
    const known = this.#newOwners.get(device);
    if (known !== undefined) return known;
    const name = `.sluice-${randomBytes(TEMPORARY_NAME_RANDOM_BYTES).toString("hex")}`;
    const path = this.#folders.at(join(directory, name));
    const descriptor = openSync(path, NEW_FILE, PRIVATE_MODE);
    try {
      const { uid, dev } = fstatSync(descriptor);
      this.#newOwners.set(dev, uid);
      return dev === device ? uid : ROOT;
    } finally {
      closeSync(descriptor);
      unlinkSync(path);
    }
  }

  #tell(attribute: KeptAttribute, path: string, descriptor: number, error: unknown): void {
    const key = `${attribute} ${fstatSync(descriptor).dev}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.notes.push(
      `The file system at ${dirname(path)} does not let the agent set the ${KEPT[attribute]} of files (${errorCodeOf(error)}, first at ${path}). ` +
        `They were installed with the ${KEPT[attribute]} that the file system gives them.`,
    );
  }
}

/** The permissions section asks for it, so it is not passed over; nor does the reference agent. */
export function permissionRefused(file: string, wanted: string, error: unknown): EventFailure {
  return new EventFailure(
    `The deployment failed because the file system of ${file} does not let the agent, which runs as root, set ${wanted}, as required by the permissions ` +
      `section of the AppSpec file (${errorCodeOf(error)}). Remove it from the permissions section and set it where the file system is mounted or ` +
      "exported (NFS: no_root_squash; EFS: the user of an access point; CIFS and FAT: the mount options uid=, gid=, file_mode= and fmask=), and then try again.",
    { cause: error },
  );
}
