import { closeSync, constants, fstatSync, opendirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DESCRIPTORS_DIRECTORY, O_PATH, pathOfDescriptor } from "../descriptor-path.ts";
import { EventFailure } from "../event-failure.ts";
import { type Folders, isRootsAlone } from "./folders.ts";
import type { PermissionTarget, PlannedDirectory } from "./install-plan.ts";
import type { PermissionStep } from "./permission-plan.ts";
import type { Refusals } from "./refusals.ts";

const ITSELF = O_PATH | constants.O_NOFOLLOW;
const ROOT = 0;

/**
 * Knows which file or directory this install has put where the permissions section reaches, so that mode and owner go to it and not to what
 * somebody has put in its place since (a hard link of a file of root's, for instance). What it knows is kept with the entry's step.
 */
export class Installed {
  readonly #refusals: Refusals;

  constructor(refusals: Refusals) {
    this.#refusals = refusals;
  }

  /** Whether the permissions section names an owner: until that one gets it, nobody else may have it. */
  isGivenAway({ permission }: PermissionTarget): boolean {
    return permission !== undefined && permission.owner !== null;
  }

  /** Whether the permissions section names a mode: until that one gets it, nobody but its owner may open it. */
  hasModeToCome({ permission }: PermissionTarget): boolean {
    return permission !== undefined && permission.mode !== null;
  }

  /** To be called when it has its content and its first owner. */
  note(target: PermissionTarget, descriptor: number): void {
    if (target.permission !== undefined) target.identity = identityOf(descriptor);
  }

  /**
   * `isNew`: this install has just made a directory of that name. One that was there first is another user's, or one that root made for something
   * else and that somebody has moved here; and either may have been put in the place of the new one, unless nobody else can.
   */
  noteDirectory(step: PlannedDirectory, folders: Folders, isNew: boolean): void {
    if (step.permission === undefined || DESCRIPTORS_DIRECTORY === undefined) return;
    const { directory } = step;
    const descriptor = folders.open(directory);
    if (process.geteuid?.() === ROOT) {
      if (!isNew || !this.#refusals.isMadeByAgent(directory, descriptor)) return;
      if (!isRootsAlone(fstatSync(folders.open(dirname(directory)))) && !isEmpty(descriptor)) return;
    }
    this.note(step, descriptor);
  }

  /** Opens what was installed under a path, for its mode and owner; the caller closes it. @throws EventFailure when it is another */
  open({ file, target }: Pick<PermissionStep, "file" | "target">, folders: Folders): number {
    const descriptor = openSync(folders.at(file), ITSELF);
    if (target.identity === identityOf(descriptor)) return descriptor;
    closeSync(descriptor);
    throw replaced(file);
  }
}

export function replaced(path: string): EventFailure {
  return new EventFailure(
    `The deployment failed because ${path} was replaced while it was being installed, so its mode and owner were not set. Stop the program that ` +
      "writes to its directory, and then try again.",
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
