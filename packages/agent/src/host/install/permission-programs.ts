import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { PermissionRule } from "@sluice/model/app-spec/install-values.ts";
import { EventFailure } from "../event-failure.ts";

interface Needed {
  readonly setting: "acls" | "context";
  readonly programs: readonly string[];
  readonly cure: string;
}

/** What sets a permission that no system call of Node's sets. */
const NEEDED: readonly Needed[] = [
  { setting: "acls", programs: ["setfacl"], cure: "Run: apt-get install acl (or: dnf install acl)" },
  {
    setting: "context",
    programs: ["semanage", "restorecon"],
    cure: "If the host has SELinux, run: dnf install policycoreutils-python-utils. If it has not, remove context from the permissions section",
  },
];

/**
 * Refuses settings for which the host lacks the program, before anything is changed. The reference agent finds out in the middle of Install.
 * @throws EventFailure naming the program and the package
 */
export function checkPermissionPrograms(permissions: readonly PermissionRule[]): void {
  for (const { setting, programs, cure } of NEEDED) {
    const rule = permissions.find((permission) => permission[setting] !== null);
    const missing = rule && programs.find((program) => !isOnPath(program));
    if (missing === undefined) continue;
    throw new EventFailure(
      `The deployment failed because the permissions of ${rule?.object} in the AppSpec file ask for ${setting}, but this host does not have the program ${missing}. ` +
        `${cure}, and then try again.`,
    );
  }
}

function isOnPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return directory !== "";
    } catch {
      return false;
    }
  });
}
