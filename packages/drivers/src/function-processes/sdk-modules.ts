import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { programAsset } from "@sluice/wire/program/own-program.ts";

/** What a function in JavaScript finds of AWS's SDK where it has none of its own: as much as hooks and callers of functions need. */
export const SDK_MODULES = ["@aws-sdk/client-codedeploy", "@aws-sdk/client-lambda"] as const;
/** Beside a program of dist/: scripts/build.ts makes it. */
export const BUILT_MODULES = "function-modules";

export interface SdkModules {
  readonly folder: string;
  /** Nothing but these modules: small enough to be copied before the installation is changed under the server. */
  readonly isBuilt: boolean;
}

/** Of each module in {@link BUILT_MODULES}. */
const MODULE_FILES = ["package.json", "index.js"];

/**
 * Those that are assets of a single-file release, under the names of their files (`function-modules/@aws-sdk/client-lambda/index.js`).
 * @returns texts by their paths in a folder of modules; empty: they are beside the program, as those of any other installation
 */
export function embeddedSdkModules(read = readAsset): ReadonlyMap<string, string> {
  const paths = SDK_MODULES.flatMap((name) => MODULE_FILES.map((file) => `${name}/${file}`));
  const texts = paths.map((path) => [path, read(`${BUILT_MODULES}/${path}`)] as const);
  return new Map(texts.filter((each): each is readonly [string, string] => each[1] !== undefined));
}

function readAsset(name: string): string | undefined {
  return programAsset(name)?.toString("utf8");
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
