import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");

/** What a user runs: the launcher, the bundle and the pinned Node, in a folder of their own. */
export interface Release {
  /** `bin/sluice`. */
  readonly launcher: string;
  /** Where processes leave a CPU profile when they end; undefined: none is made. */
  readonly profiles: string | undefined;
}

/** Copies the bundle, so that neither an edit nor a build in the middle of a run changes what is measured. */
export function copyRelease(folder: string, profiles: string | undefined): Release {
  if (!existsSync(join(ROOT, "dist/sluice.cjs"))) throw new Error("there is no bundle in dist/: run `npm run build`");
  cpSync(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
  mkdirSync(join(folder, "bin"));
  cpSync(join(ROOT, "bin/sluice"), join(folder, "bin/sluice"));
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync(join(ROOT, "node_modules")).filter((each) => each.startsWith("node-linux-"))) {
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  }
  return { launcher: join(folder, "bin/sluice"), profiles };
}
