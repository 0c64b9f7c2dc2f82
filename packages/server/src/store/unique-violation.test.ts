import { afterEach, beforeEach, expect, it } from "vitest";
import { insertApplication } from "./applications.ts";
import { openStore, type Store } from "./open-store.ts";
import { isUniqueViolation } from "./unique-violation.ts";

let store: Store;
beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
});
afterEach(() => store.close());

const application = { application_id: "1", application_name: "a", compute_platform: "Server", created_at: 0 } as const;
const errorOf = (insert: () => Promise<unknown>) =>
  insert().then(
    () => undefined,
    (error: unknown) => error,
  );

it.each([
  ["a name that is taken", { ...application, application_id: "2" }],
  ["an id that is taken", { ...application, application_name: "b" }],
])("knows %s from other failures", async (_, second) => {
  await store.write(({ db }) => insertApplication(db, application));
  const error = await errorOf(() => store.write(({ db }) => insertApplication(db, second)));
  expect(error).toBeInstanceOf(Error);
  expect(isUniqueViolation(error)).toBe(true);
});

it("takes nothing else for one", async () => {
  const error = await errorOf(() =>
    store.write(({ db }) => insertApplication(db, { ...application, created_at: null as unknown as number })),
  );
  expect(error).toBeInstanceOf(Error);
  expect(isUniqueViolation(error)).toBe(false);
  expect(isUniqueViolation(undefined)).toBe(false);
});
