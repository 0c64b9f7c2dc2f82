import { chmodSync, chownSync, closeSync, fstatSync, lchownSync, lstatSync, mkdirSync } from "node:fs";
import type { PermissionRule } from "@sluice/model/app-spec/install-values.ts";
import { DESCRIPTORS_DIRECTORY, pathOfDescriptor } from "../descriptor-path.ts";
import { errorCodeOf } from "../event-failure.ts";
import { namedAccounts } from "./access-list.ts";
import { groupIdByName, userByName } from "./accounts.ts";
import type { Folders } from "./folders.ts";
import { needsDirectory, type PlannedDirectory } from "./install-plan.ts";
import type { Installed } from "./installed.ts";
import type { PermissionStep } from "./permission-plan.ts";
import { isRefusal, permissionRefused } from "./refusals.ts";

const KEEP = -1;
const ROOT = 0;
const MODE_BITS = 0o7777;

type ChownStep = PermissionStep & { readonly type: "chown" };
type ChmodStep = PermissionStep & { readonly type: "chmod" };

/** @returns false where one is there already */
export function makeDirectory({ directory }: PlannedDirectory, folders: Folders): boolean {
  const path = folders.at(directory);
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (errorCodeOf(error) !== "EEXIST") throw error;
    // Somebody else made it since the plan was drawn up. It is on the list and goes again only if it is empty.
    if (lstatSync(path).isDirectory()) return false;
    throw needsDirectory(directory, error);
  }
}

/** Ids of the owners and groups that steps name. */
export interface AccountIds {
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
}

/** Whether the host has every user and group that the permissions name, whatever they reach. */
export async function hasAllAccounts(rules: readonly PermissionRule[]): Promise<boolean> {
  try {
    for (const { object, owner, group, acls } of rules) {
      if (owner !== null) await userByName(owner, object);
      if (group !== null) await groupIdByName(group, object);
      if (acls !== null) await checkNamedAccounts(acls, object);
    }
    return true;
  } catch {
    return false;
  }
}

/** Looks every name up once, before anything is copied. @throws EventFailure naming the first unknown one */
export async function lookUpAccounts(steps: Iterable<PermissionStep>): Promise<AccountIds> {
  const checked = new Set<readonly string[]>();
  const users = new Map<string, number>();
  const groups = new Map<string, number>();
  for (const step of steps) {
    if (step.type === "setfacl" && !checked.has(step.acl)) {
      checked.add(step.acl);
      await checkNamedAccounts(step.acl, step.file);
    }
    if (step.type !== "chown") continue;
    const purpose = `the permissions section of the AppSpec file gives it ${step.file}`;
    if (step.owner !== null && !users.has(step.owner)) {
      users.set(step.owner, (await userByName(step.owner, purpose)).uid);
    }
    if (step.group !== null && !groups.has(step.group)) {
      groups.set(step.group, await groupIdByName(step.group, purpose));
    }
  }
  return { users, groups };
}

/** `setfacl` looks them up itself, but only after everything has been copied. */
async function checkNamedAccounts(acls: readonly string[], file: string): Promise<void> {
  const purpose = `acls in the permissions section of the AppSpec file name it for ${file}`;
  const { users, groups } = namedAccounts(acls);
  for (const user of users) await userByName(user, purpose);
  for (const group of groups) await groupIdByName(group, purpose);
}

/** Where permissions are set: what this install put under the paths, in the directories that it looked at. */
export interface PermissionTargets {
  readonly accounts: AccountIds;
  readonly folders: Folders;
  readonly installed: Installed;
}

/** A link has no mode of its own, and its owner is its own: what it points at is only touched when it is listed itself. */
export function applyPermission(
  step: ChmodStep | ChownStep,
  { accounts, folders, installed }: PermissionTargets,
): void {
  if (DESCRIPTORS_DIRECTORY === undefined) {
    if (step.type === "chown") lchownSync(step.file, ...ownerOf(step, accounts));
    else if (!lstatSync(step.file).isSymbolicLink()) chmodSync(step.file, Number.parseInt(step.mode, 8));
    return;
  }
  const descriptor = installed.open(step, folders);
  try {
    // By way of the descriptor even a link is meant itself.
    const target = pathOfDescriptor(descriptor);
    if (step.type === "chown") changeOwner(step, target, descriptor, accounts);
    else if (!fstatSync(descriptor).isSymbolicLink()) changeMode(step, target, descriptor);
    installed.note(step.target, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function changeOwner(step: ChownStep, target: string, descriptor: number, accounts: AccountIds): void {
  const [uid, gid] = ownerOf(step, accounts);
  try {
    chownSync(target, uid, gid);
  } catch (error) {
    if (!isRefusal(error) || process.geteuid?.() !== ROOT) throw error;
    const has = fstatSync(descriptor);
    // An access point of EFS, or the mount options of CIFS, may give it to that owner anyway.
    if ((uid === KEEP || has.uid === uid) && (gid === KEEP || has.gid === gid)) return;
    const wanted = [
      step.owner === null ? "" : `the owner ${step.owner}`,
      step.group === null ? "" : `the group ${step.group}`,
    ];
    throw permissionRefused(step.file, wanted.filter((one) => one !== "").join(" and "), error);
  }
}

function changeMode(step: ChmodStep, target: string, descriptor: number): void {
  const mode = Number.parseInt(step.mode, 8);
  try {
    chmodSync(target, mode);
  } catch (error) {
    if (!isRefusal(error) || process.geteuid?.() !== ROOT) throw error;
    if ((fstatSync(descriptor).mode & MODE_BITS) === mode) return;
    throw permissionRefused(step.file, `the mode ${step.mode}`, error);
  }
}

function ownerOf(step: ChownStep, accounts: AccountIds): [uid: number, gid: number] {
  return [
    step.owner === null ? KEEP : accounts.users.get(step.owner)!,
    step.group === null ? KEEP : accounts.groups.get(step.group)!,
  ];
}
