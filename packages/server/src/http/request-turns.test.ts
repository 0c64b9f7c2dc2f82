import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { RequestTurns } from "./request-turns.ts";

it("serves everybody, in order, over several turns of the event loop", async () => {
  const turns = new RequestTurns();
  const served: number[] = [];
  const calls = Array.from({ length: 100 }, (_, index) => turns.wait().then(() => served.push(index)));
  await nextTurn();
  const afterOneTurn = served.length;
  expect(afterOneTurn).toBeGreaterThan(0);
  expect(afterOneTurn).toBeLessThan(100);
  await Promise.all(calls);
  expect(served).toEqual(Array.from({ length: 100 }, (_, index) => index));
});
