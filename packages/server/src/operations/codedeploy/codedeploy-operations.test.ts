import { readFileSync } from "node:fs";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestCodeDeploy, testCodeDeploy } from "./codedeploy.fixture.ts";
import { CODEDEPLOY_HANDLERS } from "./codedeploy-operations.ts";

const REFERENCE = readFileSync(new URL("../../../../../docs/reference/api.md", import.meta.url), "utf8");

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
});
afterEach(() => codeDeploy.close());

it("has a handler for every operation on the wire, and for no other", () => {
  expect(Object.keys(CODEDEPLOY_HANDLERS).sort()).toEqual(Object.keys(CODEDEPLOY_TABLE).sort());
  expect(Object.keys(CODEDEPLOY_HANDLERS)).toHaveLength(47);
});

it("is described in the reference, operation by operation", () => {
  const missing = Object.keys(CODEDEPLOY_HANDLERS).filter((name) => !REFERENCE.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
