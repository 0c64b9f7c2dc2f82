import { chmodSync, lchownSync, lstatSync, mkdirSync } from "node:fs";
import { errorCodeOf } from "../event-failure.ts";
import { groupIdByName, userByName } from "./accounts.ts";
import type { PlannedDirectory } from "./install-plan.ts";
import type { PermissionStep } from "./permission-plan.ts";

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
