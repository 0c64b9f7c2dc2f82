import { afterEach, beforeEach, expect, it } from "vitest";
import { findFunction, insertFunction } from "../store/lambda/functions.ts";
import { functionRow } from "../store/lambda/rows.fixture.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { giveUsers } from "./give-users.ts";

const PLACE = { uids: { first: 60_000, last: 60_002 } };
const text = (alphabet: string, length: number) => alphabet.slice(0, 1).repeat(length);
let store: Store;
beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
});
afterEach(() => store.close());

const create = (function_name: string, uid: number | null) =>
  store.write(({ db }) => insertFunction(db, functionRow({ function_name, uid })));
const usersOf = async (...names: readonly string[]) =>
  Promise.all(names.map(async (name) => (await findFunction(store.db, name))?.uid));

it("gives a free user to each function that has none", async () => {
  await create("a", null);
  await create("b", 60_000);
  await create("c", null);
  await giveUsers(store, { uids: null }, text);
  expect(await usersOf("a", "b", "c")).toEqual([null, 60_000, null]);
  await giveUsers(store, PLACE, text);
  expect(await usersOf("a", "b", "c")).toEqual([60_001, 60_000, 60_002]);
  await create("d", null);
  await expect(giveUsers(store, PLACE, text)).rejects.toThrow("All 3 users for functions (60000-60002) are taken");
});
