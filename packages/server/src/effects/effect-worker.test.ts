import type { HostTerminator } from "@sluice/engine/ports/fleet.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { noOutside } from "../runner/runner.fixture.ts";
import { ChangeFeed } from "../store/change-feed.ts";
import { insertEffects, loadEffectOutcome, nextEffectAt } from "../store/effects.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { effectHandlers } from "./effect-handlers.ts";
import { EffectWorker } from "./effect-worker.ts";

const NOON = Date.UTC(2026, 0, 1, 12);
const LEASE_MILLISECONDS = 10_000;
const RENEWAL_MILLISECONDS = 3_000;
const MAX_RETRY_MILLISECONDS = 30_000;

let store: Store;
let now: number;
let timers: { readonly at: number; readonly action: () => void }[];
let end: PromiseWithResolvers<void>;
let begun: number;
let errors: unknown[];
/** Of `errors`. */
let expected: unknown[];
let asked: (readonly string[])[];
let quarantined: string[];
/** What became of the hosts. */
let answer: (hostIds: readonly string[]) => ReturnType<HostTerminator["terminate"]>;
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
  errors = [];
  expected = [];
  asked = [];
  quarantined = [];
  answer = async (terminated) => ({ terminated, kept: [], unanswered: [] });
  const parts = {
    store,
    owner: "one",
    feed: new ChangeFeed(),
    timers: {
      now: () => now,
      after(milliseconds: number, action: () => void) {
        const timer = { at: now + milliseconds, action };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
    },
  };
  worker = new EffectWorker({
    ...parts,
    handlers: effectHandlers({
      ...noOutside(),
      ...parts,
      hostTerminator: {
        terminate: async (hostIds) => {
          begun += 1;
          asked.push(hostIds);
          await end.promise;
          return answer(hostIds);
        },
      },
      resolveTargets: async () => {
        throw new Error("nobody asks for targets");
      },
    }),
    quarantine: async (deploymentId, { message }) => void quarantined.push(`${deploymentId}: ${message}`),
    onError: (error) => errors.push(error),
  });
  await store.write((transaction) =>
    insertEffects(
      transaction,
      "d-1",
      [{ kind: "terminateOriginals", key: "d-1/-/terminateOriginals/1", targetIds: ["a", "b", "c"] }],
      NOON,
    ),
  );
  await worker.startDue();
});
afterEach(async () => {
  end.resolve();
  await worker.close();
  await store.close();
  expect(errors).toEqual(expected);
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

it("ends the deployment of an effect that cannot be read, and carries out those of others", async () => {
  const ofDeployment = (id: string) =>
    store.write((transaction) =>
      insertEffects(
        transaction,
        id,
        [{ kind: "terminateOriginals", key: `${id}/-/terminateOriginals/1`, targetIds: [id] }],
        NOON,
      ),
    );
  await ofDeployment("d-0");
  await store.db
    .updateTable("effects")
    .set({ progress_json: "{}" as never })
    .where("deployment_id", "=", "d-0")
    .execute();
  await ofDeployment("d-2");
  await worker.startDue();
  expect(asked).toEqual([["a", "b", "c"], ["d-2"]]);
  expect(quarantined).toEqual([
    "d-0: invariant violated: effects.progress_json of d-0/-/terminateOriginals/1 cannot be read: it has no terminated",
  ]);
  now += LEASE_MILLISECONDS;
  await worker.startDue();
  expect(quarantined).toHaveLength(1);
});

describe("a termination of which a part is not answered", () => {
  const unanswered = (hostIds: readonly string[]) => hostIds.map((hostId) => ({ hostId, reason: `${hostId}: away` }));
  const outcome = () => loadEffectOutcome(store, "d-1", "terminateOriginals");

  /** Until it has ended; each attempt as soon as it is due. */
  async function insist(): Promise<void> {
    for (let attempts = 0; attempts < 30 && (await outcome()) === undefined; attempts++) {
      const before = asked.length;
      await worker.startDue();
      if (asked.length > before) await vi.waitFor(async () => expect(await isIdle()).toBe(true));
      now += MAX_RETRY_MILLISECONDS;
    }
  }
  const isIdle = async () =>
    (await store.db.selectFrom("effects").select("effect_key").where("lease_owner", "is not", null).execute())
      .length === 0;

  it("is made again for the rest", async () => {
    answer = async (hostIds) =>
      hostIds.length === 3
        ? { terminated: ["b"], kept: [{ hostId: "c", reason: "protected" }], unanswered: unanswered(["a"]) }
        : { terminated: hostIds, kept: [], unanswered: [] };
    end.resolve();
    await insist();
    expect(asked).toEqual([["a", "b", "c"], ["a"]]);
    expect(await outcome()).toEqual({ terminated: ["b", "a"], kept: [{ hostId: "c", reason: "protected" }] });
  });

  it("is given up for the rest alone, each with its own reason, eight attempts after the last that did something", async () => {
    answer = async (hostIds) =>
      begun < 3 ? { terminated: [], kept: [], unanswered: unanswered(hostIds) } : takeOne(hostIds);
    const takeOne = (hostIds: readonly string[]) => {
      const terminated = hostIds.filter((id) => id === "b");
      return { terminated, kept: [], unanswered: unanswered(hostIds.filter((id) => id !== "b")) };
    };
    end.resolve();
    await insist();
    expect(asked).toHaveLength(3 + 8);
    expect(await outcome()).toEqual({ terminated: ["b"], kept: unanswered(["a", "c"]) });
    // Said when it is news, and not at every attempt.
    expected = [new Error("a: away; b: away; c: away"), new Error("a: away; c: away")];
  });

  it("is given up for the rest alone when the attempts themselves break off", async () => {
    answer = async (hostIds) => {
      if (begun > 1) throw new Error("the database is full");
      return { terminated: ["a"], kept: [], unanswered: unanswered(hostIds.slice(1)) };
    };
    end.resolve();
    await insist();
    const reason = "the database is full";
    expect(await outcome()).toEqual({ terminated: ["a"], kept: ["b", "c"].map((hostId) => ({ hostId, reason })) });
    expected = [new Error(reason)];
  });
});
