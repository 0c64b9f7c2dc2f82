import { expect, it } from "vitest";
import { openStore } from "./open-store.ts";
import { countOn, removeCounts, stopCounting } from "./server-counts.ts";

it("keeps a row for each server, until it stops, or has died and another removes what it left", async () => {
  const store = await openStore({ dataDirectory: ":memory:" });
  await countOn(store, "stopped", 1);
  await countOn(store, "dead", 5);
  await countOn(store, "back", 5);
  expect(await countOn(store, "me", 1)).toEqual(
    new Map([
      ["stopped", 1],
      ["dead", 5],
      ["back", 5],
    ]),
  );
  await stopCounting(store, "stopped");
  await countOn(store, "back", 6);
  await removeCounts(
    store,
    new Map([
      ["dead", 5],
      ["back", 5],
    ]),
  );
  expect(await countOn(store, "me", 2)).toEqual(new Map([["back", 6]]));
  await store.close();
});
