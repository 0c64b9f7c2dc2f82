import { beforeEach, expect, it } from "vitest";
import { type Pace, PacedLoop } from "./paced-loop.ts";
import type { Timers } from "./timers.ts";

/** Time that stands still until it is told to pass. */
class HandTimers implements Timers {
  clock = 1_000;
  /** How long the loop waits for its next turn; undefined: for nothing. */
  waits: number | undefined;
  #action: () => void = () => {};

  now(): number {
    return this.clock;
  }

  after(milliseconds: number, action: () => void): () => void {
    this.waits = milliseconds;
    this.#action = action;
    return () => {
      this.waits = undefined;
    };
  }

  async pass(): Promise<void> {
    this.clock += this.waits ?? 0;
    this.waits = undefined;
    this.#action();
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

let timers: HandTimers;
let turns: number;
let pace: Pace | Error;
const errors: unknown[] = [];

beforeEach(() => {
  timers = new HandTimers();
  turns = 0;
  pace = { sleepMilliseconds: 5_000, restMilliseconds: 0 };
  errors.length = 0;
});

const loopOf = (more: { gatherMilliseconds?: number; during?: () => void } = {}) =>
  new PacedLoop({
    timers,
    onError: (error) => errors.push(error),
    gatherMilliseconds: more.gatherMilliseconds,
    turn: async () => {
      turns += 1;
      more.during?.();
      if (pace instanceof Error) throw pace;
      return pace;
    },
  });

it("takes a turn when it is woken, and again when it has slept", async () => {
  loopOf().wake();
  expect(turns).toBe(1);
  await settled();
  expect(timers.waits).toBe(5_000);
  await timers.pass();
  expect(turns).toBe(2);
});

it("takes one turn more for all that woke it during a turn", async () => {
  const loop = loopOf({
    during: () => {
      if (turns === 1) for (const _ of [1, 2, 3]) loop.wake();
    },
  });
  loop.wake();
  await settled();
  expect(turns).toBe(2);
});

it("gathers wake-ups where it is told to", async () => {
  const loop = loopOf({ gatherMilliseconds: 1_000 });
  loop.wake();
  loop.wake();
  expect([turns, timers.waits]).toEqual([0, 1_000]);
  await timers.pass();
  expect(turns).toBe(1);
});

it("rests whoever wakes it, and no longer when the clock is set back meanwhile", async () => {
  pace = { sleepMilliseconds: 5_000, restMilliseconds: 50 };
  const loop = loopOf();
  loop.wake();
  await settled();
  timers.clock -= 3_600_000;
  loop.wake();
  expect([turns, timers.waits]).toEqual([1, 50]);
  await timers.pass();
  expect(turns).toBe(2);
});

it("lets others have their turn also when it does not sleep", async () => {
  pace = { sleepMilliseconds: 0, restMilliseconds: 0 };
  loopOf().wake();
  await settled();
  expect([turns, timers.waits]).toEqual([1, 0]);
});

it("tells of a turn that failed, and rests", async () => {
  pace = new Error("away");
  const loop = loopOf();
  loop.wake();
  await settled();
  loop.wake();
  expect([turns, timers.waits, errors]).toEqual([1, 1_000, [pace]]);
});

it("takes no turn once it is closed", async () => {
  const loop = loopOf();
  loop.wake();
  await loop.close();
  loop.wake();
  await settled();
  expect([turns, timers.waits]).toEqual([1, undefined]);
});
