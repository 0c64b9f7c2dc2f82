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

it("serves heartbeats before everything that waits already", async () => {
  const turns = new RequestTurns();
  const served: string[] = [];
  const calls = Array.from({ length: 100 }, () => turns.wait().then(() => served.push("call")));
  await nextTurn();
  const before = served.length;
  const heartbeats = [1, 2].map(() => turns.wait(true).then(() => served.push("heartbeat")));
  await Promise.all([...calls, ...heartbeats]);
  expect(served.slice(before, before + 2)).toEqual(["heartbeat", "heartbeat"]);
});

it("serves others, too, while heartbeats come without end", async () => {
  const turns = new RequestTurns();
  let isServed = false;
  const call = turns.wait().then(() => {
    isServed = true;
  });
  for (let turn = 0; turn < 50 && !isServed; turn += 1) {
    for (let count = 0; count < 100; count += 1) void turns.wait(true);
    await nextTurn();
  }
  expect(isServed).toBe(true);
  await call;
});
