import type { AliasRouting, AliasShift } from "@sluice/engine/ports/function-alias.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RoleClientSettings } from "../aws/role-caller.ts";
import { functionAliasContract } from "../contracts/function-alias-contract.fixture.ts";
import { CHARGE_ARN, LambdaApi, lambdaRefusal } from "./lambda-api.fixture.ts";
import { lambdaFunctionAlias } from "./lambda-function-alias.ts";

const never = new AbortController().signal;
const ROLE = "arn:aws:iam::111122223333:role/CodeDeploy";
const LIVE = { functionName: "charge", aliasName: "live" };
const ALL_ON_1: AliasRouting = { version: "1", second: null };
const ALL_ON_2: AliasRouting = { version: "2", second: null };

let api: LambdaApi;
const driver = (more: Partial<RoleClientSettings> = {}) =>
  lambdaFunctionAlias.create({ ...api.settings, ...more }, { now: Date.now });
const to2 = (percent: number): AliasShift => ({ currentVersion: "1", targetVersion: "2", percent });
const shift = (percent: number) => driver().shift(LIVE, to2(percent), never);
const routing = () => driver().describe(LIVE, never);

functionAliasContract("lambda", async (routed) => {
  const world = await LambdaApi.start();
  world.change(routed);
  return {
    functions: lambdaFunctionAlias.create(world.settings, { now: Date.now }),
    alias: LIVE,
    change: async (changed) => world.change(changed),
    breakVersion: (version, why) =>
      void world.versions.set(version, { State: "Pending", StateReasonCode: "Creating", StateReason: why }),
    mendVersion: (version) => void world.versions.set(version, {}),
    close: () => world.close(),
  };
});

beforeEach(async () => {
  api = await LambdaApi.start();
});
afterEach(() => api.close());

describe("an alias of Lambda", () => {
  it("is changed by its revision, with its weight as a fraction, and with none as an empty map", async () => {
    await shift(7);
    expect(JSON.parse(api.questions("UpdateAlias")[0]?.body ?? "")).toEqual({
      FunctionVersion: "1",
      RoutingConfig: { AdditionalVersionWeights: { "2": 0.07 } },
      RevisionId: "revision-1",
    });
    await shift(100);
    expect(JSON.parse(api.questions("UpdateAlias")[1]?.body ?? "")).toEqual({
      FunctionVersion: "2",
      RoutingConfig: { AdditionalVersionWeights: {} },
      RevisionId: "revision-2",
    });
  });

  it("is not written when it routes so already", async () => {
    for (const percent of [0, 10, 10, 100, 100]) await shift(percent);
    expect(api.questions("UpdateAlias")).toHaveLength(2);
  });

  it("is called by its function's name or ARN", async () => {
    const alias = { ...LIVE, functionName: CHARGE_ARN };
    expect(await driver().shift(alias, to2(10), never)).toEqual({ outcome: "done" });
    expect(await driver().describe(alias, never)).toEqual({ version: "1", second: { version: "2", percent: 10 } });
    expect(decodeURIComponent(api.questions("UpdateAlias")[0]?.path ?? "")).toContain(CHARGE_ARN);
  });

  it("shows the weights that somebody set, and none of nothing", async () => {
    api.change({ version: "1", second: { version: "3", percent: 12.5 } });
    expect(await routing()).toEqual({ version: "1", second: { version: "3", percent: 12.5 } });
    api.change({ version: "1", second: { version: "3", percent: 0 } });
    expect(await routing()).toEqual(ALL_ON_1);
  });

  it("that somebody changes between look and write keeps that change, and is looked at again", async () => {
    const foreign = { version: "3", second: null };
    api.beforeUpdate = () => {
      api.beforeUpdate = () => {};
      api.change(foreign);
    };
    expect(await shift(10)).toMatchObject({ outcome: "pending", detail: expect.stringContaining("somebody else") });
    expect(await routing()).toEqual(foreign);
    expect(await shift(10)).toMatchObject({ outcome: "failed", reason: expect.stringContaining("version 3") });
    expect(await routing()).toEqual(foreign);
  });

  it("of which another update is in progress is asked again, and any other conflict is told", async () => {
    const conflict = (words: string) =>
      api.instead.set("UpdateAlias", lambdaRefusal(409, "ResourceConflictException", words));
    conflict("The operation cannot be performed at this time. An update is in progress for resource: charge");
    expect(await shift(10)).toMatchObject({ outcome: "pending", detail: expect.stringContaining("in progress") });
    conflict("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
    expect(await shift(10)).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("already Provisioned version"),
    });
  });
});

describe("a version of Lambda", () => {
  const inspect = (version = "2") => driver().inspectVersion(LIVE, version, never);

  it("has the role and the dead-letter target that it was published with", async () => {
    api.versions.set("2", { DeadLetterConfig: { TargetArn: "arn:aws:sqs:eu-central-1:111122223333:dead" } });
    expect(await inspect()).toEqual({
      isActive: true,
      role: "arn:aws:iam::111122223333:role/charge",
      deadLetterTarget: "arn:aws:sqs:eu-central-1:111122223333:dead",
      detail: "",
    });
    api.versions.set("2", { DeadLetterConfig: { TargetArn: "" } });
    expect(await inspect()).toMatchObject({ deadLetterTarget: null });
  });

  it("is no other qualifier, for which Lambda is not even asked", async () => {
    for (const qualifier of ["live", "$LATEST", "0", "1.0", ""]) expect(await inspect(qualifier)).toBeUndefined();
    expect(api.questions("GetFunctionConfiguration")).toEqual([]);
  });

  it.each([
    [{ State: "Pending", StateReason: "The function is being created." }, "pending", "its state is Pending"],
    [{ State: "Inactive", StateReason: "The function is idle." }, "pending", "aws lambda invoke --function-name"],
    [{ LastUpdateStatus: "InProgress" }, "pending", "its last update is InProgress"],
    [{ State: "Failed", StateReasonCode: "InvalidSubnet", StateReason: "gone" }, "failed", "InvalidSubnet: gone"],
    [{ LastUpdateStatus: "Failed", LastUpdateStatusReason: "disabled key" }, "failed", "disabled key"],
  ] as const)("that is %j gets no traffic", async (state, outcome, words) => {
    api.versions.set("2", state);
    expect(await inspect()).toMatchObject({ isActive: false, detail: expect.stringContaining(words) });
    const answer = await shift(10);
    const said = expect.stringContaining(words);
    expect(answer).toMatchObject(
      outcome === "failed"
        ? { outcome, reason: said, code: "INVALID_LAMBDA_FUNCTION" }
        : { outcome, detail: said, retryAfterMilliseconds: expect.any(Number) },
    );
    expect(await routing()).toEqual(ALL_ON_1);
  });

  it("that is not published fails the shift as an invalid function, also where only the write says so", async () => {
    const unpublished = { ...to2(10), targetVersion: "99" };
    const failed = { outcome: "failed", code: "INVALID_LAMBDA_FUNCTION", reason: expect.stringContaining("99") };
    expect(await driver().shift(LIVE, unpublished, never)).toMatchObject(failed);
    expect(api.questions("UpdateAlias")).toEqual([]);
    api.denied.add("GetFunctionConfiguration");
    expect(await driver().shift(LIVE, unpublished, never)).toMatchObject(failed);
    expect(api.questions("UpdateAlias")).toHaveLength(1);
  });
});

describe("provisioned concurrency", () => {
  const allocated = (count: number) =>
    ({
      Status: "IN_PROGRESS",
      RequestedProvisionedConcurrentExecutions: 10,
      AllocatedProvisionedConcurrentExecutions: count,
    }) as const;

  it.each([10, 100])("of the target version is waited for before its first traffic, of %i %%", async (percent) => {
    api.provisioned.set("2", allocated(3));
    expect(await shift(percent)).toMatchObject({
      outcome: "pending",
      detail: "the provisioned concurrency of version 2 is being allocated: 3 of 10 are allocated",
    });
    expect(await routing()).toEqual(ALL_ON_1);
    api.provisioned.set("2", { Status: "READY" });
    expect(await shift(percent)).toEqual({ outcome: "done" });
  });

  it("of a version that has traffic, or loses it, is not asked about", async () => {
    await shift(10);
    api.provisioned.set("2", allocated(3));
    for (const percent of [20, 100, 0]) expect(await shift(percent)).toEqual({ outcome: "done" });
    expect(api.questions("GetProvisionedConcurrencyConfig").map(({ path }) => path.split("=")[1])).toEqual(["2"]);
  });

  it("that failed fails the shift, in Lambda's words", async () => {
    api.provisioned.set("2", { Status: "FAILED", StatusReason: "FUNCTION_ERROR_INIT_FAILURE" });
    expect(await shift(10)).toEqual({
      outcome: "failed",
      reason: "the provisioned concurrency of version 2 failed: FUNCTION_ERROR_INIT_FAILURE",
    });
    expect(await routing()).toEqual(ALL_ON_1);
  });

  it("that may not be asked about is not waited for, and that is said", async () => {
    api.denied.add("GetProvisionedConcurrencyConfig");
    const done = {
      outcome: "done",
      detail: expect.stringMatching(/^nobody waited for provisioned concurrency of version 2.*not authorized/),
    };
    expect(await shift(10)).toEqual(done);
    expect(await routing()).toMatchObject({ second: { percent: 10 } });
  });

  it("that a service does not know of is not waited for, and what that service answered is said", async () => {
    const page = "<!doctype html><title>404 Not Found</title>";
    api.instead.set("GetProvisionedConcurrencyConfig", { status: 404, body: page });
    const words = "(HTTP 404: the answer is not in the service's format)";
    expect(await shift(10)).toEqual({ outcome: "done", detail: expect.stringContaining(words) });
  });

  it("that cannot be asked about now is asked about again", async () => {
    api.instead.set("GetProvisionedConcurrencyConfig", { status: 503, body: "" });
    await expect(shift(10)).rejects.toThrow(/lambda:GetProvisionedConcurrencyConfig/);
    expect(await routing()).toEqual(ALL_ON_1);
  });

  it("of the alias is moved by Lambda, and the shift is over when it is", async () => {
    await shift(10);
    api.provisioned.set("live", allocated(4));
    const words =
      "Lambda sends 100 % of the alias' traffic to version 1 until the provisioned concurrency of the alias live is ready at version 2: 4 of 10 are allocated";
    for (const _ of [1, 2]) expect(await shift(100)).toMatchObject({ outcome: "pending", detail: words });
    expect(await routing()).toEqual({ version: "2", second: { version: "1", percent: 100 } });
    expect(api.questions("UpdateAlias")).toHaveLength(2);
    api.provisioned.set("live", { Status: "READY" });
    api.change(ALL_ON_2);
    expect(await shift(100)).toEqual({ outcome: "done" });
  });

  it("of the alias that failed at the new version fails the shift, and the way back takes the alias back", async () => {
    api.provisioned.set("live", allocated(0));
    await shift(100);
    api.provisioned.set("live", { Status: "FAILED", StatusReason: "FUNCTION_ERROR_INIT_FAILURE" });
    expect(await shift(100)).toEqual({
      outcome: "failed",
      reason: "the provisioned concurrency of the alias live failed at version 2: FUNCTION_ERROR_INIT_FAILURE",
    });
    expect(await shift(0)).toEqual({ outcome: "done" });
    expect(await routing()).toEqual(ALL_ON_1);
  });

  it("of the alias that may not be asked about is waited for by the alias' weights", async () => {
    api.provisioned.set("live", allocated(0));
    api.denied.add("GetProvisionedConcurrencyConfig");
    for (const _ of [1, 2]) {
      expect(await shift(100)).toMatchObject({
        outcome: "pending",
        detail: expect.stringMatching(/how far it is cannot be asked .*not authorized/),
      });
    }
    api.change(ALL_ON_2);
    expect(await shift(100)).toEqual({ outcome: "done" });
  });

  it("of the alias that is ready leaves no weight: it is taken away", async () => {
    api.provisioned.set("live", { Status: "READY" });
    api.change({ version: "2", second: { version: "1", percent: 100 } });
    expect(await shift(100)).toEqual({ outcome: "done" });
    expect(api.weights).toEqual({});
  });
});

describe("a role", () => {
  const alias = { ...LIVE, serviceRoleArn: ROLE };
  const withRole = () => driver({ assumeServiceRole: true });

  it("is assumed for the alias, and makes the calls", async () => {
    expect(await withRole().shift(alias, to2(10), never)).toEqual({ outcome: "done" });
    expect(api.actions).toEqual([
      "AssumeRole",
      "GetAlias",
      "GetFunctionConfiguration",
      "GetProvisionedConcurrencyConfig",
      "UpdateAlias",
    ]);
    expect(api.questions("AssumeRole")[0]?.form.get("RoleSessionName")).toBe("sluice-charge-live");
    expect(api.questions("UpdateAlias")[0]?.headers.authorization).toContain("Credential=ASIAASSUMED/");
  });

  it("that the group lacks, or that may not be assumed, is a refusal with its code", async () => {
    const missing = { code: "IAM_ROLE_MISSING", message: expect.stringContaining("serviceRoleArn") };
    await expect(withRole().describe(LIVE, never)).rejects.toMatchObject(missing);
    expect(await withRole().shift(LIVE, to2(10), never)).toMatchObject({ outcome: "failed", code: "IAM_ROLE_MISSING" });
    api.denied.add("AssumeRole");
    const refusal = withRole().describe(alias, never);
    await expect(refusal).rejects.toBeInstanceOf(PortRefusal);
    await expect(refusal).rejects.toMatchObject({ code: "IAM_ROLE_PERMISSIONS" });
  });

  it.each(["GetAlias", "UpdateAlias"])("that may not call %s fails the shift, with what to allow", async (action) => {
    api.denied.add(action);
    expect(await withRole().shift(alias, to2(10), never)).toEqual({
      outcome: "failed",
      code: "IAM_ROLE_PERMISSIONS",
      reason: expect.stringMatching(
        new RegExp(`^The IAM role ${ROLE} does not give .*AWSLambda\\. .*Allow the role ${ROLE} lambda:${action}$`),
      ),
    });
    expect(await routing().catch(() => ALL_ON_1)).toEqual(ALL_ON_1);
  });

  it("of AWS' own policy may not look at versions: they are unchecked, and the shift is made", async () => {
    api.denied.add("GetFunctionConfiguration");
    expect(await withRole().inspectVersion(alias, "2", never)).toEqual({
      isActive: true,
      role: "",
      deadLetterTarget: null,
      detail: "",
      unchecked: expect.stringContaining("lambda:GetFunctionConfiguration"),
    });
    expect(await withRole().shift(alias, to2(10), never)).toEqual({ outcome: "done" });
  });
});

describe("a call that is throttled", () => {
  const THROTTLED = lambdaRefusal(429, "TooManyRequestsException", "Rate exceeded");

  it("is tried again, and is a rejection and no refusal of a question", async () => {
    api.instead.set("GetAlias", THROTTLED);
    const refusal = await routing().catch((error: unknown) => error);
    expect(refusal).not.toBeInstanceOf(PortRefusal);
    expect((refusal as Error).message).toMatch(/could not serve lambda:GetAlias with TooManyRequestsException/);
    expect(api.questions("GetAlias")).toHaveLength(3);
  });

  it("of a shift is waited for, and is to blame if that lasts", async () => {
    api.instead.set("UpdateAlias", THROTTLED);
    const pending = { outcome: "pending", code: "THROTTLED", detail: expect.stringContaining("TooManyRequests") };
    expect(await shift(10)).toMatchObject(pending);
  });
});

it("is a rejection of a shift when Lambda is not reached, or broken", async () => {
  api.instead.set("GetAlias", lambdaRefusal(500, "ServiceException", "An error occurred"));
  await expect(shift(10)).rejects.toThrow(/could not serve lambda:GetAlias/);
});
