import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ARN, LambdaWorld } from "../lambda.fixture.ts";

const NAME = { FunctionName: "payments" };
const LIVE = { ...NAME, Name: "live" };
let world: LambdaWorld;
beforeEach(async () => {
  world = await LambdaWorld.begin();
  await world.create({ Publish: true });
  await world.update("two", { Publish: true });
});
afterEach(() => world.close());

describe("PublishVersion", () => {
  it("gives the next number, and the last one again while nothing has changed", async () => {
    expect(await world.call("PublishVersion", NAME)).toMatchObject({ Version: "2" });
    await world.call("UpdateFunctionConfiguration", { ...NAME, Timeout: 9 });
    const third = await world.call("PublishVersion", { ...NAME, Description: "the third" });
    expect(third).toMatchObject({ Version: "3", FunctionArn: `${ARN}:3`, Description: "the third", Timeout: 9 });
    expect(await world.call("PublishVersion", NAME)).toEqual(third);
    await world.call("DeleteFunction", { ...NAME, Qualifier: "3" });
    // A number is never used again.
    expect(await world.call("PublishVersion", NAME)).toMatchObject({ Version: "4", Description: "" });
    const { Versions } = await world.call("ListVersionsByFunction", NAME);
    expect(Versions?.map(({ Version }) => Version)).toEqual(["$LATEST", "1", "2", "4"]);
  });

  it("pages through versions", async () => {
    const first = await world.call("ListVersionsByFunction", { ...NAME, MaxItems: 2 });
    const second = await world.call("ListVersionsByFunction", { ...NAME, MaxItems: 2, Marker: first.NextMarker });
    expect([first, second].map(({ Versions }) => Versions?.map(({ Version }) => Version))).toEqual([
      ["$LATEST", "1"],
      ["2"],
    ]);
    expect(await world.fault("ListAliases", { ...NAME, Marker: first.NextMarker })).toContain("Marker");
  });

  it("minds the digest and the revision", async () => {
    const { CodeSha256, RevisionId } = await world.update("three");
    expect(await world.fault("PublishVersion", { ...NAME, CodeSha256: "other" })).toBe(
      `InvalidParameterValueException: CodeSHA256 (other) is different from current CodeSHA256 in $LATEST (${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
    expect(await world.fault("PublishVersion", { ...NAME, RevisionId: "stale" })).toContain("PreconditionFailed");
    expect(await world.call("PublishVersion", { ...NAME, CodeSha256, RevisionId })).toMatchObject({ Version: "3" });
  });
});

describe("aliases", () => {
  it("are made, changed, listed and deleted", async () => {
    const made = await world.call("CreateAlias", { ...LIVE, FunctionVersion: "1", Description: "what runs" });
    expect(made).toEqual({
      AliasArn: `${ARN}:live`,
      Name: "live",
      FunctionVersion: "1",
      Description: "what runs",
      RevisionId: expect.any(String),
    });
    const weighted = await world.call("UpdateAlias", {
      ...LIVE,
      RoutingConfig: { AdditionalVersionWeights: { "2": 0.1 } },
    });
    expect(weighted).toMatchObject({
      FunctionVersion: "1",
      Description: "what runs",
      RoutingConfig: { AdditionalVersionWeights: { "2": 0.1 } },
    });
    expect(weighted.RevisionId).not.toBe(made.RevisionId);
    expect(await world.call("GetAlias", LIVE)).toEqual(weighted);
    const names = async (FunctionVersion?: string) =>
      (await world.call("ListAliases", { ...NAME, FunctionVersion })).Aliases?.map(({ Name }) => Name);
    expect([await names(), await names("1"), await names("2"), await names("3")]).toEqual([
      ["live"],
      ["live"],
      ["live"],
      [],
    ]);
    const moved = await world.call("UpdateAlias", {
      ...LIVE,
      FunctionVersion: "2",
      RoutingConfig: { AdditionalVersionWeights: {} },
    });
    expect(moved).toMatchObject({ FunctionVersion: "2" });
    expect(moved.RoutingConfig).toBeUndefined();
    expect(await world.call("GetFunctionConfiguration", { ...NAME, Qualifier: "live" })).toMatchObject({
      Version: "2",
      FunctionArn: `${ARN}:live`,
    });
    await world.call("DeleteAlias", LIVE);
    await world.call("DeleteAlias", LIVE);
    expect(await world.fault("GetAlias", LIVE)).toBe(`ResourceNotFoundException: Cannot find alias arn: ${ARN}:live`);
  });

  it("tell whoever routes invocations of each change", async () => {
    const before = world.changes;
    await world.call("CreateAlias", { ...LIVE, FunctionVersion: "1" });
    await world.call("UpdateAlias", { ...LIVE, FunctionVersion: "2" });
    await world.call("DeleteAlias", LIVE);
    expect(world.changes - before).toBe(3);
  });

  const weights = (AdditionalVersionWeights: Record<string, number>) => ({
    RoutingConfig: { AdditionalVersionWeights },
  });
  it.each([
    [{ FunctionVersion: undefined }, "FunctionVersion must be specified"],
    [{ FunctionVersion: "9" }, `ResourceNotFoundException: Function not found: ${ARN}:9`],
    [{ FunctionVersion: "other" }, 'FunctionVersion "other" is no version'],
    [{ Name: "12" }, 'Name "12" is no name of an alias'],
    [{ Name: "a b" }, "is no name of an alias"],
    [weights({ "2": 1.5 }), "gives 2 the weight 1.5: give 0.0 to 1.0"],
    [weights({ "2": -0.1 }), "give 0.0 to 1.0"],
    [weights({ "2": Number.NaN }), "give 0.0 to 1.0"],
    [weights({ "2": 0.1, "3": 0.1 }), "has 2 versions: an alias has at most one more"],
    [weights({ $LATEST: 0.1 }), "$LATEST is not supported for an alias pointing to more than 1 version"],
    [{ FunctionVersion: "$LATEST", ...weights({ "2": 0.1 }) }, "$LATEST is not supported"],
    [weights({ "1": 0.1 }), "Invalid function version 1"],
    [weights({ "9": 0.1 }), `Function not found: ${ARN}:9`],
    [weights({ other: 0.1 }), 'names "other", which is no version'],
  ])("refuse %j", async (change, message) => {
    const input = { ...LIVE, FunctionVersion: "1", ...change };
    expect(await world.fault("CreateAlias", input as never)).toContain(message);
    expect((await world.call("ListAliases", NAME)).Aliases).toEqual([]);
  });

  it("are not changed by a call that is refused", async () => {
    const made = await world.call("CreateAlias", { ...LIVE, FunctionVersion: "1" });
    expect(await world.fault("CreateAlias", { ...LIVE, FunctionVersion: "2" })).toBe(
      `ResourceConflictException: Alias already exists: ${ARN}:live`,
    );
    expect(await world.fault("UpdateAlias", { ...LIVE, FunctionVersion: "2", RevisionId: "stale" })).toContain(
      "PreconditionFailedException",
    );
    expect(await world.fault("UpdateAlias", { ...LIVE, ...weights({ "1": 0.5 }) })).toContain(
      "Invalid function version",
    );
    expect(await world.call("GetAlias", LIVE)).toEqual(made);
    await world.call("UpdateAlias", { ...LIVE, FunctionVersion: "2", RevisionId: made.RevisionId });
  });
});
