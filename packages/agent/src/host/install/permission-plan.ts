import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { PermissionRule } from "@sluice/model/app-spec/install-values.ts";
import { matchesSimpleGlob } from "@sluice/model/app-spec/simple-glob.ts";
import { EventFailure } from "../event-failure.ts";
import { hasDefaults } from "./access-list.ts";
import type { InstallPlan, PermissionTarget } from "./install-plan.ts";
import type { SecurityContext } from "./security-context.ts";

/** The members besides `target` are those of the reference agent's `install.json`. */
export type PermissionStep = { readonly file: string; readonly target: PermissionTarget } & (
  | { readonly type: "chmod"; readonly mode: string }
  | { readonly type: "setfacl"; readonly acl: readonly string[] }
  | { readonly type: "semanage"; readonly context: SecurityContext & { readonly role: null } }
  | { readonly type: "chown"; readonly owner: string | null; readonly group: string | null }
);

/** Every file or directory that a setting reaches when neither pattern nor object narrows it. */
const EVERYTHING_BELOW = "**";

/**
 * Says of every step of the plan which permission reaches it. Only what this install copies or creates is touched, and never the object
 * directory itself.
 */
export function planPermissions(permissions: readonly PermissionRule[], plan: InstallPlan): void {
  for (const permission of permissions) {
    for (const step of objectsOf(permission, plan)) {
      if (step.permission !== undefined) {
        throw new EventFailure(
          `The deployment failed because the permissions setting for (${pathOf(step)}) is specified more than once in the application ` +
            "specification file. Update the files section of the AppSpec file, and then try again.",
        );
      }
      step.permission = permission;
    }
  }
}

/**
 * The steps of the permissions section, made one by one: of a hundred thousand files they would fill the memory. In the order of the section,
 * files first; the mode comes before the owner (`install_instruction.rb`), so a change of owner strips setuid.
 */
export function* permissionSteps(permissions: readonly PermissionRule[], plan: InstallPlan): Generator<PermissionStep> {
  for (const permission of permissions) {
    const { mode, acls, context, owner, group } = permission;
    for (const target of filesFirst(plan)) {
      if (target.permission !== permission) continue;
      const file = pathOf(target);
      if (mode !== null) yield { type: "chmod", mode: mode.text, file, target };
      if (acls !== null) yield { type: "setfacl", acl: acls, file, target };
      if (context !== null) yield { type: "semanage", context: { ...context, role: null }, file, target };
      if (owner !== null || group !== null) yield { type: "chown", owner, group, file, target };
    }
  }
}

type Step = InstallPlan["steps"][number];

function* objectsOf(permission: PermissionRule, plan: InstallPlan): Generator<Step> {
  const object = resolve("/", permission.object);
  const copy = plan.copyTo(object);
  if (copy !== undefined) {
    if (!permission.type.includes("file")) return;
    checkFilePermission(permission);
    checkFileAcls(permission);
    yield copy;
    return;
  }
  const isDirectory = plan.directories.has(object) || statSync(object, { throwIfNoEntry: false })?.isDirectory();
  if (!isDirectory) return;
  const prefix = object === "/" ? "/" : `${object}/`;
  for (const step of filesFirst(plan)) {
    if (!permission.type.includes(step.type === "copy" ? "file" : "directory")) continue;
    const path = pathOf(step);
    if (!path.startsWith(prefix) || !isSelected(path.slice(prefix.length), permission)) continue;
    if (step.type === "copy") checkFileAcls(permission);
    yield step;
  }
}

function* filesFirst({ steps }: InstallPlan): Generator<Step> {
  for (const step of steps) if (step.type === "copy") yield step;
  for (const step of steps) if (step.type === "mkdir") yield step;
}

function pathOf(step: Step): string {
  return step.type === "copy" ? step.destination : step.directory;
}

function isSelected(relativePath: string, { pattern, except }: PermissionRule): boolean {
  if (pattern !== EVERYTHING_BELOW && !matchesSimpleGlob(relativePath, pattern)) return false;
  return !except.some((excluded) => matchesSimpleGlob(relativePath, excluded));
}

function checkFilePermission({ object, pattern, except }: PermissionRule): void {
  if (pattern !== EVERYTHING_BELOW) {
    throw new EventFailure(
      `The deployment failed because the application specification file includes an object (${object}) with an invalid ` +
        `pattern (${pattern}), such as a pattern for a file applied to a directory. Correct the permissions section of the ` +
        "AppSpec file, and then try again.",
    );
  }
  if (except.length > 0) {
    throw new EventFailure(
      "The deployment failed because the except parameter for a pattern in the permissions section " +
        `(${JSON.stringify(except)}) for the object named ${object} contains an invalid format. Update the AppSpec file, and ` +
        "then try again.",
    );
  }
}

function checkFileAcls({ acls }: PermissionRule): void {
  if (acls === null || !hasDefaults(acls)) return;
  throw new EventFailure(
    "The deployment failed because the -d parameter has been specified to apply an acl setting to a file. This parameter is supported for directories only. " +
      "Update the AppSpec file, and then try again.",
    { hint: "Give the entry of permissions that has default acls: type: [directory]." },
  );
}
