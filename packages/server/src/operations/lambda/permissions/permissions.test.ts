import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ARN, LambdaWorld } from "../lambda.fixture.ts";

const NAME = { FunctionName: "payments" };
const GROUP = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/pay/0123456789abcdef";
const LB = {
  ...NAME,
  StatementId: "lb",
  Action: "lambda:InvokeFunction",
  Principal: "elasticloadbalancing.amazonaws.com",
};
let world: LambdaWorld;
beforeEach(async () => {
  world = await LambdaWorld.begin();
  await world.create({ Publish: true });
});
afterEach(() => world.close());

describe("a policy", () => {
  it("is added to, shown and taken from", async () => {
    const before = await world.call("GetFunctionConfiguration", NAME);
    const { Statement } = await world.call("AddPermission", { ...LB, SourceArn: GROUP, SourceAccount: "111122223333" });
    const statement = {
      Sid: "lb",
      Effect: "Allow",
      Principal: { Service: "elasticloadbalancing.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: ARN,
      Condition: {
        StringEquals: { "AWS:SourceAccount": "111122223333" },
        ArnLike: { "AWS:SourceArn": GROUP },
      },
    };
    expect(JSON.parse(Statement!)).toEqual(statement);
    const { Policy, RevisionId } = await world.call("GetPolicy", NAME);
    expect(JSON.parse(Policy!)).toEqual({ Version: "2012-10-17", Id: "default", Statement: [statement] });
    expect(RevisionId).not.toBe(before.RevisionId);
    expect((await world.call("GetFunctionConfiguration", NAME)).RevisionId).toBe(RevisionId);
    expect(await world.fault("AddPermission", LB)).toContain("ResourceConflictException: The statement id (lb)");
    expect(await world.fault("RemovePermission", { ...LB, RevisionId: "stale" })).toContain("PreconditionFailed");
    await world.call("RemovePermission", { ...LB, RevisionId });
    expect(await world.fault("GetPolicy", NAME)).toContain("ResourceNotFoundException");
    expect(await world.fault("RemovePermission", LB)).toContain("ResourceNotFoundException: Statement lb");
  });

  it("of an alias is its own, and goes with it", async () => {
    const live = { ...NAME, Qualifier: "live" };
    await world.call("CreateAlias", { ...NAME, Name: "live", FunctionVersion: "1" });
    await world.call("AddPermission", { ...LB, ...live });
    expect(JSON.parse((await world.call("GetPolicy", live)).Policy!).Statement[0].Resource).toBe(`${ARN}:live`);
    expect(await world.fault("GetPolicy", NAME)).toContain("ResourceNotFoundException");
    await world.call("DeleteAlias", { ...NAME, Name: "live" });
    await world.call("CreateAlias", { ...NAME, Name: "live", FunctionVersion: "1" });
    expect(await world.fault("GetPolicy", live)).toContain("ResourceNotFoundException");
  });

  it.each([
    [{ Principal: "*" }, 'Principal "*" is not supported'],
    [{ Principal: "444455556666" }, "is not supported: a policy lets load balancers invoke"],
    [{ Action: "lambda:*" }, 'Action "lambda:*" is not supported'],
    [{ StatementId: "a b" }, 'StatementId "a b" is not valid'],
    [{ SourceArn: "group" }, 'SourceArn "group" is no ARN'],
    [{ SourceAccount: "me" }, 'SourceAccount "me" is no account'],
    [{ Qualifier: "$LATEST" }, "adding policies for $LATEST"],
    [{ Qualifier: "none" }, "Function not found"],
    [{ FunctionUrlAuthType: "NONE" }, "FunctionUrlAuthType is not supported"],
  ])("refuses %j", async (change, message) => {
    expect(await world.fault("AddPermission", { ...LB, ...change } as never)).toContain(message);
  });

  it("has an end", async () => {
    const add = (number: number) =>
      world.call("AddPermission", { ...LB, StatementId: `s${number}`, SourceArn: `${GROUP}${"x".repeat(150)}` });
    const adding = async () => {
      for (let number = 0; number < 100; number += 1) await add(number);
    };
    await expect(adding()).rejects.toMatchObject({ code: "PolicyLengthExceededException" });
  });
});

describe("concurrency", () => {
  it("is reserved, shown and given back", async () => {
    expect(await world.call("GetFunctionConcurrency", NAME)).toEqual({});
    const six = { ReservedConcurrentExecutions: 6 };
    expect(await world.call("PutFunctionConcurrency", { ...NAME, ...six })).toEqual(six);
    expect(await world.call("GetFunctionConcurrency", NAME)).toEqual(six);
    expect((await world.call("GetFunction", NAME)).Concurrency).toEqual(six);
    await world.create({ FunctionName: "other" });
    const other = { FunctionName: "other", ReservedConcurrentExecutions: 4 };
    expect(await world.fault("PutFunctionConcurrency", other)).toContain(
      "other functions have 6 of 10. Give at most 3",
    );
    await world.call("PutFunctionConcurrency", { ...other, ReservedConcurrentExecutions: 3 });
    // Its own reservation is not in its own way.
    await world.call("PutFunctionConcurrency", { ...NAME, ReservedConcurrentExecutions: 0 });
    await world.call("DeleteFunctionConcurrency", NAME);
    expect(await world.call("GetFunctionConcurrency", NAME)).toEqual({});
    expect(await world.fault("PutFunctionConcurrency", { ...NAME, ReservedConcurrentExecutions: -1 })).toContain(
      "ReservedConcurrentExecutions -1 is out of range",
    );
  });
});

describe("tags", () => {
  it("are added, listed and removed", async () => {
    const Resource = ARN;
    await world.call("TagResource", { Resource, Tags: { team: "money", stage: "prod" } });
    await world.call("TagResource", { Resource, Tags: { stage: "test" } });
    expect(await world.call("ListTags", { Resource })).toEqual({ Tags: { team: "money", stage: "test" } });
    await world.call("UntagResource", { Resource, TagKeys: ["team", "none"] });
    expect(await world.call("ListTags", { Resource })).toEqual({ Tags: { stage: "test" } });
    expect(await world.fault("ListTags", { Resource: "payments" })).toContain("is not the ARN of a function");
    expect(await world.fault("ListTags", { Resource: `${ARN}:live` })).toContain("is not the ARN of a function");
    expect(await world.fault("TagResource", { Resource, Tags: { "aws:x": "y" } })).toContain("begins with aws:");
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, "v"]));
    expect(await world.fault("TagResource", { Resource, Tags: many })).toContain("at most 50 tags");
  });
});
