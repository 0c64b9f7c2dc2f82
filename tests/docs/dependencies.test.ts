import { existsSync, globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function manifest(path: string): Manifest {
  return JSON.parse(readFileSync(resolve(ROOT, path), "utf8")) as Manifest;
}

const wanted = new Map(
  ["package.json", ...globSync("packages/*/package.json", { cwd: ROOT })]
    .map(manifest)
    .flatMap(({ dependencies, devDependencies, optionalDependencies }) =>
      Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }),
    )
    .filter(([name]) => !name.startsWith("@sluice/")),
);
const rows = readFileSync(resolve(ROOT, "docs/reference/dependencies.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `"));

describe("docs/reference/dependencies.md", () => {
  it.each([...wanted])("names %s %s with its licence", (name, version) => {
    const row = rows.find((line) => line.includes(`\`${name}\``));
    expect(row, `no row for ${name}`).toBeDefined();
    expect(row).toContain(version);
    const installed = `node_modules/${name}/package.json`;
    // Of the two Nodes only this machine's is installed.
    if (existsSync(resolve(ROOT, installed))) expect(row).toContain(manifest(installed).license);
  });

  it("names none that is not declared", () => {
    const named = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    expect(named.filter((name) => name === undefined || !wanted.has(name))).toEqual([]);
  });
});
