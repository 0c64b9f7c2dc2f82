import { afterEach, beforeEach, expect, it } from "vitest";
import { findSessionIdentity } from "../../store/iam/identities.ts";
import type { OperationContext } from "../operation.ts";
import { testContext } from "../operation-context.fixture.ts";
import { deleteRole, putRole } from "../sluice/identities/roles.ts";
import { createAccessKey as createKey } from "../sluice/keys/create-access-key.ts";
import { deleteAccessKey as deleteKey } from "../sluice/keys/delete-access-key.ts";
import { updateAccessKey as updateKey } from "../sluice/keys/update-access-key.ts";
import { assumeRole } from "../sts/assume-role.ts";
import { createAccessKey, deleteAccessKey, listAccessKeys } from "./iam-access-keys.ts";
import {
  attachUserPolicy,
  deleteUserPolicy,
  detachUserPolicy,
  getUserPolicy,
  listUserPolicies,
  putUserPolicy,
} from "./iam-user-policies.ts";
import { createUser, deleteUser, getUser, listUsers } from "./iam-users.ts";

const clock = { now: Date.UTC(2026, 10, 30) };
const READ = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["s3:Get*"], Resource: "*" }],
});
let context: OperationContext;

beforeEach(async () => {
  context = await testContext(clock);
});
afterEach(() => context.store.close());

it("takes what aws deploy register and deregister call", async () => {
  const { User } = await createUser({ UserName: "web-1", Path: "/AWS/CodeDeploy/" }, context);
  expect(User).toMatchObject({ Arn: "arn:aws:iam::111122223333:user/AWS/CodeDeploy/web-1", Path: "/AWS/CodeDeploy/" });
  await expect(createUser({ UserName: "WEB-1" }, context)).rejects.toMatchObject({ code: "EntityAlreadyExists" });
  const { AccessKey } = await createAccessKey({ UserName: "web-1" }, context);
  await putUserPolicy({ UserName: "web-1", PolicyName: "codedeploy-agent", PolicyDocument: READ }, context);
  const shown = await getUserPolicy({ UserName: "web-1", PolicyName: "codedeploy-agent" }, context);
  expect(decodeURIComponent(shown.PolicyDocument)).toBe(READ);
  await expect(deleteUser({ UserName: "web-1" }, context)).rejects.toMatchObject({ code: "DeleteConflict" });
  expect(await listUserPolicies({ UserName: "web-1" }, context)).toMatchObject({ PolicyNames: ["codedeploy-agent"] });
  await deleteUserPolicy({ UserName: "web-1", PolicyName: "codedeploy-agent" }, context);
  expect((await listAccessKeys({ UserName: "web-1" }, context)).AccessKeyMetadata).toMatchObject([
    { AccessKeyId: AccessKey.AccessKeyId, Status: "Active" },
  ]);
  await deleteAccessKey({ UserName: "web-1", AccessKeyId: AccessKey.AccessKeyId }, context);
  await deleteUser({ UserName: "web-1" }, context);
  await expect(getUser({ UserName: "web-1" }, context)).rejects.toMatchObject({ code: "NoSuchEntity" });
});

it("lists page by page, and reaches no other keys than users'", async () => {
  for (const UserName of ["a", "b", "c"]) await createUser({ UserName }, context);
  const first = await listUsers({ MaxItems: 2 }, context);
  expect(first).toMatchObject({ IsTruncated: true });
  const second = await listUsers({ MaxItems: 2, Marker: first.Marker }, context);
  expect(second.Users.map(({ UserName }) => UserName)).toEqual(["c"]);
  const { accessKey } = await createKey({ role: "root" }, context);
  await expect(deleteAccessKey({ UserName: "a", AccessKeyId: accessKey.accessKeyId }, context)).rejects.toMatchObject({
    code: "NoSuchEntity",
  });
  const ReadOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  await attachUserPolicy({ UserName: "a", PolicyArn: ReadOnly }, context);
  await detachUserPolicy({ UserName: "a", PolicyArn: ReadOnly }, context);
  await expect(detachUserPolicy({ UserName: "a", PolicyArn: ReadOnly }, context)).rejects.toMatchObject({
    code: "NoSuchEntity",
  });
});

it("gives a role for a time, and no longer than the key that takes it is good", async () => {
  await putRole({ roleName: "deployer", policyNames: ["ReadOnlyAccess"] }, context);
  const { accessKey } = await createKey({ role: "read-only", expiresAt: new Date(clock.now + 1_800_000) }, context);
  const caller = { ...context, principal: { role: "root", accessKeyId: accessKey.accessKeyId, hostId: null } as const };
  const RoleArn = "arn:aws:iam::111122223333:role/deployer";
  const { Credentials, AssumedRoleUser } = await assumeRole({ RoleArn, RoleSessionName: "ci" }, caller);
  expect(Credentials.Expiration).toEqual(new Date(clock.now + 1_800_000));
  expect(Credentials.AccessKeyId).toMatch(/^ASIA/);
  expect(AssumedRoleUser.Arn).toBe("arn:aws:sts::111122223333:assumed-role/deployer/ci");
  const { token_sha256 } = await context.store.db.selectFrom("sts_sessions").selectAll().executeTakeFirstOrThrow();
  expect(token_sha256).not.toContain(Credentials.SessionToken);
  const refused = [
    [{ DurationSeconds: 60 }, "greater than or equal to 900"],
    [{ DurationSeconds: 7_200 }, "exceeds the MaxSessionDuration"],
    [{ SerialNumber: "x" }, "SerialNumber is not served"],
    [{ RoleSessionName: "a b" }, 'RoleSessionName is "a b"'],
    [{ Policy: "{}" }, "has no Statement"],
    [{ RoleArn: `${RoleArn}s` }, "is not authorized to perform: sts:AssumeRole on resource"],
  ] as const;
  for (const [change, message] of refused) {
    await expect(assumeRole({ RoleArn, RoleSessionName: "ci", ...change }, caller)).rejects.toMatchObject({
      message: expect.stringContaining(message),
    });
  }
});

it("gives an older session nothing of a role that was deleted and made anew with the same name", async () => {
  const { db } = context.store;
  const begin = async () => {
    await putRole({ roleName: "deployer", policyNames: ["ReadOnlyAccess"] }, context);
    const { accessKey } = await createKey({ role: "root" }, context);
    const caller = {
      ...context,
      principal: { role: "root", accessKeyId: accessKey.accessKeyId, hostId: null } as const,
    };
    const RoleArn = "arn:aws:iam::111122223333:role/deployer";
    // By a clock that is behind that of the server which made the role.
    await assumeRole({ RoleArn, RoleSessionName: "ci" }, { ...caller, now: () => clock.now - 2_000 });
    return db.selectFrom("sts_sessions").selectAll().executeTakeFirstOrThrow();
  };
  const session = await begin();
  expect(await findSessionIdentity(db, session, "111122223333")).toMatchObject({ name: "ci" });
  await deleteRole({ roleName: "deployer" }, context);
  clock.now += 1;
  expect(await findSessionIdentity(db, await begin(), "111122223333")).toMatchObject({ name: "ci" });
  expect(await findSessionIdentity(db, session, "111122223333")).toBeUndefined();
});

it("keeps the path of hosts' ARNs: a user of it would speak for a host", async () => {
  for (const Path of ["/sluice/", "/Sluice/function/"]) {
    await expect(createUser({ UserName: "web-1", Path }, context)).rejects.toMatchObject({
      message: expect.stringContaining("is kept for the keys of hosts and functions"),
    });
  }
});

it.each(["deleted", "disabled", "expired"])(
  "gives no role to a key that was %s since its call came in",
  async (how) => {
    await putRole({ roleName: "deployer", policyNames: ["ReadOnlyAccess"] }, context);
    const expiresAt = how === "expired" ? new Date(clock.now + 1) : undefined;
    const { accessKey } = await createKey({ role: "read-only", expiresAt }, context);
    const { accessKeyId } = accessKey;
    if (how === "deleted") await deleteKey({ accessKeyId }, context);
    if (how === "disabled") await updateKey({ accessKeyId, status: "Inactive" }, context);
    const now = () => clock.now + 1;
    const caller = { ...context, now, principal: { role: "root", accessKeyId, hostId: null } as const };
    const RoleArn = "arn:aws:iam::111122223333:role/deployer";
    await expect(assumeRole({ RoleArn, RoleSessionName: "ci" }, caller)).rejects.toMatchObject({
      code: "UnrecognizedClientException",
    });
    expect(await context.store.db.selectFrom("sts_sessions").selectAll().execute()).toEqual([]);
  },
);
