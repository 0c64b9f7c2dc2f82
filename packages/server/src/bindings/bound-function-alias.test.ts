import { memoryFunctionAlias, newMemoryVersion } from "@sluice/drivers/memory/memory-function-alias.ts";
import type { AliasRouting, FunctionAlias } from "@sluice/engine/ports/function-alias.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import { describe, expect, it } from "vitest";
import type { BoundDriver } from "./bound-driver.ts";
import { aliasOfFunction, boundFunctionAlias } from "./bound-function-alias.ts";

const never = new AbortController().signal;
const ARN = "arn:aws:lambda:eu-west-1:111122223333:function";
const LIVE = { functionName: "charge", aliasName: "live" };
const TO_10 = { currentVersion: "1", targetVersion: "2", percent: 10 };

function functions(routing: AliasRouting | null = null): FunctionAlias {
  const versions = new Map(["1", "2"].map((version) => [version, newMemoryVersion()]));
  const aliases = new Map(routing ? [["live", routing]] : []);
  return memoryFunctionAlias.create({}, { functions: new Map([["charge", { versions, aliases }]]) });
}

function bound(match: string, instance: FunctionAlias): BoundDriver<FunctionAlias> {
  return { binding: { match, port: "function-alias", driver: "test", settings: {} }, instance };
}

describe("the bound function alias", () => {
  it("asks for a function the driver of its binding, the first that matches", async () => {
    const port = boundFunctionAlias([
      bound("other", functions()),
      bound("charge", functions({ version: "1", second: null })),
      bound("*", functions()),
    ]);
    expect(await port.describe(LIVE, never)).toEqual({ version: "1", second: null });
    expect(await port.inspectVersion(LIVE, "2", never)).toMatchObject({ isActive: true });
    expect(await port.shift(LIVE, TO_10, never)).toEqual({ outcome: "done" });
    expect(await port.describe(LIVE, never)).toEqual({ version: "1", second: { version: "2", percent: 10 } });
  });

  it.each([
    ["charge", "charge", true],
    ["char*", "charge", true],
    ["*", `${ARN}:charge`, true],
    ["charge", `${ARN}:charge`, true],
    ["charge", "111122223333:function:charge", true],
    [`${ARN}:charge`, "charge", true],
    [`${ARN}:*`, `${ARN}:charge`, true],
    [`${ARN}:charge`, "arn:aws:lambda:us-east-1:111122223333:function:charge", false],
    ["charge", "recharge", false],
  ])("reads the pattern %s for %s", (match, called, isMatched) => {
    expect(aliasOfFunction([bound(match, functions())], called) !== undefined).toBe(isMatched);
  });

  it("says no, with a binding to add, where there is none", async () => {
    const port = boundFunctionAlias([bound("other", functions())]);
    const words =
      /function "charge".*driver lambda,.*driver functions.*- \{ match: "charge", port: function-alias, driver: lambda/;
    for (const asked of [
      port.describe(LIVE, never),
      port.inspectVersion({ ...LIVE, functionName: `${ARN}:charge` }, "2", never),
    ]) {
      const refusal = await asked.catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(PortRefusal);
      expect(refusal).toMatchObject({ code: "INVALID_LAMBDA_FUNCTION", message: expect.stringMatching(words) });
    }
    expect(await port.shift(LIVE, TO_10, never)).toEqual({
      outcome: "failed",
      code: "INVALID_LAMBDA_FUNCTION",
      reason: expect.stringMatching(words),
    });
  });

  it("names the binding whose driver could not be asked, and keeps a refusal's code", async () => {
    const away = { ...functions(), describe: async () => Promise.reject(new Error("ECONNREFUSED")) };
    const named = /the driver test \(function-alias of "charge" in sluice\.yml\)/;
    await expect(boundFunctionAlias([bound("charge", away)]).describe(LIVE, never)).rejects.toThrow(named);
    const refusal = new PortRefusal("IAM_ROLE_PERMISSIONS", "no");
    const denied = { ...functions(), describe: async () => Promise.reject(refusal) };
    const asked = boundFunctionAlias([bound("charge", denied)]).describe(LIVE, never);
    await expect(asked).rejects.toMatchObject({
      code: "IAM_ROLE_PERMISSIONS",
      message: expect.stringMatching(named),
    });
  });
});
