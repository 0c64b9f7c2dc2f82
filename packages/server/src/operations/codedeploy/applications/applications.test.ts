import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ROLE_ARN,
  START,
  type TestCodeDeploy,
  testCodeDeploy,
  withDeployment,
  withGroup,
} from "../codedeploy.fixture.ts";

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
});
afterEach(() => codeDeploy.close());

const PREFIX = "arn:aws:codedeploy:us-east-1:111122223333";
const create = (applicationName: string) => codeDeploy.call("CreateApplication", { applicationName });

describe("CreateApplication", () => {
  it("makes an application that is read back whole", async () => {
    const { applicationId } = await create("MyWebApp");
    expect((await codeDeploy.call("GetApplication", { applicationName: "MyWebApp" })).application).toEqual({
      applicationId,
      applicationName: "MyWebApp",
      createTime: new Date(START),
      linkedToGitHub: false,
      computePlatform: "Server",
    });
  });

  it.each([
    [
      "no name",
      { applicationName: undefined },
      "ApplicationNameRequiredException",
      /^Application name is missing: give applicationName/,
    ],
    ["a slash", { applicationName: "a/b" }, "InvalidApplicationNameException", /"a\/b" is not a valid application/],
    ["101 characters", { applicationName: "n".repeat(101) }, "InvalidApplicationNameException", /1 to 100 letters/],
    [
      "a foreign platform",
      { applicationName: "a", computePlatform: "Mainframe" as "Server" },
      "InvalidComputePlatformException",
      /"Mainframe": use one of Server, Lambda, ECS/,
    ],
    ["a tag without key", { applicationName: "a", tags: [{ Value: "v" }] }, "InvalidTagsToAddException", /has no Key/],
    [
      "a reserved tag",
      { applicationName: "a", tags: [{ Key: "AWS:x", Value: "" }] },
      "InvalidTagsToAddException",
      /reserved/,
    ],
  ])("refuses %s", async (_, input, code, message) => {
    await expect(codeDeploy.call("CreateApplication", input)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("refuses a name that is taken", async () => {
    await create("MyWebApp");
    await expect(create("MyWebApp")).rejects.toMatchObject({
      code: "ApplicationAlreadyExistsException",
      message: expect.stringContaining("The application MyWebApp already exists with the user or AWS account"),
    });
  });

  it("lets one of two simultaneous callers win", async () => {
    const outcomes = await Promise.allSettled([create("MyWebApp"), create("MyWebApp")]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("reading applications", () => {
  it("says which one there is not", async () => {
    await expect(codeDeploy.call("GetApplication", { applicationName: "x" })).rejects.toMatchObject({
      code: "ApplicationDoesNotExistException",
      message: expect.stringMatching(/^No application found for name: x/),
    });
    await create("a");
    await expect(codeDeploy.call("BatchGetApplications", { applicationNames: ["a", "x"] })).rejects.toMatchObject({
      code: "ApplicationDoesNotExistException",
    });
  });

  it("answers a batch in the order asked for, and refuses one that is too long", async () => {
    await create("a");
    await create("b");
    const { applicationsInfo } = await codeDeploy.call("BatchGetApplications", { applicationNames: ["b", "a"] });
    expect(applicationsInfo?.map((info) => info.applicationName)).toEqual(["b", "a"]);
    const applicationNames = Array.from({ length: 101 }, (_, index) => `app-${index}`);
    await expect(codeDeploy.call("BatchGetApplications", { applicationNames })).rejects.toMatchObject({
      code: "BatchLimitExceededException",
    });
  });

  it("lists in pages of a hundred, each name once", async () => {
    const names = Array.from({ length: 205 }, (_, index) => `app-${String(index).padStart(3, "0")}`);
    for (const name of names) await create(name);
    const listed: string[] = [];
    const sizes: number[] = [];
    let nextToken: string | undefined;
    do {
      const page = await codeDeploy.call("ListApplications", { nextToken });
      listed.push(...(page.applications ?? []));
      sizes.push(page.applications?.length ?? 0);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(listed).toEqual(names);
    expect(sizes).toEqual([100, 100, 5]);
  });

  it.each([
    ["nonsense", "zzz"],
    ["an empty text", ""],
    ["a token of another listing", Buffer.from('["ListDeploymentConfigs","a"]').toString("base64url")],
    ["a position of another type", Buffer.from('["ListApplications",1]').toString("base64url")],
  ])("refuses %s as a token", async (_, nextToken) => {
    await expect(codeDeploy.call("ListApplications", { nextToken })).rejects.toMatchObject({
      code: "InvalidNextTokenException",
    });
  });
});

describe("UpdateApplication", () => {
  it("moves groups, history and tags to the new name", async () => {
    await withGroup(codeDeploy, { tags: [{ Key: "team", Value: "group" }] });
    await codeDeploy.call("TagResource", {
      ResourceArn: `${PREFIX}:application:MyWebApp`,
      Tags: [{ Key: "team", Value: "application" }],
    });
    const deploymentId = await withDeployment(codeDeploy);
    await codeDeploy.call("UpdateApplication", { applicationName: "MyWebApp", newApplicationName: "Shop" });

    await expect(codeDeploy.call("GetApplication", { applicationName: "MyWebApp" })).rejects.toMatchObject({
      code: "ApplicationDoesNotExistException",
    });
    const names = { applicationName: "Shop", deploymentGroupName: "prod" };
    expect((await codeDeploy.call("GetDeploymentGroup", names)).deploymentGroupInfo?.applicationName).toBe("Shop");
    expect((await codeDeploy.call("ListDeployments", names)).deployments).toEqual([deploymentId]);
    expect((await codeDeploy.call("GetDeployment", { deploymentId })).deploymentInfo?.applicationName).toBe("Shop");
    const tagsOf = async (arn: string) => (await codeDeploy.call("ListTagsForResource", { ResourceArn: arn })).Tags;
    expect(await tagsOf(`${PREFIX}:application:Shop`)).toEqual([{ Key: "team", Value: "application" }]);
    expect(await tagsOf(`${PREFIX}:deploymentgroup:Shop/prod`)).toEqual([{ Key: "team", Value: "group" }]);
  });

  it("refuses a name that is taken, and changes nothing without a new name", async () => {
    await create("a");
    await create("b");
    await expect(
      codeDeploy.call("UpdateApplication", { applicationName: "a", newApplicationName: "b" }),
    ).rejects.toMatchObject({ code: "ApplicationAlreadyExistsException" });
    await codeDeploy.call("UpdateApplication", { applicationName: "a" });
    expect((await codeDeploy.call("ListApplications", {})).applications).toEqual(["a", "b"]);
  });
});

describe("DeleteApplication", () => {
  it("takes groups, revisions, history and tags along, also while a deployment is under way", async () => {
    await withGroup(codeDeploy, { tags: [{ Key: "team", Value: "web" }] });
    const deploymentId = await withDeployment(codeDeploy);
    await codeDeploy.call("DeleteApplication", { applicationName: "MyWebApp" });
    await expect(codeDeploy.call("GetDeployment", { deploymentId })).rejects.toMatchObject({
      code: "DeploymentDoesNotExistException",
    });
    const { db } = codeDeploy.context.store;
    for (const table of ["applications", "deployment_groups", "revisions", "resource_tags", "deployments"] as const) {
      expect(await db.selectFrom(table).selectAll().execute(), table).toEqual([]);
    }
    // A name that is used again begins with nothing.
    await create("MyWebApp");
    expect((await codeDeploy.call("ListDeploymentGroups", { applicationName: "MyWebApp" })).deploymentGroups).toEqual(
      [],
    );
  });

  it("leaves other applications alone, and takes an unknown name for done", async () => {
    await withGroup(codeDeploy);
    await create("Other");
    await codeDeploy.call("CreateDeploymentGroup", {
      applicationName: "Other",
      deploymentGroupName: "prod",
      serviceRoleArn: ROLE_ARN,
    });
    expect(await codeDeploy.call("DeleteApplication", { applicationName: "Nobody" })).toEqual({});
    await codeDeploy.call("DeleteApplication", { applicationName: "MyWebApp" });
    expect((await codeDeploy.call("ListDeploymentGroups", { applicationName: "Other" })).deploymentGroups).toEqual([
      "prod",
    ]);
  });
});

describe("tags on resources", () => {
  const arn = `${PREFIX}:application:MyWebApp`;

  it("are put, replaced by key, listed and taken away", async () => {
    await create("MyWebApp");
    await codeDeploy.call("TagResource", { ResourceArn: arn, Tags: [{ Key: "b", Value: "1" }, { Key: "a" }] });
    await codeDeploy.call("TagResource", { ResourceArn: arn, Tags: [{ Key: "b", Value: "2" }] });
    expect(await codeDeploy.call("ListTagsForResource", { ResourceArn: arn })).toEqual({
      Tags: [
        { Key: "a", Value: "" },
        { Key: "b", Value: "2" },
      ],
    });
    await codeDeploy.call("UntagResource", { ResourceArn: arn, TagKeys: ["b", "never"] });
    expect((await codeDeploy.call("ListTagsForResource", { ResourceArn: arn })).Tags).toEqual([
      { Key: "a", Value: "" },
    ]);
  });

  it.each([
    ["no ARN", undefined, "ResourceArnRequiredException"],
    ["nonsense", "MyWebApp", "InvalidArnException"],
    ["a configuration", `${PREFIX}:deploymentconfig:Mine`, "ArnNotSupportedException"],
    ["another service's resource", "arn:aws:s3:us-east-1:111122223333:bucket", "ArnNotSupportedException"],
    ["another account's", "arn:aws:codedeploy:us-east-1:999999999999:application:MyWebApp", "InvalidArnException"],
    ["an unknown application", `${PREFIX}:application:Nobody`, "ApplicationDoesNotExistException"],
    ["an unknown group", `${PREFIX}:deploymentgroup:MyWebApp/none`, "DeploymentGroupDoesNotExistException"],
  ])("refuse %s", async (_, ResourceArn, code) => {
    await create("MyWebApp");
    const input = { ResourceArn, Tags: [{ Key: "a", Value: "1" }] };
    await expect(codeDeploy.call("TagResource", input)).rejects.toMatchObject({ code });
    // Its model has no error for what is not there.
    const listed = code.endsWith("DoesNotExistException") ? "InvalidArnException" : code;
    await expect(codeDeploy.call("ListTagsForResource", { ResourceArn })).rejects.toMatchObject({ code: listed });
  });

  it("are at most fifty on one resource, and none when the call was refused", async () => {
    await create("MyWebApp");
    const tags = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ Key: `k${from + index}`, Value: "" }));
    await codeDeploy.call("TagResource", { ResourceArn: arn, Tags: tags(0, 49) });
    await expect(codeDeploy.call("TagResource", { ResourceArn: arn, Tags: tags(49, 2) })).rejects.toMatchObject({
      code: "InvalidTagsToAddException",
    });
    expect((await codeDeploy.call("ListTagsForResource", { ResourceArn: arn })).Tags).toHaveLength(49);
  });
});
