import { readFileSync } from "node:fs";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestCodeDeploy, testCodeDeploy } from "./codedeploy.fixture.ts";
import { CODEDEPLOY_HANDLERS } from "./codedeploy-operations.ts";

const REFERENCE = readFileSync(new URL("../../../../../docs/reference/api.md", import.meta.url), "utf8");
const NOT_IMPLEMENTED = ["DeleteGitHubAccountToken", "DeleteResourcesByExternalId"] as const;

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
});
afterEach(() => codeDeploy.close());

it("has a handler for every operation on the wire, and for no other", () => {
  expect(Object.keys(CODEDEPLOY_HANDLERS).sort()).toEqual(Object.keys(CODEDEPLOY_TABLE).sort());
  expect(Object.keys(CODEDEPLOY_HANDLERS)).toHaveLength(47);
});

it.each(NOT_IMPLEMENTED)("says that %s is not implemented yet, as the reference does", async (name) => {
  await expect(codeDeploy.call(name, {})).rejects.toMatchObject({
    code: "NotImplementedException",
    message: `${name} is not implemented yet; see docs/reference/api.md`,
  });
  expect(REFERENCE).toContain(`\`${name}\``);
});

it("has no GitHub token to list", async () => {
  expect(await codeDeploy.call("ListGitHubAccountTokenNames", {})).toEqual({ tokenNameList: [] });
});

it("is described in the reference, operation by operation", () => {
  const missing = Object.keys(CODEDEPLOY_HANDLERS).filter((name) => !REFERENCE.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
