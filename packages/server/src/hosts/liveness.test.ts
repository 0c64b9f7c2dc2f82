import { deadlineAt } from "@sluice/engine/heard-time.ts";
import { darkAt } from "@sluice/engine/observation.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OperationContext } from "../operations/operation.ts";
import { testContext } from "../operations/operation-context.fixture.ts";
import { findHost, insertHost } from "../store/hosts.ts";
import { ClockOffsets } from "./clock-offsets.ts";
import { Hearing } from "./hearing.ts";
import { hostState } from "./host-summary.ts";
import { Liveness } from "./liveness.ts";
import { newHostRow } from "./new-host.ts";

const READY = 1_000_000;
let context: OperationContext;
let liveness: Liveness;

const declare = (hostId: string, more = {}) =>
  context.store.write((transaction) =>
    insertHost(transaction, {
      ...newHostRow({ hostId, hostName: hostId, kind: "instance", hostIdentifier: hostId, tags: [], now: 1000 }),
      ...more,
    }),
  );
const observe = async (hostId: string) => (await liveness.observe(context.store, [hostId])).get(hostId);
const stateOf = async (hostId: string, now: number) =>
  hostState((await findHost(context.store.db, hostId))!, liveness, now);

beforeEach(async () => {
  context = await testContext({ now: READY });
  liveness = new Liveness({ store: context.store, readyAt: READY, onFlushError: () => {} });
});
afterEach(() => context.store.close());

it("knows a declared host as dark from the start, and says how to enrol it", async () => {
  await declare("web-1");
  const host = await observe("web-1");
  expect(host).toMatchObject({ lastSeenAt: null, silentSince: null });
  expect(darkAt(host)).toBe(Number.NEGATIVE_INFINITY);
  expect(host?.remedy).toContain("sluice agent enroll");
  expect(await stateOf("web-1", READY)).toBe("declared");
});

it("gives a host that has just enrolled its grace before the first poll", async () => {
  await declare("web-1", { enrolled_at: READY + 500, agent: "sluice" });
  expect(await observe("web-1")).toMatchObject({ lastSeenAt: null, silentSince: READY + 500 });
  expect(darkAt(await observe("web-1"))).toBe(READY + 15_500);
});

it("blames a clock for silence where calls are refused for it, and not where the agent corrected its clock until it ended", async () => {
  let now = READY;
  const clockOffsets = new ClockOffsets({ now: () => now, onOff: () => {} });
  liveness = new Liveness({ store: context.store, readyAt: READY, onFlushError: () => {}, clockOffsets });
  await declare("web-1", { enrolled_at: READY, agent: "sluice" });
  liveness.seen("web-1", now, "sluice");
  liveness.correctsClock("web-1", 600, now);
  expect(liveness.clockTrouble("web-1")).toMatchObject({ secondsAhead: 600 });
  expect((await observe("web-1"))?.remedy).toBe("sluice agent run --data DIR on web-1, or see sluice hosts list");
  for (; now <= READY + 5_000; now += 5_000) clockOffsets.refused("web-1", 600);
  expect((await observe("web-1"))?.remedy).toContain("timedatectl set-ntp true on web-1");
});

it("calls a host enrolled for as long as its agent has never polled", async () => {
  await declare("web-1", { enrolled_at: READY + 500, agent: "sluice" });
  expect(await stateOf("web-1", READY + 15_499)).toBe("enrolled");
  expect(await stateOf("web-1", READY + 600_000)).toBe("enrolled");
  liveness.seen("web-1", READY + 600_000);
  expect(await stateOf("web-1", READY + 600_000)).toBe("alive");
  expect(await stateOf("web-1", READY + 615_000)).toBe("dark");
});

it("calls a host unknown that was silent before a restart, until it speaks or its grace is over", async () => {
  await declare("gone", { enrolled_at: 2000, last_seen_at: READY - 360_000, agent: "sluice" });
  await declare("stopped", {
    enrolled_at: 2000,
    last_seen_at: READY - 2_000,
    goodbye_at: READY - 2_000,
    agent: "sluice",
  });
  await declare("here", { enrolled_at: 2000, last_seen_at: READY - 2_000, agent: "sluice" });
  for (const hostId of ["gone", "stopped"]) {
    expect(await stateOf(hostId, READY), hostId).toBe("unknown");
    expect(await stateOf(hostId, READY + 14_999), hostId).toBe("unknown");
    expect(await stateOf(hostId, READY + 15_000), hostId).toBe("dark");
  }
  expect(await stateOf("here", READY)).toBe("alive");
  liveness.seen("gone", READY + 1_000);
  expect(await stateOf("gone", READY + 1_000)).toBe("alive");
});

it("counts silence from the last word, with each agent's own grace", async () => {
  await declare("ours");
  await declare("theirs");
  liveness.seen("ours", READY + 1000, "sluice", "0.1.0");
  liveness.seen("theirs", READY + 1000, "aws", "1.8.1");
  expect(darkAt(await observe("ours"))).toBe(READY + 16_000);
  expect(darkAt(await observe("theirs"))).toBe(READY + 121_000);
  expect((await observe("theirs"))?.remedy).toContain("codedeploy-agent");
  liveness.seen("ours", READY + 2000);
  expect(darkAt(await observe("ours"))).toBe(READY + 17_000);
});

it("never counts silence from before this server was ready", async () => {
  await declare("web-1", { enrolled_at: 2000, last_seen_at: 5000, agent: "sluice" });
  expect(await observe("web-1")).toMatchObject({ lastSeenAt: 5000, silentSince: READY });
  liveness.ready(READY + 60_000);
  expect(await observe("web-1")).toMatchObject({ silentSince: READY + 60_000 });
});

it("holds a host dark at once after a goodbye, until the next word", async () => {
  await declare("web-1");
  liveness.seen("web-1", READY + 1000, "sluice");
  liveness.goodbye("web-1", READY + 2000);
  expect(await observe("web-1")).toMatchObject({ goodbyeAt: READY + 2000, lastSeenAt: READY + 2000 });
  expect(await stateOf("web-1", READY + 2000)).toBe("dark");
  liveness.seen("web-1", READY + 3000);
  expect(await observe("web-1")).toMatchObject({ goodbyeAt: null });
});

describe("what comes late, because it waited for the database", () => {
  beforeEach(() => declare("web-1"));

  it("is no goodbye of a host that has come back", async () => {
    liveness.seen("web-1", READY + 3000);
    liveness.goodbye("web-1", READY + 2000);
    expect(await observe("web-1")).toMatchObject({ goodbyeAt: null, lastSeenAt: READY + 3000 });
  });

  it("is no return of a host that has said goodbye since", async () => {
    liveness.goodbye("web-1", READY + 2000);
    liveness.seen("web-1", READY + 1000, "sluice", "0.1.0");
    expect(await observe("web-1")).toMatchObject({ goodbyeAt: READY + 2000, lastSeenAt: READY + 2000 });
  });

  it("is no older agent in the place of a newer one", async () => {
    liveness.seen("web-1", READY + 2000, "sluice", "0.2.0");
    liveness.seen("web-1", READY + 1000, "aws", "1.8.1");
    await liveness.flush();
    expect(await findHost(context.store.db, "web-1")).toMatchObject({ agent: "sluice", agent_version: "0.2.0" });
  });
});

it("keeps nothing in memory of hosts that were removed, or silent for long, and knows them from their rows", async () => {
  let now = READY;
  liveness = new Liveness({ store: context.store, readyAt: READY, onFlushError: () => {}, now: () => now });
  await declare("web-1");
  for (const hostId of ["web-1", "removed"]) liveness.seen(hostId, now, "sluice", "0.2.0");
  await liveness.flush();
  expect(liveness.remembered).toBe(2);
  now += 700_000;
  await liveness.flush();
  expect(liveness.remembered).toBe(0);
  expect(await observe("web-1")).toMatchObject({ lastSeenAt: READY });
});

it("gives a host that said goodbye to an earlier server the grace to come back", async () => {
  await declare("web-1", { last_seen_at: READY - 10, goodbye_at: READY - 10 });
  expect(await observe("web-1")).toMatchObject({ goodbyeAt: null, silentSince: READY });
});

it("has no entry for hosts that are retired or unknown", async () => {
  await declare("web-1", { retired_at: 5000 });
  expect((await liveness.observe(context.store, ["web-1", "nobody"])).size).toBe(0);
  expect(await stateOf("web-1", READY)).toBe("retired");
});

it("writes what changed in one batch, and nothing when nothing did", async () => {
  const hostIds = Array.from({ length: 450 }, (_, index) => `host-${index}`);
  await Promise.all(hostIds.map((hostId) => declare(hostId)));
  for (const [index, hostId] of hostIds.entries()) liveness.seen(hostId, READY + index, "sluice", "0.1.0");
  liveness.goodbye("host-7", READY + 7);
  const write = vi.spyOn(context.store, "write");
  await liveness.flush();
  expect(write).toHaveBeenCalledTimes(1);
  expect(await findHost(context.store.db, "host-449")).toMatchObject({
    last_seen_at: READY + 449,
    goodbye_at: null,
    agent: "sluice",
    agent_version: "0.1.0",
  });
  expect(await findHost(context.store.db, "host-7")).toMatchObject({ goodbye_at: READY + 7 });
  await liveness.flush();
  expect(write).toHaveBeenCalledTimes(1);
  liveness.seen("host-7", READY + 9000);
  await liveness.close();
  expect(await findHost(context.store.db, "host-7")).toMatchObject({
    last_seen_at: READY + 9000,
    goodbye_at: null,
    agent: "sluice",
  });
});

it("writes again what could not be written", async () => {
  await declare("web-1");
  liveness.seen("web-1", READY + 1, "sluice");
  vi.spyOn(context.store, "write").mockRejectedValueOnce(new Error("disk full"));
  await expect(liveness.flush()).rejects.toThrow("disk full");
  await liveness.flush();
  expect(await findHost(context.store.db, "web-1")).toMatchObject({ last_seen_at: READY + 1 });
});

it("leaves a later word of another replica in place", async () => {
  await declare("web-1", { last_seen_at: READY + 9000 });
  liveness.seen("web-1", READY + 1);
  await liveness.flush();
  expect(await findHost(context.store.db, "web-1")).toMatchObject({ last_seen_at: READY + 9000 });
  expect(await observe("web-1")).toMatchObject({ lastSeenAt: READY + 9000 });
});

it("does not take the words of an earlier machine for those of a new one with its name", async () => {
  await declare("web-1");
  liveness.seen("web-1", READY + 1, "aws");
  await context.store.write(({ db }) => db.deleteFrom("hosts").execute());
  await declare("web-1", { declared_at: READY + 5000 });
  await liveness.flush();
  expect(await observe("web-1")).toMatchObject({ lastSeenAt: null, silentSince: null });
  expect(await findHost(context.store.db, "web-1")).toMatchObject({ last_seen_at: null, agent: null });
});

describe("a clock that jumps", () => {
  let now = READY;
  const passSeconds = (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      now += 1000;
      vi.advanceTimersByTime(1000);
      hearing.answered(now, now);
    }
  };
  const hearing = new Hearing(READY);
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    now = READY;
    hearing.begin(READY);
    liveness = new Liveness({
      store: context.store,
      readyAt: READY,
      onFlushError: () => {},
      hearing,
      now: () => now,
    });
    await declare("web-1", { enrolled_at: READY, agent: "sluice" });
    liveness.start();
    liveness.seen("web-1", now, "sluice");
  });
  afterEach(async () => {
    await liveness.close();
    vi.useRealTimers();
  });

  it("is told apart from a host's silence", async () => {
    passSeconds(15);
    expect(darkAt(await observe("web-1"))).toBeGreaterThan(now);
    // What passed before the first probe of the server's own is not proven.
    passSeconds(1);
    expect(darkAt(await observe("web-1"))).toBe(now);
  });

  it("forward, as after the server was stopped, is nobody's silence, and leaves every host what it has of its grace", async () => {
    passSeconds(6);
    now += 3_600_000;
    expect(darkAt(await observe("web-1"))).toBeGreaterThan(now);
    passSeconds(10);
    expect(darkAt(await observe("web-1"))).toBeGreaterThan(now);
    passSeconds(1);
    expect(darkAt(await observe("web-1"))).toBe(now);
  });

  it("makes a goodbye of before uncertain: the agent may be back, and was not heard", async () => {
    passSeconds(2);
    liveness.goodbye("web-1", now);
    expect(await stateOf("web-1", now)).toBe("dark");
    now += 3_600_000;
    passSeconds(2);
    expect(darkAt(await observe("web-1"))).toBeGreaterThan(now);
    expect(await stateOf("web-1", now)).toBe("unknown");
    passSeconds(14);
    expect(await stateOf("web-1", now)).toBe("dark");
  });

  it("back keeps no silent host alive, and forgets none that speaks", async () => {
    await declare("web-2", { declared_at: READY, enrolled_at: READY, last_seen_at: READY, agent: "sluice" });
    await liveness.flush();
    passSeconds(2);
    now -= 3_600_000;
    expect(darkAt(await observe("web-1"))).toBeGreaterThan(now + 14_000);
    passSeconds(10);
    liveness.seen("web-2", now, "sluice");
    passSeconds(7);
    expect(darkAt(await observe("web-1"))).toBeLessThanOrEqual(now);
    expect(darkAt(await observe("web-2"))).toBeGreaterThan(now + 7_000);
  });

  it("back forgets a goodbye as soon as its host speaks again", async () => {
    passSeconds(2);
    liveness.goodbye("web-1", now);
    now -= 3_600_000;
    passSeconds(20);
    liveness.seen("web-1", now, "sluice");
    expect(await stateOf("web-1", now)).toBe("alive");
    passSeconds(1);
    expect(await observe("web-1")).toMatchObject({ goodbyeAt: null });
  });
});

it("tells a server that starts again what the one before had heard, for deadlines and not for silence", async () => {
  let now = READY;
  const hear = (hearing: Hearing, until: number) => {
    for (; now <= until; now += 1_000) hearing.answered(now, now + 1);
  };
  const serve = async () => {
    const hearing = new Hearing(now);
    const served = new Liveness({
      store: context.store,
      readyAt: now,
      onFlushError: () => {},
      hearing,
      now: () => now,
    });
    await served.recall();
    served.ready(now);
    return { hearing, served };
  };
  await declare("web-1", { enrolled_at: READY, agent: "sluice" });
  const before = await serve();
  hear(before.hearing, READY + 420_000);
  before.served.seen("web-1", now, "sluice");
  await before.served.flush();

  now += 60_000;
  const restartedAt = now;
  const { hearing, served } = await serve();
  expect(served.heardTime()).toEqual([{ from: READY, until: READY + 420_000 }]);
  hear(hearing, restartedAt + 180_000);
  const heard = served.heardTime();
  expect(heard).toEqual([
    { from: READY, until: READY + 420_000 },
    { from: restartedAt, until: restartedAt + 180_000 },
  ]);
  // Seven minutes before, and one of three since: hosts and balancers have two to come back.
  const FIFTEEN_MINUTES = 900_000;
  expect(deadlineAt(heard, READY, FIFTEEN_MINUTES, restartedAt + 180_000)).toBe(restartedAt + 600_000);
  expect((await served.observe(context.store, ["web-1"])).get("web-1")?.silentSince).toBeGreaterThanOrEqual(
    restartedAt,
  );
});
