import { globSync, readFileSync } from "node:fs";
import { findViolations } from "./import-rules.ts";
import { ROOMS } from "./rooms.ts";

/** Holds the tables of allowed imports (import-rules.ts, rooms.ts) over the whole tree. Exits 1 and names each violation. */
interface PackageManifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function declaredBy(manifestPath: string): Set<string> {
  const manifest = JSON.parse(readFileSync(manifestPath, "utf8")) as PackageManifest;
  return new Set([...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.optionalDependencies ?? {})]);
}

const files = globSync([
  "packages/*/src/**/*.ts",
  "packages/*/src/**/*.tsx",
  "tests/**/*.ts",
  "bench/**/*.ts",
  "scripts/**/*.ts",
]).sort();
const sources = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
const dependencies = new Map(
  globSync("packages/*/package.json").map((manifest) => [manifest.split("/")[1] ?? "", declaredBy(manifest)]),
);

const violations = findViolations(sources, dependencies, ROOMS);
for (const { file, line, message } of violations) console.error(`${file}:${line}: ${message}`);
if (violations.length > 0) process.exitCode = 1;
else console.log(`${files.length} files keep the import rules`);
