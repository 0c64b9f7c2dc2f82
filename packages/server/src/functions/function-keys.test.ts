import { afterEach, beforeEach, expect, it } from "vitest";
import { newAccessKey } from "../access/new-access-key.ts";
import { randomText } from "../access/random-text.ts";
import { AccessKeys } from "../store/access-keys.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { createFunctionKey, findFunctionKey, removeFunctionKey } from "./function-keys.ts";

let store: Store;
let keys: AccessKeys;

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  keys = new AccessKeys(store, () => 1_000, "111122223333");
});
afterEach(() => store.close());

async function made(functionName: string) {
  const key = newAccessKey(randomText);
  await store.write((transaction) => createFunctionKey(transaction, functionName, key, 1_000));
  return key;
}

it("signs as the function that it was made for", async () => {
  const key = await made("check");
  expect(await keys.find(key.accessKeyId)).toEqual({
    ...key,
    role: "function",
    hostId: null,
    functionName: "check",
  });
  expect(await findFunctionKey(store.db, "check")).toEqual(key);
});

it("opens nothing once its function is gone, though it was used a moment before, and leaves the others theirs", async () => {
  const [key, other] = [await made("check"), await made("check2")];
  await keys.find(key.accessKeyId);
  await keys.find(other.accessKeyId);
  await store.write((transaction) => removeFunctionKey(transaction, "check"));
  keys.forget({ functionName: "check" });
  expect(await keys.find(key.accessKeyId)).toBeNull();
  expect(await findFunctionKey(store.db, "check")).toBeNull();
  expect(await keys.find(other.accessKeyId)).toMatchObject({ functionName: "check2" });
});

it("is not removed with a host of its function's name", async () => {
  const key = await made("web-1");
  await keys.find(key.accessKeyId);
  keys.forget({ hostId: "web-1" });
  expect(await keys.find(key.accessKeyId)).toMatchObject({ functionName: "web-1" });
});
