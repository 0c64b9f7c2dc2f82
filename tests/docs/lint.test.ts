import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CHECK_NAMES } from "@sluice/model/lint/checks.ts";
import { expect, it } from "vitest";

it("the page of checks lists every check, and no other", () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../docs/reference/lint.md"), "utf8");
  const listed = [...page.matchAll(/^\| `([a-z-]+)` \| (?:error|warning|note)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...CHECK_NAMES].sort());
});
