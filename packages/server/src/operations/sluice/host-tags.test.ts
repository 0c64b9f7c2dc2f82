import { afterEach, beforeEach, expect, it } from "vitest";
import { authorize } from "../../access/authorize.ts";
import { ON_PREMISES_HANDLERS } from "../on-premises/on-premises-operations.ts";
import { type TestInstallation, testInstallation } from "./installation.fixture.ts";
import { SLUICE_HANDLERS } from "./sluice-operations.ts";

const { CreateEnrolmentToken, DeclareHost, EnrolHost, ListEnrolmentTokens, ListHosts, RemoveHost } = SLUICE_HANDLERS;
const { RevokeEnrolmentToken, TagHost, UntagHost } = SLUICE_HANDLERS;
const prod = { Key: "Environment", Value: "prod" };
const web = { Key: "Role", Value: "web" };
let here: TestInstallation;

beforeEach(async () => {
  here = await testInstallation();
});
afterEach(() => here.close());

const tagsOf = async (name: string) =>
  (await ListHosts({}, here.context)).hosts.find(({ hostName }) => hostName === name)?.tags;

it("a host's tags change without a new enrolment, by its name or its id, and the id stays", async () => {
  const { host } = await DeclareHost({ hostName: "web-1", tags: [prod] }, here.context);
  const tagged = await TagHost({ host: "web-1", tags: [web, { Key: "Environment", Value: "test" }] }, here.context);
  expect(tagged.host).toMatchObject({ hostId: host.hostId, tags: [{ Key: "Environment", Value: "test" }, web] });
  await UntagHost({ host: host.hostId, tagKeys: ["Environment", "Absent"] }, here.context);
  expect(await tagsOf("web-1")).toEqual([web]);
});

it("on-premises instances have one set of tags, whichever operation changes it", async () => {
  const { token } = await CreateEnrolmentToken({}, here.context);
  await EnrolHost({ token, hostName: "rack-1", onPremises: true }, here.context);
  await TagHost({ host: "rack-1", tags: [prod] }, here.context);
  await ON_PREMISES_HANDLERS.AddTagsToOnPremisesInstances({ instanceNames: ["rack-1"], tags: [web] }, here.context);
  const { instanceInfo } = await ON_PREMISES_HANDLERS.GetOnPremisesInstance({ instanceName: "rack-1" }, here.context);
  expect(instanceInfo?.tags).toEqual([prod, web]);
  expect(await tagsOf("rack-1")).toEqual([prod, web]);
});

it("what cannot be is refused with the cure", async () => {
  await DeclareHost({ hostName: "web-1" }, here.context);
  const tags = Array.from({ length: 10 }, (_, index) => ({ Key: `k${index}`, Value: "" }));
  await TagHost({ host: "web-1", tags }, here.context);
  await expect(TagHost({ host: "web-1", tags: [prod] }, here.context)).rejects.toMatchObject({
    code: "TagLimitExceededException",
    message: expect.stringContaining("sluice hosts untag web-1 KEY"),
  });
  await expect(TagHost({ host: "web-1", tags: [] }, here.context)).rejects.toThrow("tags is empty");
  await expect(UntagHost({ host: "web-1", tagKeys: [] }, here.context)).rejects.toThrow("tagKeys is empty");
  await expect(TagHost({ host: "web-2", tags: [prod] }, here.context)).rejects.toThrow(
    "`sluice hosts list` lists them",
  );
  const { host } = await RemoveHost({ host: "web-1" }, here.context);
  await expect(TagHost({ host: host.hostId, tags: [prod] }, here.context)).rejects.toMatchObject({
    code: "HostDoesNotExistException",
  });
});

it("only root changes tags and tokens; a read-only key lists tokens", () => {
  const operations = ["TagHost", "UntagHost", "RevokeEnrolmentToken", "ListEnrolmentTokens"] as const;
  const allowed = (role: "root" | "read-only" | "host") =>
    operations.filter((operation) => authorize({ role }, `sluice:${operation}`, undefined) !== "refused");
  expect(allowed("root")).toEqual(operations);
  expect(allowed("read-only")).toEqual(["ListEnrolmentTokens"]);
  expect(allowed("host")).toEqual([]);
});

it("tokens are listed without their secret, and one that is revoked enrols nobody", async () => {
  const { token } = await CreateEnrolmentToken({ tags: [prod], uses: 3, expiresInSeconds: 60 }, here.context);
  await EnrolHost({ token, hostName: "web-1" }, here.context);
  const { tokens } = await ListEnrolmentTokens({}, here.context);
  expect(tokens).toEqual([
    {
      tokenId: expect.stringMatching(/^[a-z0-9]{12}$/),
      tags: [prod],
      usesLeft: 2,
      createdAt: new Date(here.clock.now),
      expiresAt: new Date(here.clock.now + 60_000),
    },
  ]);
  here.clock.now += 60_000;
  expect((await ListEnrolmentTokens({}, here.context)).tokens).toEqual([]);
  expect((await ListEnrolmentTokens({ includeSpent: true }, here.context)).tokens).toEqual(tokens);
  const [{ tokenId } = { tokenId: "" }] = tokens;
  expect(await RevokeEnrolmentToken({ tokenId }, here.context)).toEqual({ token: tokens[0] });
  await expect(RevokeEnrolmentToken({ tokenId }, here.context)).rejects.toThrow("sluice token list");
  await expect(EnrolHost({ token, hostName: "web-2" }, here.context)).rejects.toThrow("or was revoked");
  expect((await ListHosts({}, here.context)).hosts).toHaveLength(1);
});
