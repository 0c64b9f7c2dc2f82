import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { PermissionRule } from "@sluice/model/app-spec/install-values.ts";
import { matchesSimpleGlob } from "@sluice/model/app-spec/simple-glob.ts";
import { EventFailure } from "../event-failure.ts";
import type { InstallPlan } from "./install-plan.ts";

export type PermissionStep =
  | { readonly type: "chmod"; readonly mode: string; readonly file: string }
  | { readonly type: "chown"; readonly owner: string | null; readonly group: string | null; readonly file: string };

/** Every file or directory that a setting reaches when neither pattern nor object narrows it. */
const EVERYTHING_BELOW = "**";

/** @throws EventFailure for settings that this agent cannot apply; it would otherwise claim what it did not do */
export function checkPermissionsSupported(permissions: readonly PermissionRule[]): void {
  for (const { object, acls, context } of permissions) {
    if (acls === null && context === null) continue;
    const setting = acls === null ? "context" : "acls";
    throw new EventFailure(
      `The deployment failed because the permissions of ${object} in the AppSpec file ask for ${setting}, which is not ` +
        `supported yet. Remove ${setting} from the permissions section and set it in an AfterInstall script, and then try again.`,
    );
  }
}

/**
 * Turns the AppSpec's permissions into steps. Only what this install copies or creates is touched, and never the object
 * directory itself; the mode comes before the owner (`install_instruction.rb`), so a change of owner strips setuid.
 */
export function planPermissions(permissions: readonly PermissionRule[], plan: InstallPlan): PermissionStep[] {
  const steps: PermissionStep[] = [];
  const settled = new Set<string>();
  for (const permission of permissions) {
    for (const file of objectsOf(permission, plan)) {
      if (settled.has(file)) {
        throw new EventFailure(
          `The deployment failed because the permissions setting for (${file}) is specified more than once in the application ` +
            "specification file. Update the files section of the AppSpec file, and then try again.",
        );
      }
      settled.add(file);
      const { mode, owner, group } = permission;
      if (mode !== null) steps.push({ type: "chmod", mode: mode.text, file });
      if (owner !== null || group !== null) steps.push({ type: "chown", owner, group, file });
    }
  }
  return steps;
}

function objectsOf(permission: PermissionRule, plan: InstallPlan): readonly string[] {
  const object = resolve("/", permission.object);
  if (plan.hasCopy(object)) {
    if (!permission.type.includes("file")) return [];
    checkFilePermission(permission);
    return [object];
  }
  const isDirectory = plan.directories.has(object) || statSync(object, { throwIfNoEntry: false })?.isDirectory();
  if (!isDirectory) return [];
  const prefix = object === "/" ? "/" : `${object}/`;
  const isMatch = (path: string) => path.startsWith(prefix) && isSelected(path.slice(prefix.length), permission);
  return [
    ...(permission.type.includes("file") ? [...filtered(plan.copyDestinations(), isMatch)] : []),
    ...(permission.type.includes("directory") ? [...plan.directories].filter(isMatch) : []),
  ];
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

function* filtered(paths: Iterable<string>, isMatch: (path: string) => boolean): Generator<string> {
  for (const path of paths) if (isMatch(path)) yield path;
}
