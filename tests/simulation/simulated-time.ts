import type { Timers } from "@sluice/server/loops/timers.ts";
import type { Random } from "./random.ts";

/** When every world begins. */
export const START = Date.UTC(2026, 0, 1);
/** Steps between two turns of the event loop, which takes as long as a small step does. */
const TURN_STEPS = 100;

interface Scheduled {
  readonly at: number;
  /** Keeps the heap's order, and so the whole simulation, the same at every run. */
  readonly order: number;
  readonly action: () => void;
  cancelled: boolean;
}

/**
 * Time that passes only from one scheduled moment to the next. After each, everything that follows from it (promises, transactions)
 * settles before the next is looked at: nothing under test waits for anything but promises and these timers.
 */
export class SimulatedTime implements Timers {
  #now: number;
  #order = 0;
  #steps = 0;
  readonly #tickMilliseconds: number;
  readonly #random: Random;
  readonly #heap: Scheduled[] = [];

  /** Everything happens on a grid of `tickMilliseconds`, so that much happens at one moment: calls meet in the server, and share transactions. */
  constructor(start: number, tickMilliseconds: number, random: Random) {
    this.#now = start;
    this.#tickMilliseconds = tickMilliseconds;
    this.#random = random;
  }

  now = (): number => this.#now;

  after = (milliseconds: number, action: () => void): (() => void) => {
    const scheduled = {
      at: Math.ceil((this.#now + Math.max(0, milliseconds)) / this.#tickMilliseconds) * this.#tickMilliseconds,
      order: this.#order++,
      action,
      cancelled: false,
    };
    this.#push(scheduled);
    return () => {
      scheduled.cancelled = true;
    };
  };

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve));
  }

  /** Lets everything of the next moment happen, with all that follows from it at once. False when nothing is scheduled. */
  async step(): Promise<boolean> {
    const moment = this.#random.shuffled(this.#moment());
    if (moment.length === 0) return false;
    // All begin before any goes on, in any order: of things that happen at once, nobody may count on which is first.
    for (const scheduled of moment) if (!scheduled.cancelled) scheduled.action();
    await (++this.#steps % TURN_STEPS === 0 ? turn() : settle());
    return true;
  }

  #moment(): Scheduled[] {
    const moment: Scheduled[] = [];
    for (;;) {
      const next = this.#heap[0];
      if (!next || (moment.length > 0 && next.at > this.#now)) return moment;
      this.#pop();
      if (next.cancelled) continue;
      this.#now = next.at;
      moment.push(next);
    }
  }

  #push(scheduled: Scheduled): void {
    const heap = this.#heap;
    let place = heap.push(scheduled) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (!above || !isBefore(scheduled, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = scheduled;
  }

  #pop(): Scheduled | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      const smaller = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left;
      if (smaller >= heap.length || !isBefore(heap[smaller]!, last)) break;
      heap[place] = heap[smaller]!;
      place = smaller;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(one: Scheduled, other: Scheduled): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/**
 * Every promise that can go on has gone on when the next tick comes: from within a promise it waits until no other has anything to do.
 * `node:sqlite` answers at once, and nothing else is asked.
 */
function settle(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** Messages come in, and forgotten memory is freed, only when the event loop turns: a tick does not let it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
