import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { copyFile as copyFileInBackground } from "node:fs/promises";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import { groupIdByName, userByName } from "./accounts.ts";
import type { PlannedCopy, PlannedDirectory } from "./install-plan.ts";
import type { PermissionStep } from "./permission-plan.ts";

/** Larger files are copied on another thread; for smaller ones the hand-over costs more than the copy. */
const COPY_HERE_MAX_BYTES = 1024 * 1024;
const SPECIAL_BITS = 0o7000;
const MODE_BITS = 0o7777;
const KEEP = -1;

export function makeDirectory({ directory }: PlannedDirectory): void {
  try {
    mkdirSync(directory);
  } catch (error) {
    // Somebody else made it since the plan was drawn up. It is on the list and goes again only if it is empty.
    if (errorCodeOf(error) === "EEXIST" && lstatSync(directory).isDirectory()) return;
    throw error;
  }
}

/**
 * Copies one file with its mode, times and (as root) owner. The copy is never a hard link of the archive's file: an
 * application that writes to its file must not alter the archive that a rollback installs. Reflinked where possible.
 */
export async function copyFile({ source, destination, stats, replaces }: PlannedCopy): Promise<void> {
  const asRoot = process.geteuid?.() === 0;
  if (stats.isSymbolicLink()) {
    if (replaces) rmSync(destination);
    symlinkSync(readlinkSync(source), destination);
    if (asRoot) lchownSync(destination, stats.uid, stats.gid);
    lutimesSync(destination, stats.atime, stats.mtime);
    return;
  }
  try {
    await copyContent(source, destination, stats.size);
  } catch (error) {
    if (errorCodeOf(error) === "EISDIR") throw directoryInTheWay(source, destination);
    // A program that runs cannot be written to, but it can be replaced.
    if (errorCodeOf(error) !== "ETXTBSY") throw error;
    rmSync(destination);
    await copyContent(source, destination, stats.size);
  }
  if (asRoot) chownSync(destination, stats.uid, stats.gid);
  if (replaces || (asRoot && (stats.mode & SPECIAL_BITS) !== 0)) chmodSync(destination, stats.mode & MODE_BITS);
  utimesSync(destination, stats.atime, stats.mtime);
}

function copyContent(source: string, destination: string, bytes: number): Promise<void> | undefined {
  if (bytes > COPY_HERE_MAX_BYTES) return copyFileInBackground(source, destination, constants.COPYFILE_FICLONE);
  copyFileSync(source, destination, constants.COPYFILE_FICLONE);
  return undefined;
}

/** Ids of the owners and groups that steps name. */
export interface AccountIds {
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
}

/** Looks every name up once, before anything is copied. @throws EventFailure naming the first unknown one */
export async function lookUpAccounts(steps: readonly PermissionStep[]): Promise<AccountIds> {
  const users = new Map<string, number>();
  const groups = new Map<string, number>();
  for (const step of steps) {
    if (step.type !== "chown") continue;
    const purpose = `the permissions section of the AppSpec file gives ${step.file} to it`;
    if (step.owner !== null && !users.has(step.owner)) {
      users.set(step.owner, (await userByName(step.owner, purpose)).uid);
    }
    if (step.group !== null && !groups.has(step.group)) {
      groups.set(step.group, await groupIdByName(step.group, purpose));
    }
  }
  return { users, groups };
}

/** A link has no mode of its own, and its owner is its own: what it points at is only touched when it is listed itself. */
export function applyPermission(step: PermissionStep, accounts: AccountIds): void {
  if (step.type === "chown") {
    const uid = step.owner === null ? KEEP : accounts.users.get(step.owner)!;
    const gid = step.group === null ? KEEP : accounts.groups.get(step.group)!;
    lchownSync(step.file, uid, gid);
  } else if (!lstatSync(step.file).isSymbolicLink()) {
    chmodSync(step.file, Number.parseInt(step.mode, 8));
  }
}

function directoryInTheWay(source: string, destination: string): EventFailure {
  return new EventFailure(
    `The deployment failed because the AppSpec file installs the file ${source} as ${destination}, but a directory is there. ` +
      "Remove the directory, or change the destination in the files section, and then try again.",
  );
}
