import { closeSync, constants, fstatSync, opendirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DESCRIPTORS_DIRECTORY, O_PATH, pathOfDescriptor } from "../descriptor-path.ts";
import { EventFailure } from "../event-failure.ts";
import { type Folders, isRootsAlone } from "./folders.ts";
import type { PermissionStep } from "./permission-plan.ts";
import type { Refusals } from "./refusals.ts";

const ITSELF = O_PATH | constants.O_NOFOLLOW;
const ROOT = 0;
const NOTHING = 0;
const OWNER = 1;
const MODE = 2;

/**
 * Which file or directory this install has put under each path that the permissions section reaches, so that mode and owner go to it and
 * not to what somebody has put in its place since (a hard link of a file of root's, for instance).
 */
export class Installed {
  /** By path: whether its owner and its mode are to come. */
  readonly #wanted = new Map<string, number>();
  readonly #identities = new Map<string, string>();
  readonly #refusals: Refusals;

  constructor(permissions: readonly PermissionStep[], refusals: Refusals) {
    this.#refusals = refusals;
    for (const step of permissions) {
      const toCome = step.type === "chmod" ? MODE : step.owner === null ? NOTHING : OWNER;
      this.#wanted.set(step.file, (this.#wanted.get(step.file) ?? NOTHING) | toCome);
    }
  }

  /** Whether the permissions section names an owner: until that one gets it, nobody else may have it. */
  isGivenAway(path: string): boolean {
    return ((this.#wanted.get(path) ?? NOTHING) & OWNER) !== 0;
  }

  /** Whether the permissions section names a mode: until that one gets it, nobody but its owner may open it. */
  hasModeToCome(path: string): boolean {
    return ((this.#wanted.get(path) ?? NOTHING) & MODE) !== 0;
  }

  /** To be called when it has its content and its first owner. */
  note(path: string, descriptor: number): void {
    if (this.#wanted.has(path)) this.#identities.set(path, identityOf(descriptor));
  }

  /**
   * `isNew`: this install has just made a directory of that name. One that was there first is another user's, or one that root made for something
   * else and that somebody has moved here; and either may have been put in the place of the new one, unless nobody else can.
   */
  noteDirectory(path: string, folders: Folders, isNew: boolean): void {
    if (!this.#wanted.has(path) || DESCRIPTORS_DIRECTORY === undefined) return;
    const descriptor = folders.open(path);
    if (process.geteuid?.() === ROOT) {
      if (!isNew || !this.#refusals.isMadeByAgent(path, descriptor)) return;
      if (!isRootsAlone(fstatSync(folders.open(dirname(path)))) && !isEmpty(descriptor)) return;
    }
    this.note(path, descriptor);
  }

  /** Opens what was installed under a path, for its mode and owner; the caller closes it. @throws EventFailure when it is another */
  open(path: string, folders: Folders): number {
    const descriptor = openSync(folders.at(path), ITSELF);
    if (this.#identities.get(path) === identityOf(descriptor)) return descriptor;
    closeSync(descriptor);
    throw replaced(path);
  }
}

export function replaced(path: string): EventFailure {
  return new EventFailure(
    `The deployment failed because ${path} was replaced while it was being installed, so it did not get its mode and owner. Stop what ` +
      "writes to its directory meanwhile, and then try again.",
  );
}

/** Owner and birth count too: the number of a file that was removed is given to the next one that somebody makes, root included. */
function identityOf(descriptor: number): string {
  const { dev, ino, uid, birthtimeNs } = fstatSync(descriptor, { bigint: true });
  return `${dev}:${ino}:${uid}:${birthtimeNs}`;
}

function isEmpty(directory: number): boolean {
  const entries = opendirSync(pathOfDescriptor(directory));
  try {
    return entries.readSync() === null;
  } finally {
    entries.closeSync();
  }
}
