import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeyOwner } from "../../../store/access-keys.ts";
import type { OperationContext } from "../../operation.ts";
import { testContext } from "../../operation-context.fixture.ts";
import { createAccessKey } from "../keys/create-access-key.ts";
import { deletePolicy, getPolicy, listPolicies, putPolicy } from "./policies.ts";
import { deleteRole, listRoles, putRole } from "./roles.ts";
import { deleteUser, listUsers, putUser } from "./users.ts";

const clock = { now: Date.UTC(2026, 10, 30) };
let context: OperationContext;
let forgotten: KeyOwner[];

beforeEach(async () => {
  forgotten = [];
  context = { ...(await testContext(clock)), forgetKeys: (owner) => void forgotten.push(owner) };
});
afterEach(() => context.store.close());

const policy = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });

describe("a policy", () => {
  it("is made, replaced, listed before AWS's, and deleted when nobody has it", async () => {
    expect(await putPolicy({ policyName: "Shop", document: policy("codedeploy:*") }, context)).toMatchObject({
      isNew: true,
      policy: { arn: "arn:aws:iam::111122223333:policy/Shop", isAwsManaged: false, attachments: 0 },
    });
    await putUser({ userName: "ann", attachPolicyNames: ["Shop"] }, context);
    const replaced = await putPolicy({ policyName: "shop", document: policy("s3:*"), description: "All" }, context);
    expect(replaced).toMatchObject({
      isNew: false,
      policy: { policyName: "Shop", description: "All", attachments: 1 },
    });
    expect(forgotten).toHaveLength(3);
    expect(await getPolicy({ policyName: "Shop" }, context)).toMatchObject({
      document: policy("s3:*"),
      attachedTo: [{ kind: "user", name: "ann" }],
    });
    const { policies } = await listPolicies({}, context);
    expect(policies[0]).toMatchObject({ policyName: "Shop", attachments: 1 });
    expect(policies.some(({ policyName, isAwsManaged }) => policyName === "ReadOnlyAccess" && isAwsManaged)).toBe(true);
    await expect(deletePolicy({ policyName: "Shop" }, context)).rejects.toMatchObject({
      code: "DeleteConflict",
      message: expect.stringContaining("attached to the user ann. Detach it first: sluice users detach ann Shop"),
    });
    await putUser({ userName: "ann", detachPolicyNames: ["Shop"] }, context);
    await deletePolicy({ policyName: "Shop" }, context);
    await expect(getPolicy({ policyName: "Shop" }, context)).rejects.toMatchObject({ code: "NoSuchEntity" });
  });

  it("of AWS's is shown and not deleted", async () => {
    const { document } = await getPolicy({ policyName: "AdministratorAccess" }, context);
    expect(JSON.parse(document)).toMatchObject({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
    await expect(deletePolicy({ policyName: "AdministratorAccess" }, context)).rejects.toMatchObject({
      message: expect.stringContaining("AWS's"),
    });
  });

  it.each([
    [{ policyName: "A/B", document: policy("*") }, 'policyName is "A/B"'],
    [{ policyName: "A", document: "not JSON" }, "is no JSON"],
    [{ policyName: "A", document: policy("codedeploy") }, "Statement[0].Action"],
    [{ policyName: "A", document: policy(`s3:${"x".repeat(7_000)}`) }, "at most 6144"],
  ])("is refused: %#", async (input, message) => {
    await expect(putPolicy(input, context)).rejects.toMatchObject({ message: expect.stringContaining(message) });
    expect((await listPolicies({ scope: "own" }, context)).policies).toEqual([]);
  });

  it("is listed page by page", async () => {
    for (let count = 0; count < 101; count += 1) {
      await putPolicy({ policyName: `Own-${count}`, document: policy("s3:*") }, context);
    }
    const names: string[] = [];
    for (let nextToken: string | undefined, pages = 0; pages === 0 || nextToken; pages += 1) {
      const page = await listPolicies({ scope: "own", nextToken }, context);
      names.push(...page.policies.map(({ policyName }) => policyName));
      ({ nextToken } = page);
    }
    expect(new Set(names).size).toBe(101);
    expect(names).toHaveLength(101);
  });
});

describe("a user", () => {
  it("has policies, attached and inline, and tags", async () => {
    const inlinePolicies = [{ policyName: "own", document: policy("s3:GetObject") }];
    const tags = [{ Key: "team", Value: "shop" }];
    const { user } = await putUser(
      { userName: "ann", path: "/teams/", policyNames: ["ReadOnlyAccess"], inlinePolicies, tags },
      context,
    );
    expect(user).toMatchObject({
      arn: "arn:aws:iam::111122223333:user/teams/ann",
      userId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      policyNames: ["ReadOnlyAccess"],
      inlinePolicies,
      tags,
      accessKeys: 0,
    });
    const changed = await putUser(
      { userName: "ANN", description: "Ann", policyNames: [], inlinePolicies: [] },
      context,
    );
    expect(changed).toMatchObject({
      isNew: false,
      user: { description: "Ann", policyNames: [], inlinePolicies: [], tags },
    });
    expect((await listUsers({}, context)).users).toHaveLength(1);
    await expect(putUser({ userName: "ann", path: "/" }, context)).rejects.toMatchObject({
      message: expect.stringContaining("has the path /teams/"),
    });
  });

  it.each([
    [{ policyNames: ["ReadOnlyAccess"], attachPolicyNames: ["AdministratorAccess"] }, "policyNames says"],
    [{ attachPolicyNames: ["Nope"] }, "Policy Nope does not exist"],
    [{ inlinePolicies: [{ policyName: "a", document: policy(`s3:${"x".repeat(2_100)}`) }] }, "at most 2048"],
    [{ path: "teams" }, 'path is "teams"'],
  ])("is refused %j", async (changes, message) => {
    await expect(putUser({ userName: "ann", ...changes }, context)).rejects.toMatchObject({
      message: expect.stringContaining(message),
    });
    expect((await listUsers({}, context)).users).toEqual([]);
  });

  it("has ten policies at most", async () => {
    const names = Array.from({ length: 11 }, (_, index) => `Own-${index}`);
    for (const policyName of names) await putPolicy({ policyName, document: policy("s3:*") }, context);
    await putUser({ userName: "ann", policyNames: names.slice(0, 10) }, context);
    await expect(putUser({ userName: "ann", attachPolicyNames: ["Own-10"] }, context)).rejects.toMatchObject({
      code: "LimitExceeded",
    });
  });

  it("goes with its keys, when that is asked for", async () => {
    const { accessKey } = await createAccessKey({ role: "user", userName: "ann" }, context);
    await expect(deleteUser({ userName: "ann" }, context)).rejects.toMatchObject({
      code: "DeleteConflict",
      message: expect.stringContaining(accessKey.accessKeyId),
    });
    forgotten = [];
    expect(await deleteUser({ userName: "Ann", deleteAccessKeys: true }, context)).toMatchObject({
      userName: "ann",
      deletedAccessKeyIds: [accessKey.accessKeyId],
    });
    expect(forgotten).toEqual([{ accessKeyId: accessKey.accessKeyId }]);
    expect((await listUsers({}, context)).users).toEqual([]);
    await expect(deleteUser({ userName: "ann" }, context)).rejects.toMatchObject({ code: "NoSuchEntity" });
  });
});

it("makes, changes and deletes roles", async () => {
  const made = await putRole({ roleName: "deployer", policyNames: ["AWSCodeDeployFullAccess"] }, context);
  expect(made).toMatchObject({
    isNew: true,
    role: { arn: "arn:aws:iam::111122223333:role/deployer", maxSessionSeconds: 3_600, temporaryKeys: 0 },
  });
  await putRole({ roleName: "deployer", maxSessionSeconds: 7_200 }, context);
  expect((await listRoles({ roleName: "Deployer" }, context)).roles).toMatchObject([
    { maxSessionSeconds: 7_200, policyNames: ["AWSCodeDeployFullAccess"] },
  ]);
  await expect(putRole({ roleName: "deployer", maxSessionSeconds: 60 }, context)).rejects.toMatchObject({
    message: expect.stringContaining("maxSessionSeconds is 60"),
  });
  await deleteRole({ roleName: "deployer" }, context);
  expect((await listRoles({}, context)).roles).toEqual([]);
});
