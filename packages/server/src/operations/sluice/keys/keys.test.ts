import { afterEach, beforeEach, expect, it } from "vitest";
import type { KeyOwner } from "../../../store/access-keys.ts";
import { SESSION_POLICIES } from "../../../store/columns/iam-columns.ts";
import { insertTemporaryKey } from "../../../store/iam/temporary-keys.ts";
import type { OperationContext } from "../../operation.ts";
import { ROOT, testContext } from "../../operation-context.fixture.ts";
import { listUsers } from "../identities/users.ts";
import { createAccessKey } from "./create-access-key.ts";
import { createConsoleLink } from "./create-console-link.ts";
import { deleteAccessKey } from "./delete-access-key.ts";
import { listAccessKeys } from "./list-access-keys.ts";
import { rotateAccessKey } from "./rotate-access-key.ts";
import { updateAccessKey } from "./update-access-key.ts";

const START = Date.UTC(2026, 10, 30);
const clock = { now: START };
let context: OperationContext;
let forgotten: KeyOwner[];

beforeEach(async () => {
  forgotten = [];
  clock.now = START;
  context = { ...(await testContext(clock)), forgetKeys: (owner) => void forgotten.push(owner) };
});
afterEach(() => context.store.close());

const idsOf = async () => (await listAccessKeys({}, context)).accessKeys.map(({ accessKeyId }) => accessKeyId);

const DAY = 24 * 60 * 60 * 1000;
const ALLOW = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "codedeploy:*", Resource: "*" }],
});

const stored = (accessKeyId: string) =>
  context.store.db
    .selectFrom("access_keys")
    .selectAll()
    .where("access_key_id", "=", accessKeyId)
    .executeTakeFirstOrThrow();

it("makes keys of people, lists them without their secrets, and deletes all but the last root key", async () => {
  const { accessKey: reader } = await createAccessKey({ role: "read-only", description: "Ann" }, context);
  const { accessKey: root } = await createAccessKey({ role: "root" }, context);
  await context.store.write(({ db }) =>
    db
      .insertInto("access_keys")
      .values({ access_key_id: "AKIAHOST", secret_access_key: "s", role: "host", host_id: "i-1", created_at: 1 })
      .execute(),
  );
  const { accessKeys } = await listAccessKeys({}, context);
  expect(accessKeys.toSorted((a, b) => a.role.localeCompare(b.role))).toMatchObject([
    { accessKeyId: reader.accessKeyId, role: "read-only", description: "Ann", createdAt: new Date(clock.now) },
    { accessKeyId: root.accessKeyId, role: "root", status: "Active" },
  ]);
  expect((await listAccessKeys({ includeHosts: true }, context)).accessKeys).toHaveLength(3);
  await expect(deleteAccessKey({ accessKeyId: root.accessKeyId }, context)).rejects.toMatchObject({
    code: "AccessKeyInUseException",
    message: expect.stringContaining("the last root key"),
  });
  await expect(deleteAccessKey({ accessKeyId: "AKIAHOST" }, context)).rejects.toMatchObject({
    code: "AccessKeyDoesNotExistException",
  });
  expect(forgotten).toEqual([]);
  await deleteAccessKey({ accessKeyId: reader.accessKeyId }, context);
  expect(await idsOf()).toEqual([root.accessKeyId]);
  expect(forgotten).toEqual([{ accessKeyId: reader.accessKeyId }]);
});

it("lists page by page, though keys come and go meanwhile", async () => {
  const made: string[] = [];
  for (let count = 0; count < 105; count += 1) {
    clock.now += count % 2;
    made.push((await createAccessKey({ role: "read-only" }, context)).accessKey.accessKeyId);
  }
  const first = await listAccessKeys({}, context);
  await context.store.write(({ db }) =>
    db.deleteFrom("access_keys").where("access_key_id", "=", first.accessKeys[7]!.accessKeyId).execute(),
  );
  const second = await listAccessKeys({ nextToken: first.nextToken! }, context);
  expect(second.nextToken).toBeUndefined();
  expect([...first.accessKeys, ...second.accessKeys].map(({ accessKeyId }) => accessKeyId).toSorted()).toEqual(
    made.toSorted(),
  );
  await expect(listAccessKeys({ nextToken: "other" }, context)).rejects.toMatchObject({
    code: "InvalidNextTokenException",
  });
});

it.each([
  [{ role: "server" }, "role is 'server'"],
  [{ role: "Root" }, "role is 'Root'"],
  [{ role: "root", description: "x".repeat(257) }, "description has 257 characters"],
  [{ role: "root", policyNames: ["A"] }, "policyNames is for the role user"],
  [{ role: "user" }, "userName is missing"],
  [{ role: "user", userName: "a b" }, 'userName is "a b"'],
  [{ role: "user", userName: "ci", policyNames: ["Nope"] }, "Policy Nope does not exist"],
  [{ role: "user", userName: "ci", policyDocument: "{}" }, "has no Statement"],
  [{ role: "user", userName: "ci", hostName: "web-1" }, "hostName is for the role host"],
  [{ role: "host" }, "hostName is missing"],
  [{ role: "root", expiresAt: new Date(clock.now - 1) }, "which is past"],
])("refuses to make %j", async (input, message) => {
  await expect(createAccessKey(input, context)).rejects.toMatchObject({ message: expect.stringContaining(message) });
  expect(await idsOf()).toEqual([]);
  expect((await listUsers({}, context)).users).toEqual([]);
});

it("makes a user with the first key, and gives the second one the same rights", async () => {
  const first = await createAccessKey(
    { role: "user", userName: "Ci", policyNames: ["ReadOnlyAccess"], policyDocument: ALLOW },
    context,
  );
  expect(first).toMatchObject({
    isNewUser: true,
    accessKey: { role: "user", userName: "Ci", policyNames: ["ReadOnlyAccess", "Ci"] },
  });
  const second = await createAccessKey({ role: "user", userName: "ci" }, context);
  expect(second).toMatchObject({ isNewUser: false, accessKey: { userName: "Ci" } });
  await expect(
    createAccessKey({ role: "user", userName: "ci", policyNames: ["AdministratorAccess"] }, context),
  ).rejects.toMatchObject({ code: "EntityAlreadyExists" });
  expect((await listAccessKeys({ userName: "CI" }, context)).accessKeys).toHaveLength(2);
});

it("makes the key of a foreign agent, with its host or for one that is there", async () => {
  const made = await createAccessKey({ role: "host", hostName: "db-1" }, context);
  expect(made).toMatchObject({
    isNewHost: true,
    hostIdentifier: "arn:aws:iam::111122223333:user/sluice/db-1",
    accessKey: { role: "host", hostId: "db-1", hostName: "db-1", description: "The agent of db-1" },
  });
  expect(await createAccessKey({ role: "host", hostName: "db-1" }, context)).toMatchObject({ isNewHost: false });
  expect(await idsOf()).toHaveLength(2);
  await deleteAccessKey({ accessKeyId: made.accessKey.accessKeyId }, context);
  expect(await idsOf()).toHaveLength(1);
});

it("disables a key with what it began, and neither the caller's own nor the last root key", async () => {
  const { accessKey } = await createAccessKey({ role: "user", userName: "ci" }, context);
  const { accessKeyId } = accessKey;
  await startTemporaryKey(accessKeyId);
  const { accessKey: disabled } = await updateAccessKey({ accessKeyId, status: "Inactive" }, context);
  expect(disabled.status).toBe("Inactive");
  expect(forgotten).toEqual([{ accessKeyId }, { accessKeyId: "ASIA1" }]);
  expect(await context.store.db.selectFrom("sts_sessions").selectAll().execute()).toEqual([]);
  const { accessKey: root } = await createAccessKey({ role: "root" }, context);
  for (const change of [{ status: "Inactive" }, { expiresAt: new Date(clock.now + DAY) }]) {
    await expect(updateAccessKey({ accessKeyId: root.accessKeyId, ...change }, context)).rejects.toMatchObject({
      code: "AccessKeyInUseException",
    });
  }
  expect(await stored(root.accessKeyId)).toMatchObject({ status: "Active", expires_at: null });
  const self = { ...context, principal: { ...ROOT, accessKeyId } };
  await expect(updateAccessKey({ accessKeyId, status: "Inactive" }, self)).rejects.toMatchObject({
    code: "AccessKeyInUseException",
  });
});

it.each([
  [{}, "Nothing is to be changed"],
  [{ status: "active" }, 'status is "active"'],
  [{ expiresAt: new Date(clock.now + DAY), neverExpires: true }, "exclude each other"],
])("refuses to change %j", async (change, message) => {
  const { accessKey } = await createAccessKey({ role: "read-only" }, context);
  await expect(updateAccessKey({ accessKeyId: accessKey.accessKeyId, ...change }, context)).rejects.toMatchObject({
    message: expect.stringContaining(message),
  });
});

it("rotates a key: the new one has its rights and its time to live, and the old one a day", async () => {
  const expiresAt = new Date(clock.now + 90 * DAY);
  const { accessKey: old } = await createAccessKey({ role: "user", userName: "ci", expiresAt }, context);
  await startTemporaryKey(old.accessKeyId);
  clock.now += 80 * DAY;
  const rotated = await rotateAccessKey({ accessKeyId: old.accessKeyId }, context);
  expect(rotated).toMatchObject({
    accessKey: { userName: "ci", expiresAt: new Date(clock.now + 90 * DAY) },
    oldAccessKey: { accessKeyId: old.accessKeyId, expiresAt: new Date(clock.now + DAY) },
  });
  expect(rotated.accessKey.accessKeyId).not.toBe(old.accessKeyId);
  expect(await context.store.db.selectFrom("sts_sessions").select("expires_at").execute()).toEqual([
    { expires_at: clock.now + DAY },
  ]);
  clock.now += DAY;
  await expect(rotateAccessKey({ accessKeyId: old.accessKeyId }, context)).rejects.toMatchObject({
    message: expect.stringContaining("has expired"),
  });
});

it("lets a host rotate its own key, once, and no other", async () => {
  await context.store.write(({ db }) =>
    db
      .insertInto("access_keys")
      .values({ access_key_id: "AKIAHOST", secret_access_key: "s", role: "host", host_id: "i-1", created_at: 1 })
      .execute(),
  );
  const ofHost = { ...context, principal: { ...ROOT, role: "host" as const, accessKeyId: "AKIAHOST", hostId: "i-1" } };
  const { accessKey: reader } = await createAccessKey({ role: "read-only", description: "Ann" }, context);
  const refusal = { code: "AccessDeniedException" };
  await expect(rotateAccessKey({ accessKeyId: reader.accessKeyId }, ofHost)).rejects.toMatchObject(refusal);
  const rotated = await rotateAccessKey({ accessKeyId: "AKIAHOST", keepOldSeconds: 60 }, ofHost);
  expect(await stored(rotated.accessKey.accessKeyId)).toMatchObject({ role: "host", host_id: "i-1", expires_at: null });
  expect(await stored("AKIAHOST")).toMatchObject({ expires_at: clock.now + 60_000 });
  await expect(rotateAccessKey({ accessKeyId: "AKIAHOST" }, ofHost)).rejects.toThrow("is replaced already");
});

it("lets nobody but root make, rotate, change or delete root keys", async () => {
  const { accessKey } = await createAccessKey({ role: "root" }, context);
  await createAccessKey({ role: "root" }, context);
  const { accessKeyId } = accessKey;
  const asUser = { ...context, principal: { role: "user", accessKeyId: "AKIAUSER", hostId: null } as const };
  const calls = [
    () => createAccessKey({ role: "root" }, asUser),
    () => rotateAccessKey({ accessKeyId }, asUser),
    () => updateAccessKey({ accessKeyId, description: "mine" }, asUser),
    () => deleteAccessKey({ accessKeyId }, asUser),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "AccessDeniedException" });
  expect(await idsOf()).toHaveLength(2);
});

async function startTemporaryKey(sourceAccessKeyId: string): Promise<void> {
  await context.store.write((transaction) =>
    insertTemporaryKey(transaction, {
      access_key_id: "ASIA1",
      secret_access_key: "s",
      token_sha256: "00",
      role_name: "deployer",
      session_name: "run",
      source_access_key_id: sourceAccessKeyId,
      session_policies_json: SESSION_POLICIES.write([]),
      created_at: clock.now,
      expires_at: clock.now + 100 * DAY,
    }),
  );
}

it("makes links for people who call with their key, and for nobody else", async () => {
  const { path } = await createConsoleLink({}, context);
  expect(path).toMatch(/^\/#link=[A-Za-z0-9]{43}$/);
  for (const principal of [{ ...ROOT, sessionId: "s" }, { ...ROOT, role: "host", hostId: "i-1" } as const]) {
    await expect(createConsoleLink({}, { ...context, principal })).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
  }
});
