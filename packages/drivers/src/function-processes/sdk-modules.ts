import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a function in JavaScript finds of AWS's SDK where it has none of its own: as much as hooks and callers of functions need. */
export const SDK_MODULES = ["@aws-sdk/client-codedeploy", "@aws-sdk/client-lambda"] as const;
/** Beside a program of dist/: scripts/build.ts makes it. */
export const BUILT_MODULES = "function-modules";

export interface SdkModules {
  readonly folder: string;
  /** Nothing but these modules: small enough to be copied before the installation is changed under the server. */
  readonly isBuilt: boolean;
}

/** Undefined: this installation has none. */
export function findSdkModules(from = import.meta.dirname): SdkModules | undefined {
  const built = join(from, BUILT_MODULES);
  if (existsSync(built)) return { folder: built, isBuilt: true };
  for (let folder = from; ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (existsSync(join(modules, SDK_MODULES[0]))) return { folder: modules, isBuilt: false };
    if (folder === dirname(folder)) return undefined;
  }
}
