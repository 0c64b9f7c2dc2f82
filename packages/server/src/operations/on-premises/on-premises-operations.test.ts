import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OperationContext } from "../operation.ts";
import { type TestClock, testContext } from "../operation-context.fixture.ts";
import { ON_PREMISES_HANDLERS } from "./on-premises-operations.ts";

const {
  RegisterOnPremisesInstance: register,
  DeregisterOnPremisesInstance: deregister,
  GetOnPremisesInstance: get,
  BatchGetOnPremisesInstances: batchGet,
  ListOnPremisesInstances: list,
  AddTagsToOnPremisesInstances: addTags,
  RemoveTagsFromOnPremisesInstances: removeTags,
} = ON_PREMISES_HANDLERS;

const clock: TestClock = { now: 0 };
let context: OperationContext;
const userArn = (name: string) => `arn:aws:iam::111122223333:user/CodeDeploy/${name}`;
const registerHost = (name: string) => register({ instanceName: name, iamUserArn: userArn(name) }, context);

beforeEach(async () => {
  clock.now = 1_700_000_000_000;
  context = await testContext(clock);
});
afterEach(() => context.store.close());

describe("registering", () => {
  it("makes an instance that is read back whole", async () => {
    await registerHost("web-1");
    const { instanceInfo } = await get({ instanceName: "web-1" }, context);
    expect(instanceInfo).toEqual({
      instanceName: "web-1",
      iamUserArn: userArn("web-1"),
      instanceArn: expect.stringMatching(/^arn:aws:codedeploy:us-east-1:111122223333:instance\/web-1_[A-Za-z0-9]{10}$/),
      registerTime: new Date(clock.now),
      tags: [],
    });
  });

  it("takes a session ARN instead of a user ARN", async () => {
    const iamSessionArn = "arn:aws:sts::111122223333:assumed-role/OnPrem/web-1";
    await register({ instanceName: "web-1", iamSessionArn }, context);
    expect((await get({ instanceName: "web-1" }, context)).instanceInfo).toMatchObject({ iamSessionArn });
  });

  it.each([
    ["no name", { instanceName: undefined, iamUserArn: userArn("x") }, "InstanceNameRequiredException"],
    ["a slash", { instanceName: "../web", iamUserArn: userArn("x") }, "InvalidInstanceNameException"],
    ["dots only", { instanceName: "..", iamUserArn: userArn("x") }, "InvalidInstanceNameException"],
    ["an instance id", { instanceName: "i-0123", iamUserArn: userArn("x") }, "InvalidInstanceNameException"],
    ["101 characters", { instanceName: "n".repeat(101), iamUserArn: userArn("x") }, "InvalidInstanceNameException"],
    ["no ARN", { instanceName: "web-1" }, "IamArnRequiredException"],
    [
      "both ARNs",
      { instanceName: "web-1", iamUserArn: userArn("x"), iamSessionArn: "arn:aws:sts::111122223333:assumed-role/a/b" },
      "MultipleIamArnsProvidedException",
    ],
    [
      "a role as user",
      { instanceName: "web-1", iamUserArn: "arn:aws:iam::111122223333:role/x" },
      "InvalidIamUserArnException",
    ],
    ["a user as session", { instanceName: "web-1", iamSessionArn: userArn("x") }, "InvalidIamSessionArnException"],
  ])("refuses %s", async (_, input, code) => {
    await expect(register(input, context)).rejects.toMatchObject({ code });
  });

  it("says of a malformed user ARN what clients look for", async () => {
    await expect(register({ instanceName: "web-1", iamUserArn: "nobody" }, context)).rejects.toThrow(
      "Iam User ARN nobody is not in a valid format",
    );
  });

  it("refuses a name or an ARN that is in use", async () => {
    await registerHost("web-1");
    await expect(register({ instanceName: "web-1", iamUserArn: userArn("other") }, context)).rejects.toMatchObject({
      code: "InstanceNameAlreadyRegisteredException",
    });
    await expect(register({ instanceName: "web-2", iamUserArn: userArn("web-1") }, context)).rejects.toMatchObject({
      code: "IamUserArnAlreadyRegisteredException",
    });
  });
});

describe("deregistering", () => {
  it("keeps the instance listed with its time, and frees name, ARN and keys", async () => {
    await registerHost("web-1");
    await addTags({ instanceNames: ["web-1"], tags: [{ Key: "Environment", Value: "prod" }] }, context);
    await context.store.write(({ db }) =>
      db
        .insertInto("access_keys")
        .values({ access_key_id: "A", secret_access_key: "s", role: "host", host_id: "web-1", created_at: 1 })
        .execute(),
    );
    clock.now += 1000;
    await deregister({ instanceName: "web-1" }, context);
    const info = (await get({ instanceName: "web-1" }, context)).instanceInfo;
    expect(info).toMatchObject({ deregisterTime: new Date(clock.now), tags: [{ Key: "Environment", Value: "prod" }] });
    expect((await list({ registrationStatus: "Deregistered" }, context)).instanceNames).toEqual(["web-1"]);
    expect((await list({ registrationStatus: "Registered" }, context)).instanceNames).toEqual([]);
    expect(await context.store.db.selectFrom("access_keys").selectAll().execute()).toEqual([]);

    await registerHost("web-1");
    const again = (await get({ instanceName: "web-1" }, context)).instanceInfo;
    expect(again?.deregisterTime).toBeUndefined();
    expect(again?.tags).toEqual([]);
    expect(again?.instanceArn).not.toBe(info?.instanceArn);
    expect((await list({}, context)).instanceNames).toEqual(["web-1"]);
  });

  it("forgets what an earlier machine of the name did in its groups", async () => {
    await registerHost("web-1");
    await context.store.write(({ db }) =>
      db
        .insertInto("group_hosts")
        .values({ deployment_group_id: "g", target_id: "web-1", deployment_id: "d", healthy: 1, revision_key: "r" })
        .execute(),
    );
    await deregister({ instanceName: "web-1" }, context);
    expect(await context.store.db.selectFrom("group_hosts").selectAll().execute()).toHaveLength(1);
    await registerHost("web-1");
    expect(await context.store.db.selectFrom("group_hosts").selectAll().execute()).toEqual([]);
  });

  it("keeps the first time, and takes unknown names", async () => {
    await registerHost("web-1");
    const first = clock.now;
    await deregister({ instanceName: "web-1" }, context);
    clock.now += 5000;
    await deregister({ instanceName: "web-1" }, context);
    expect((await get({ instanceName: "web-1" }, context)).instanceInfo?.deregisterTime).toEqual(new Date(first));
    await expect(deregister({ instanceName: "nobody" }, context)).resolves.toEqual({});
  });
});

describe("reading", () => {
  it("tells an unknown instance", async () => {
    await expect(get({ instanceName: "nobody" }, context)).rejects.toMatchObject({
      code: "InstanceNotRegisteredException",
    });
  });

  it("gets several in the order asked for, leaving unknown ones out", async () => {
    await registerHost("web-1");
    await registerHost("web-2");
    const { instanceInfos } = await batchGet({ instanceNames: ["web-2", "nobody", "web-1", "web-2"] }, context);
    expect(instanceInfos?.map((info) => info.instanceName)).toEqual(["web-2", "web-1"]);
    const many = Array.from({ length: 26 }, (_, index) => `web-${index}`);
    await expect(batchGet({ instanceNames: many }, context)).rejects.toMatchObject({
      code: "BatchLimitExceededException",
    });
    await expect(batchGet({ instanceNames: [] }, context)).rejects.toMatchObject({
      code: "InstanceNameRequiredException",
    });
  });

  it("lists page by page, also when only few match", async () => {
    const names = Array.from({ length: 230 }, (_, index) => `host-${String(index).padStart(3, "0")}`);
    await Promise.all(names.map(registerHost));
    await addTags({ instanceNames: ["host-003", "host-229"], tags: [{ Key: "Role", Value: "web" }] }, context);
    const read = async (input: Parameters<typeof list>[0]) => {
      const pages: (string[] | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const page = await list({ ...input, nextToken }, context);
        pages.push(page.instanceNames);
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return pages;
    };
    const all = await read({});
    expect(all.map((page) => page?.length)).toEqual([100, 100, 30]);
    expect(all.flat()).toEqual(names);
    const filtered = await read({ tagFilters: [{ Key: "Role", Value: "web", Type: "KEY_AND_VALUE" }] });
    expect(filtered.flat()).toEqual(["host-003", "host-229"]);
  });

  it.each([
    [{ registrationStatus: "Lost" as "Registered" }, "InvalidRegistrationStatusException"],
    [{ tagFilters: [{ Type: "KEY_ONLY" as const }] }, "InvalidTagFilterException"],
    [{ nextToken: "rubbish" }, "InvalidNextTokenException"],
  ])("refuses to list by %j", async (input, code) => {
    await expect(list(input, context)).rejects.toMatchObject({ code });
  });
});

describe("tags", () => {
  const tag = (Key: string, Value = "v") => ({ Key, Value });

  it("are added, replaced by key, and removed by pair or by key", async () => {
    await registerHost("web-1");
    const instanceNames = ["web-1"];
    const tags = async () => (await get({ instanceName: "web-1" }, context)).instanceInfo?.tags;
    await addTags({ instanceNames, tags: [tag("b", "1"), tag("a", "1"), { Key: "c" } as never] }, context);
    await addTags({ instanceNames, tags: [tag("a", "2")] }, context);
    expect(await tags()).toEqual([tag("a", "2"), tag("b", "1"), tag("c", "")]);
    await removeTags({ instanceNames, tags: [tag("a", "1"), { Key: "b" } as never] }, context);
    expect(await tags()).toEqual([tag("a", "2"), tag("c", "")]);
  });

  it("change on all named instances or on none", async () => {
    await registerHost("web-1");
    await expect(addTags({ instanceNames: ["web-1", "nobody"], tags: [tag("a")] }, context)).rejects.toMatchObject({
      code: "InstanceNotRegisteredException",
    });
    expect((await get({ instanceName: "web-1" }, context)).instanceInfo?.tags).toEqual([]);
  });

  it("are at most ten on one instance", async () => {
    await registerHost("web-1");
    const instanceNames = ["web-1"];
    const ten = Array.from({ length: 10 }, (_, index) => tag(`k${index}`));
    await addTags({ instanceNames, tags: ten }, context);
    await expect(addTags({ instanceNames, tags: [tag("one-more")] }, context)).rejects.toMatchObject({
      code: "TagLimitExceededException",
    });
    await expect(addTags({ instanceNames, tags: [tag("k3", "new")] }, context)).resolves.toEqual({});
  });

  it.each([
    [[], "TagRequiredException"],
    [[{ Key: "", Value: "v" }], "InvalidTagException"],
    [[tag("k".repeat(129))], "InvalidTagException"],
    [[tag("k", "v".repeat(257))], "InvalidTagException"],
  ])("%j are refused", async (tags, code) => {
    await expect(addTags({ instanceNames: ["web-1"], tags }, context)).rejects.toMatchObject({ code });
  });
});
