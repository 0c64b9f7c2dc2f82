import { FunctionWorld } from "@sluice/server/functions/function-host.fixture.ts";
import type { FunctionHostDependencies } from "@sluice/server/functions/function-host.ts";
import { hurriedTimers } from "@sluice/server/loops/hurried-timers.fixture.ts";
import { countEvents, type EventRow, forgetEvents, nextEventAt } from "@sluice/server/store/lambda/events.ts";
import { removeFunction } from "@sluice/server/store/lambda/functions.ts";
import { openStore, type Store } from "@sluice/server/store/open-store.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";

/** Generous, for machines that are busy with something else. */
const WITHIN = { timeout: 60_000, interval: 5 };
const FAULT = { outcome: "failed", payload: Buffer.from('{"errorType":"Error","errorMessage":"no"}') } as const;

describe.each(["sqlite", "postgres"] as const)("asynchronous invocations on %s", (dialect) => {
  const whyNot = dialect === "postgres" ? whyNoPostgres() : null;
  let postgres: PostgresCluster | undefined;
  let store: Store;
  const worlds: FunctionWorld[] = [];

  beforeAll(async () => {
    if (dialect === "postgres" && !whyNot) postgres = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    store = await openStore({ dataDirectory: ":memory:", databaseUrl: await postgres?.newDatabase() });
  });
  afterEach(async () => {
    if (whyNot) return;
    for (const world of worlds.splice(0)) {
      for (const environment of world.runner.environments) environment.answer();
      await world.host.close();
    }
    await store.close();
  });
  afterAll(() => postgres?.stop());

  async function open(change: Partial<FunctionHostDependencies> = {}): Promise<FunctionWorld> {
    const world = new FunctionWorld(store).open(change);
    worlds.push(world);
    return world;
  }
  async function opened(change: Partial<FunctionHostDependencies> = {}): Promise<FunctionWorld> {
    const world = await open(change);
    await world.createFunction("payments");
    world.host.start();
    return world;
  }
  const send = (
    world: FunctionWorld,
    hook?: { deploymentId: string; executionId: string },
    functionName = "payments",
  ) => world.functions.invokeLater({ functionName, qualifier: undefined, payload: Buffer.from('{"a":1}'), hook });
  const rows = () => store.db.selectFrom("lambda_events").selectAll().orderBy("created_at").execute();
  const busy = (world: FunctionWorld) => world.runner.environments.filter(({ isBusy }) => isBusy);
  async function untilBusy(world: FunctionWorld, count = 1) {
    await vi.waitFor(() => expect(busy(world)).toHaveLength(count), WITHIN);
    return busy(world);
  }
  async function untilRows(expected: readonly Partial<EventRow>[]) {
    await vi.waitFor(async () => expect(await rows()).toMatchObject(expected), WITHIN);
    return rows();
  }

  it("are run after they were taken, and their end is known", async () => {
    const world = await opened();
    const { requestId } = await send(world);
    const [environment] = await untilBusy(world);
    expect(environment!.calls[0]).toMatchObject({ requestId, payload: Buffer.from('{"a":1}') });
    await untilRows([{ state: "running", attempts: 1 }]);
    environment!.answer({ logTail: "done\n" });
    await untilRows([
      { state: "answered", executed_version: "$LATEST", log_tail: "done\n", payload: "", claimed_by: null },
    ]);
    expect(await countEvents(store.db)).toBe(0);
  });

  it("are tried twice more when the function fails, and then given up", async () => {
    const world = await opened({ timers: hurriedTimers(2_000) });
    await send(world);
    for (const _ of [1, 2, 3]) (await untilBusy(world))[0]!.answer(FAULT);
    await untilRows([{ state: "failed", attempts: 3, error_type: "Error", error_message: "no" }]);
    expect(world.runner.environments.flatMap(({ calls }) => calls)).toHaveLength(3);
  });

  it("of a hook are taken once for each execution, and not tried again", async () => {
    const world = await opened();
    const hook = { deploymentId: "d-1", executionId: "e1" };
    const { requestId } = await send(world, hook);
    expect(await send(world, hook)).toEqual({ requestId });
    const [environment] = await untilBusy(world);
    environment!.answer(FAULT);
    await untilRows([{ state: "failed", request_id: requestId }]);
    expect(await send(world, hook)).toEqual({ requestId });
    expect(await world.functions.hookState("d-1", "e1")).toMatchObject({ state: "failed", errorMessage: "no" });
    expect(await world.functions.hookState("d-1", "e2")).toBeUndefined();
    await send(world, { deploymentId: "d-2", executionId: "e1" });
    await untilBusy(world);
    expect(environment!.calls).toHaveLength(2);
  });

  it("wait while too many are under way, and their attempts do not count", async () => {
    const timers = hurriedTimers(500);
    const world = await opened({ timers });
    await world.reserve("payments", 0);
    await send(world);
    await vi.waitFor(async () => {
      const [row] = await rows();
      expect(row).toMatchObject({ error_type: "TooManyRequestsException", state: "waiting", attempts: 0 });
      expect(row!.due_at - row!.created_at).toBeGreaterThan(2_000);
    }, WITHIN);
    await world.reserve("payments", null);
    await untilBusy(world);
    await untilRows([{ attempts: 1 }]);
  });

  it("are given up when they could not be begun for six hours", async () => {
    const world = await opened({ timers: hurriedTimers(100_000) });
    await world.reserve("payments", 0);
    await send(world);
    await untilRows([{ state: "failed", error_type: "TooManyRequestsException" }]);
  });

  it("end when their function is gone", async () => {
    const world = await opened();
    await world.reserve("payments", 0);
    await send(world, { deploymentId: "d-1", executionId: "e1" });
    await untilRows([{ state: "waiting", error_type: "TooManyRequestsException" }]);
    await world.change(({ db }) => removeFunction(db, "payments"));
    await untilRows([{ state: "failed", error_type: "ResourceNotFoundException" }]);
    await expect(send(world)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  });

  it("leave other functions their places, however many one has", async () => {
    const world = await opened({ concurrency: 8 });
    await world.createFunction("other");
    for (let count = 0; count < 20; count++) await send(world);
    await untilBusy(world, 4);
    await send(world, undefined, "other");
    const environments = await untilBusy(world, 5);
    expect(environments.filter(({ plan }) => plan.functionName === "other")).toHaveLength(1);
    // They go on until all are done.
    await vi.waitFor(async () => {
      for (const environment of world.runner.environments) environment.answer();
      expect(await countEvents(store.db)).toBe(0);
    }, WITHIN);
    expect(world.errors).toEqual([]);
  });

  it("of a server that died are run by the next, and what had ended is not run again", async () => {
    const first = await opened();
    await send(first, { deploymentId: "d-1", executionId: "ended" });
    (await untilBusy(first))[0]!.answer();
    await untilRows([{ state: "answered" }]);
    await first.reserve("payments", 0);
    await send(first, { deploymentId: "d-1", executionId: "cut off" });
    await untilRows([{ state: "answered" }, { state: "waiting" }]);
    await first.host.close();
    await first.reserve("payments", null);
    // As it stands when the server is killed while it runs one.
    const cutOff = { state: "running", attempts: 1, due_at: 1, claimed_by: "dead", claimed_until: 1 } as const;
    await store.db.updateTable("lambda_events").set(cutOff).where("state", "=", "waiting").execute();
    const second = await open();
    second.host.start();
    await send(second);
    await vi.waitFor(async () => {
      for (const each of second.runner.environments) each.answer();
      expect(await countEvents(store.db)).toBe(0);
    }, WITHIN);
    const calls = second.runner.environments.flatMap((each) => each.calls.map(({ requestId }) => requestId));
    const [, again, added] = await rows();
    expect(calls.toSorted()).toEqual([again!.request_id, added!.request_id].toSorted());
    expect(again).toMatchObject({ state: "answered", attempts: 2 });
  });

  it("are left for the next start when the server ends, as if they had not been begun", async () => {
    const timers = hurriedTimers(1_000);
    const world = await opened({ timers });
    await send(world, { deploymentId: "d-1", executionId: "e1" });
    await untilBusy(world);
    await world.host.close();
    expect(await rows()).toMatchObject([{ state: "waiting", attempts: 0, claimed_by: null }]);
    worlds.splice(0);
    const next = await open({ timers });
    next.host.start();
    await untilBusy(next);
  });

  it("are forgotten when they ended long ago, and no others are", async () => {
    const world = await opened();
    await send(world);
    (await untilBusy(world))[0]!.answer();
    const [row] = await untilRows([{ state: "answered" }]);
    await world.reserve("payments", 0);
    await send(world);
    const forget = (before: number) => store.write((transaction) => forgetEvents(transaction, before));
    expect(await forget(row!.ended_at!)).toBe(0);
    expect(await forget(row!.ended_at! + 1)).toBe(1);
    expect(await rows()).toHaveLength(1);
    expect(await nextEventAt(store, "anybody")).not.toBeNull();
  });
});
