import { expect, it } from "vitest";
import { createLogShelf, SHELVED_HELD_LOGS } from "./log-shelf.ts";

it("ends the requests of logs that it keeps no more", () => {
  const signals: AbortSignal[] = [];
  const read = (_cursor: string | undefined, signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<never>(() => {});
  };
  const shelf = createLogShelf(() => read, SHELVED_HELD_LOGS);
  for (const targetId of ["a", "b", "c", "d", "e", "f", "g"]) shelf.take({ targetId });
  expect(signals.filter(({ aborted }) => !aborted)).toHaveLength(SHELVED_HELD_LOGS);
  shelf.close();
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});
