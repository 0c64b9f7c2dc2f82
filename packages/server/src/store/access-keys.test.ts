import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AccessKeys } from "./access-keys.ts";
import { openStore, type Store } from "./open-store.ts";

const MINUTE = 60_000;
let store: Store;
let now: number;
let keys: AccessKeys;

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  now = 1_000;
  keys = new AccessKeys(store, () => now, "111122223333", {
    accessKeyId: "ASIAOWN",
    secretAccessKey: "own",
    role: "server",
    hostId: null,
  });
  await store.write(({ db }) =>
    db
      .insertInto("access_keys")
      .values({ access_key_id: "AKIAHOST", secret_access_key: "s", role: "host", host_id: "i-1", created_at: 1 })
      .execute(),
  );
});
afterEach(() => store.close());

/** The database refuses, or never answers. */
function takeAwayDatabase(query: () => Promise<never>): void {
  const queries = { selectAll: () => queries, where: () => queries, executeTakeFirst: query };
  vi.spyOn(store.db, "selectFrom").mockReturnValue(queries as never);
}

it("answers with what the database said last while it refuses or hangs, for as long as that lasts", async () => {
  expect(await keys.find("AKIAHOST")).toMatchObject({ hostId: "i-1" });
  for (const query of [() => Promise.reject(new Error("ECONNREFUSED")), () => new Promise<never>(() => {})]) {
    takeAwayDatabase(query);
    now += 10 * MINUTE;
    expect(await keys.find("AKIAHOST")).toMatchObject({ hostId: "i-1", secretAccessKey: "s" });
  }
});

it("tells of the trouble where a key was never seen", async () => {
  takeAwayDatabase(() => Promise.reject(new Error("ECONNREFUSED")));
  await expect(keys.find("AKIAHOST")).rejects.toThrow("ECONNREFUSED");
});

it("forgets a removed host's key at once, and does not answer with it while the database is away", async () => {
  await keys.find("AKIAHOST");
  await store.write(({ db }) => db.deleteFrom("access_keys").execute());
  keys.forget({ hostId: "i-1" });
  expect(await keys.find("AKIAHOST")).toBeNull();
  takeAwayDatabase(() => Promise.reject(new Error("ECONNREFUSED")));
  await expect(keys.find("AKIAHOST")).rejects.toThrow("ECONNREFUSED");
});

it("knows the server's own key, which no database has", async () => {
  expect(await keys.find("ASIAOWN")).toMatchObject({ role: "server" });
  expect(await store.db.selectFrom("access_keys").select("access_key_id").execute()).toHaveLength(1);
});
