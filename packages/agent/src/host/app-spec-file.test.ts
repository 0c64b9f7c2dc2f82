import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readAppSpec } from "./app-spec-file.ts";

const root = mkdtempSync(join(tmpdir(), "sluice-app-spec-file-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function archive(name: string, text: string): string {
  const directory = join(root, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "appspec.yml"), text);
  return directory;
}

const appSpec = (script: string) => `version: 0.0\nos: linux\nhooks:\n  AfterInstall: [{ location: ${script} }]\n`;

it("the same bytes are parsed once, wherever they are, and others anew", () => {
  const one = archive("one", appSpec("one.sh"));
  const first = readAppSpec(one, "");
  expect(readAppSpec(archive("two", appSpec("one.sh")), "")).toBe(first);
  archive("one", appSpec("two.sh"));
  expect(JSON.stringify(readAppSpec(one, ""))).toContain("two.sh");
  for (let other = 0; other < 8; other++) readAppSpec(archive(`other-${other}`, appSpec(`${other}.sh`)), "");
  expect(readAppSpec(archive("one", appSpec("one.sh")), "")).not.toBe(first);
});

it("what an earlier agent has installed is read with its own rules, also after the same bytes were read as a new revision", () => {
  const directory = archive("home", "version: 0.0\nos: linux\nfiles:\n  - { source: a, destination: ~/a }\n");
  expect(() => readAppSpec(directory, "")).toThrow(/~/);
  expect(readAppSpec(directory, "", { isInstalled: true }).os).toBe("linux");
  expect(() => readAppSpec(directory, "")).toThrow(/~/);
});
