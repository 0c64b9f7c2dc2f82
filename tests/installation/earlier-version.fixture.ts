import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** A version of the past, from the history, that runs from its source. */
export interface EarlierVersion {
  /** Its launcher. */
  readonly sluice: string;
  readonly remove: () => void;
}

/**
 * Its own packages, and today's dependencies: those that its programs load have the same versions in both lockfiles.
 * @param commit whose tree it is
 */
export function checkOutEarlier(commit: string): EarlierVersion {
  const directory = mkdtempSync(join(tmpdir(), `sluice-${commit}-`));
  const archive = execFileSync("git", ["-C", ROOT, "archive", commit, "bin", "packages", "package.json"], {
    maxBuffer: 256 * 1024 * 1024,
  });
  execFileSync("tar", ["-x", "-C", directory], { input: archive });
  const modules = join(directory, "node_modules");
  mkdirSync(join(modules, "@sluice"), { recursive: true });
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name !== "@sluice") symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  for (const name of readdirSync(join(directory, "packages"))) {
    symlinkSync(join(directory, "packages", name), join(modules, "@sluice", name));
  }
  return {
    sluice: join(directory, "bin/sluice"),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
