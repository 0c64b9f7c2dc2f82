import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  endDeployment,
  S3_REVISION,
  START,
  type TestCodeDeploy,
  testCodeDeploy,
  withDeployment,
  withGroup,
} from "../codedeploy.fixture.ts";

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
  await withGroup(codeDeploy);
});
afterEach(() => codeDeploy.close());

const applicationName = "MyWebApp";
const s3 = (key: string, more = {}): RevisionLocation => ({
  revisionType: "S3",
  s3Location: { bucket: "b", key, bundleType: "zip", ...more },
});
const register = (revision: RevisionLocation | undefined, description?: string) =>
  codeDeploy.call("RegisterApplicationRevision", { applicationName, revision, description });
const infoOf = async (revision: RevisionLocation) =>
  (await codeDeploy.call("GetApplicationRevision", { applicationName, revision })).revisionInfo;

describe("registering a revision", () => {
  it("keeps it as it is when it is registered again, but for a new description", async () => {
    await register(s3("one"), "first");
    codeDeploy.clock.now += 1000;
    await register(s3("one"));
    expect(await infoOf(s3("one"))).toEqual({
      description: "first",
      deploymentGroups: [],
      registerTime: new Date(START),
    });
    await register(s3("one"), "second");
    expect(await infoOf(s3("one"))).toMatchObject({ description: "second", registerTime: new Date(START) });
  });

  it.each([
    ["none", undefined, "RevisionRequiredException", /^RevisionLocation must be specified/],
    ["an empty one", {}, "InvalidRevisionException", /revisionType is missing/],
    ["a foreign type", { revisionType: "FTP" as "S3" }, "InvalidRevisionException", /"FTP"/],
    ["no bucket", { revisionType: "S3", s3Location: { key: "k" } }, "InvalidRevisionException", /bucket is missing/],
    ["a foreign bundle", s3("k", { bundleType: "rar" }), "InvalidRevisionException", /"rar": use one of tar, tgz, zip/],
    [
      "two places",
      { ...s3("k"), gitHubLocation: { repository: "o/r", commitId: "c" } },
      "InvalidRevisionException",
      /has a gitHubLocation/,
    ],
    [
      "a repository without owner",
      { revisionType: "GitHub", gitHubLocation: { repository: "r", commitId: "c" } },
      "InvalidRevisionException",
      /owner\/name/,
    ],
    [
      "a wrong hash",
      { revisionType: "AppSpecContent", appSpecContent: { content: "x", sha256: "00" } },
      "InvalidRevisionException",
      /sha256 is 00/,
    ],
  ] as const)("refuses %s", async (_, revision, code, message) => {
    await expect(register(revision as RevisionLocation)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("refuses a description that is too long, and an unknown application", async () => {
    await expect(register(s3("one"), "d".repeat(257))).rejects.toMatchObject({ code: "DescriptionTooLongException" });
    await expect(
      codeDeploy.call("RegisterApplicationRevision", { applicationName: "x", revision: s3("one") }),
    ).rejects.toMatchObject({ code: "ApplicationDoesNotExistException" });
  });

  it("shows an AppSpec's text only where it is asked for by its hash", async () => {
    await register({ revisionType: "AppSpecContent", appSpecContent: { content: "version: 0.0" } });
    const { revisions } = await codeDeploy.call("ListApplicationRevisions", { applicationName });
    const [listed] = revisions ?? [];
    expect(listed?.appSpecContent).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const { revision } = await codeDeploy.call("GetApplicationRevision", { applicationName, revision: listed });
    expect(revision?.appSpecContent?.content).toBe("version: 0.0");
  });
});

describe("a revision that is deployed", () => {
  it("is registered by its deployment, and remembers its use and its groups", async () => {
    codeDeploy.clock.now = START + 1000;
    const first = await withDeployment(codeDeploy);
    await endDeployment(codeDeploy, first, "Succeeded");
    codeDeploy.clock.now = START + 2000;
    await withDeployment(codeDeploy);
    expect(await infoOf(S3_REVISION)).toEqual({
      description: `Application revision registered by Deployment ID: ${first}`,
      deploymentGroups: ["prod"],
      registerTime: new Date(START + 1000),
      firstUsedTime: new Date(START + 1000),
      lastUsedTime: new Date(START + 2000),
    });
  });
});

describe("reading revisions", () => {
  it("answers a batch with what it knows", async () => {
    await register(s3("one"), "first");
    const batch = await codeDeploy.call("BatchGetApplicationRevisions", {
      applicationName,
      revisions: [s3("none"), s3("one")],
    });
    expect(batch.revisions).toEqual([
      {
        revisionLocation: s3("one"),
        genericRevisionInfo: { description: "first", deploymentGroups: [], registerTime: new Date(START) },
      },
    ]);
    expect(batch.errorMessage).toContain("s3://b/none");
    const one = { applicationName, revisions: [s3("one")] };
    expect((await codeDeploy.call("BatchGetApplicationRevisions", one)).errorMessage).toBe("");
    const many = { applicationName, revisions: Array.from({ length: 26 }, (_, index) => s3(`k${index}`)) };
    await expect(codeDeploy.call("BatchGetApplicationRevisions", many)).rejects.toMatchObject({
      code: "BatchLimitExceededException",
    });
    await expect(infoOf(s3("none"))).rejects.toMatchObject({ code: "RevisionDoesNotExistException" });
  });

  const keysOf = (revisions: readonly RevisionLocation[] | undefined) =>
    revisions?.map((revision) => revision.s3Location?.key);

  it("lists by time, bucket, prefix and deployed state", async () => {
    for (const key of ["a/1", "A/2", "a/3", "a_4"]) {
      codeDeploy.clock.now += 1000;
      await register(s3(key));
    }
    const listKeys = async (more: object) =>
      keysOf((await codeDeploy.call("ListApplicationRevisions", { applicationName, ...more })).revisions);
    expect(await listKeys({})).toEqual(["a/1", "A/2", "a/3", "a_4"]);
    expect(await listKeys({ sortBy: "registerTime", sortOrder: "descending" })).toEqual(["a_4", "a/3", "A/2", "a/1"]);
    expect(await listKeys({ s3Bucket: "b", s3KeyPrefix: "a/" })).toEqual(["a/1", "a/3"]);
    expect(await listKeys({ s3Bucket: "b", s3KeyPrefix: "a_" })).toEqual(["a_4"]);
    expect(await listKeys({ s3Bucket: "other" })).toEqual([]);
    expect(await listKeys({ deployed: "include" })).toEqual([]);
    const deploymentId = await withDeployment(codeDeploy, { revision: s3("a/3") });
    await endDeployment(codeDeploy, deploymentId, "Succeeded");
    expect(await listKeys({ deployed: "include" })).toEqual(["a/3"]);
    expect(await listKeys({ deployed: "exclude" })).toEqual(["a/1", "A/2", "a_4"]);
    expect(await listKeys({ sortBy: "lastUsedTime", sortOrder: "descending" })).toContain("a/3");
    expect((await listKeys({ sortBy: "lastUsedTime", sortOrder: "descending" }))?.[0]).toBe("a/3");
  });

  it.each(["ascending", "descending"] as const)("lists in pages, %s, each revision once", async (sortOrder) => {
    // Several at the same millisecond: the position has to tell them apart.
    const keys = Array.from({ length: 120 }, (_, index) => `k${String(index).padStart(3, "0")}`);
    for (const [index, key] of keys.entries()) {
      codeDeploy.clock.now = START + Math.floor(index / 50);
      await register(s3(key));
    }
    const first = await codeDeploy.call("ListApplicationRevisions", { applicationName, sortOrder });
    expect(first.revisions).toHaveLength(100);
    const { nextToken } = first;
    const second = await codeDeploy.call("ListApplicationRevisions", { applicationName, sortOrder, nextToken });
    const listed = [...(keysOf(first.revisions) ?? []), ...(keysOf(second.revisions) ?? [])];
    expect(listed).toEqual(sortOrder === "ascending" ? keys : keys.toReversed());
    expect(second.nextToken).toBeUndefined();
  });

  it.each([
    [{ sortBy: "colour" as "registerTime" }, "InvalidSortByException"],
    [{ sortOrder: "up" as "ascending" }, "InvalidSortOrderException"],
    [{ deployed: "maybe" as "include" }, "InvalidDeployedStateFilterException"],
    [{ s3KeyPrefix: "a/" }, "BucketNameFilterRequiredException"],
    [{ s3Bucket: "" }, "InvalidBucketNameFilterException"],
    [{ nextToken: "x" }, "InvalidNextTokenException"],
    [{ applicationName: "x" }, "ApplicationDoesNotExistException"],
  ])("refuses %o", async (input, code) => {
    await expect(codeDeploy.call("ListApplicationRevisions", { applicationName, ...input })).rejects.toMatchObject({
      code,
    });
  });
});
