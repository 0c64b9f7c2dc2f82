import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SLUICE_VERSION } from "./version.ts";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

it("is the version of package.json, of the lockfile and of the changelog's newest chapter", () => {
  expect(JSON.parse(read("package.json")).version).toBe(SLUICE_VERSION);
  expect(JSON.parse(read("package-lock.json")).version).toBe(SLUICE_VERSION);
  expect(/^## (\S+)/m.exec(read("CHANGELOG.md"))?.[1]).toBe(SLUICE_VERSION);
});
