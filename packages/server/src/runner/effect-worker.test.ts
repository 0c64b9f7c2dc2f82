import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { insertEffects, nextEffectAt } from "../store/effects.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { ChangeFeed } from "./change-feed.ts";
import { EffectWorker } from "./effect-worker.ts";
import { noOutside } from "./runner-fixture.ts";

const NOON = Date.UTC(2026, 0, 1, 12);
const LEASE_MILLISECONDS = 10_000;
const RENEWAL_MILLISECONDS = 3_000;

let store: Store;
let now: number;
let timers: { readonly at: number; readonly action: () => void }[];
let end: PromiseWithResolvers<void>;
let begun: number;
let worker: EffectWorker;

/** Lets so much time pass, and what was to happen in it. */
function pass(milliseconds: number): void {
  now += milliseconds;
  const due = timers.filter(({ at }) => at <= now);
  timers = timers.filter(({ at }) => at > now);
  for (const { action } of due) action();
}

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  now = NOON;
  timers = [];
  end = Promise.withResolvers();
  begun = 0;
  worker = new EffectWorker({
    ...noOutside(),
    store,
    owner: "one",
    feed: new ChangeFeed(),
    timers: {
      now: () => now,
      after(milliseconds, action) {
        const timer = { at: now + milliseconds, action };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
    },
    hostTerminator: {
      terminate: async (terminated) => {
        begun += 1;
        await end.promise;
        return { terminated, kept: [] };
      },
    },
    resolveTargets: async () => {
      throw new Error("nobody asks for targets");
    },
    onError: (error) => {
      throw error;
    },
  });
  await store.write((transaction) =>
    insertEffects(
      transaction,
      "d-1",
      [{ kind: "terminateOriginals", key: "d-1/-/terminateOriginals/1", targetIds: ["a"] }],
      NOON,
    ),
  );
  await worker.startDue();
});
afterEach(async () => {
  end.resolve();
  await worker.close();
  await store.close();
});

it("keeps the lease of an attempt for as long as it goes on, and no longer", async () => {
  expect(await nextEffectAt(store)).toBe(NOON + LEASE_MILLISECONDS);
  for (let renewals = 1; renewals <= 5; renewals++) {
    pass(RENEWAL_MILLISECONDS);
    await vi.waitFor(async () => expect(await nextEffectAt(store)).toBe(now + LEASE_MILLISECONDS));
    await vi.waitFor(() => expect(timers).toHaveLength(1));
  }
  end.resolve();
  await vi.waitFor(async () => expect(await nextEffectAt(store)).toBeNull());
  await vi.waitFor(() => expect(timers).toEqual([]));
  expect(begun).toBe(1);
});

it("begins no attempt beside its own, also when the lease has run out because the process was stopped", async () => {
  now += LEASE_MILLISECONDS;
  await worker.startDue();
  expect(begun).toBe(1);
});
