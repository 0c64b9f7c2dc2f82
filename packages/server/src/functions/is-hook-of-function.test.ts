import { expect, it } from "vitest";
import { isHookOfFunction } from "./is-hook-of-function.ts";

const HERE = { region: "us-east-1", accountId: "111122223333" };

it.each([
  ["check", true],
  ["check:live", true],
  ["check:$LATEST", true],
  ["check:7", true],
  ["111122223333:function:check", true],
  ["arn:aws:lambda:us-east-1:111122223333:function:check", true],
  ["arn:aws:lambda:us-east-1:111122223333:function:check:live", true],
  ["Check", false],
  ["check2", false],
  ["precheck", false],
  ["check:", false],
  ["check:live:1", false],
  ["444455556666:function:check", false],
  ["arn:aws:lambda:us-east-1:444455556666:function:check", false],
  ["arn:aws:lambda:eu-central-1:111122223333:function:check", false],
  ["arn:aws:lambda:us-east-1:111122223333:function:other:check", false],
  ["arn:aws:sns:us-east-1:111122223333:function:check", false],
  ["check\n", false],
  ["", false],
])("a hook named %j is the function check: %s", (hook, isIts) => {
  expect(isHookOfFunction(hook, "check", HERE)).toBe(isIts);
});
