import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { getAssetKeys, getRawAsset, isSea } from "node:sea";
import { SLUICE_VERSION } from "@sluice/model/version.ts";

/** What this process runs from. */
export interface OwnProgram {
  /** Absolute: the file that starts Sluice, which is the executable of a release, or `bin/sluice` of a checkout. */
  readonly file: string;
  /** A release in one executable, which needs nothing beside it. */
  readonly isSingleFile: boolean;
  readonly version: string;
  /** Such as `linux-x64`: the names of Node's packages and of our releases. */
  readonly platform: string;
}

/** Whether this is a release in one executable: Node is in it, and so is every file that Sluice reads of itself. */
export function isSingleFile(): boolean {
  return isSea();
}

/** Of what runs: an upgrade may have put another version at `file` since. */
export function ownProgram(): OwnProgram {
  const file = isSea() ? process.execPath : findLauncher(import.meta.dirname);
  return { file, isSingleFile: isSea(), version: SLUICE_VERSION, platform: `${process.platform}-${process.arch}` };
}

/**
 * A file that the release carries inside of it, by the name that scripts/release gives it (`web/index.html`).
 * @returns a view of the executable itself, which may not be written to; undefined: there is no such file, or this is a checkout
 */
export function programAsset(name: string): Buffer | undefined {
  if (!isSea() || !getAssetKeys().includes(name)) return undefined;
  return Buffer.from(getRawAsset(name));
}

/** Empty in a checkout. */
export function programAssetNames(): readonly string[] {
  return isSea() ? getAssetKeys() : [];
}

/** `bin/sluice` of the installation that this code belongs to, whether it runs from the source or from the bundle. */
function findLauncher(from: string): string {
  for (let directory = from; ; directory = dirname(directory)) {
    const launcher = join(directory, "bin", "sluice");
    if (existsSync(launcher)) return launcher;
    if (directory === dirname(directory)) throw new Error(`no bin/sluice above ${from}: is the installation complete?`);
  }
}
