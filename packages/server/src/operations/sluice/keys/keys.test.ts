import { afterEach, beforeEach, expect, it } from "vitest";
import type { KeyOwner } from "../../../store/access-keys.ts";
import type { OperationContext } from "../../operation.ts";
import { ROOT, testContext } from "../../operation-context.fixture.ts";
import { createAccessKey } from "./create-access-key.ts";
import { createConsoleLink } from "./create-console-link.ts";
import { deleteAccessKey } from "./delete-access-key.ts";
import { listAccessKeys } from "./list-access-keys.ts";

const clock = { now: Date.UTC(2026, 10, 30) };
let context: OperationContext;
let forgotten: KeyOwner[];

beforeEach(async () => {
  forgotten = [];
  context = { ...(await testContext(clock)), forgetKeys: (owner) => void forgotten.push(owner) };
});
afterEach(() => context.store.close());

const idsOf = async () => (await listAccessKeys({}, context)).accessKeys.map(({ accessKeyId }) => accessKeyId);

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
  expect(accessKeys.toSorted((a, b) => a.role.localeCompare(b.role))).toEqual([
    { accessKeyId: reader.accessKeyId, role: "read-only", description: "Ann", createdAt: new Date(clock.now) },
    { accessKeyId: root.accessKeyId, role: "root", description: undefined, createdAt: new Date(clock.now) },
  ]);
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

it.each([
  [{ role: "host" }, "role is 'host'"],
  [{ role: "Root" }, "role is 'Root'"],
  [{ role: "root", description: "x".repeat(257) }, "description has 257 characters"],
])("refuses to make %j", async (input, message) => {
  await expect(createAccessKey(input, context)).rejects.toMatchObject({ message: expect.stringContaining(message) });
  expect(await idsOf()).toEqual([]);
});

it("makes links for people who call with their key, and for nobody else", async () => {
  const { path } = await createConsoleLink({}, context);
  expect(path).toMatch(/^\/#link=[A-Za-z0-9]{43}$/);
  for (const principal of [{ ...ROOT, sessionId: "s" }, { ...ROOT, role: "host", hostId: "i-1" } as const]) {
    await expect(createConsoleLink({}, { ...context, principal })).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
  }
});
