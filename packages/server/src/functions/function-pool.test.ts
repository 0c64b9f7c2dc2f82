import type { FunctionCall, FunctionPlan } from "@sluice/engine/ports/function-runner.ts";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hurriedTimers } from "../loops/hurried-timers.fixture.ts";
import { systemTimers } from "../loops/timers.ts";
import { functionVersion } from "../store/lambda/rows.fixture.ts";
import { FunctionPool, type FunctionPoolDependencies } from "./function-pool.ts";
import { type RoutedVersion, versionKey, versionName } from "./function-routes.ts";
import { PlayedRunner } from "./played-runner.fixture.ts";

/** Generous, for machines that are busy with something else. */
const WITHIN = { timeout: 60_000, interval: 5 };
const MEBIBYTE = 1_048_576;
const never = new AbortController().signal;
const pools: FunctionPool[] = [];
let requests = 0;

function version(functionName: string, modifiedAt = 1, number = "1", uid: number | null = null): RoutedVersion {
  const made = { ...functionVersion({ functionName, version: number, modifiedAt }), uid };
  return { ...made, name: versionName(functionName, number), key: versionKey(made) };
}

function planOf({ functionName, version: number, configuration, codeSha256 }: RoutedVersion): FunctionPlan {
  return { ...configuration, functionName, version: number, codeSha256, uid: null, credentials: null };
}

function newCall(): FunctionCall {
  return { requestId: `request-${++requests}`, payload: Buffer.from("{}"), invokedFunctionArn: "arn" };
}

function open(change: Partial<FunctionPoolDependencies> = {}) {
  const runner = new PlayedRunner();
  const errors: unknown[] = [];
  const pool = new FunctionPool({
    runner,
    planOf: async (each) => planOf(each),
    logOf: () => ({ write: () => {} }),
    timers: systemTimers,
    idleMilliseconds: 300_000,
    maxEnvironments: 100,
    maxStartsAtOnce: 4,
    availableBytes: () => undefined,
    onError: (error) => errors.push(error),
    ...change,
  });
  pools.push(pool);
  const call = (of: RoutedVersion, signal = never) => pool.call(of, newCall(), signal);
  /** Calls one after the other. */
  const use = async (of: RoutedVersion) => {
    const asked = newCall();
    const end = pool.call(of, asked, never);
    const has = () => runner.environments.find(({ calls }) => calls.at(-1) === asked);
    await vi.waitFor(() => expect(has()).toBeDefined(), WITHIN);
    has()?.answer();
    await end;
  };
  const busy = () => runner.environments.filter(({ isBusy }) => isBusy);
  const untilBusy = (count: number) => vi.waitFor(() => expect(busy()).toHaveLength(count), WITHIN);
  return { runner, pool, errors, call, use, busy, untilBusy };
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

const A = version("a");
const B = version("b");

describe("environments are used again", () => {
  it("one after the other by one", async () => {
    const { runner, pool, use } = open();
    for (const _ of [1, 2, 3]) await use(A);
    expect(runner.environments).toHaveLength(1);
    expect(runner.environments[0]?.calls).toHaveLength(3);
    expect(pool.counts).toEqual({ idle: 1, busy: 0, coldStarts: 1 });
  });

  it("and the one that was used last is used next", async () => {
    const { runner, call, use, untilBusy } = open();
    const calls = [call(A), call(A), call(A)];
    await untilBusy(3);
    for (const index of [0, 2, 1]) runner.environments[index]?.answer();
    await Promise.all(calls);
    await use(A);
    expect(runner.environments[1]?.calls).toHaveLength(2);
  });

  it("and another is started when all are busy; no version has another's", async () => {
    const { runner, call, untilBusy } = open();
    const calls = [call(A), call(A), call(B), call(version("a", 1, "2"))];
    await untilBusy(4);
    const names = runner.environments.map(({ plan }) => `${plan.functionName}:${plan.version}`);
    expect(names.toSorted()).toEqual(["a:1", "a:1", "a:2", "b:1"]);
    for (const environment of runner.environments) environment.answer();
    await Promise.all(calls);
  });

  it("by whoever waits for a start, when one is free before it is done", async () => {
    const { runner, pool, call, untilBusy } = open();
    runner.startsAtOnce = false;
    const first = call(A);
    await vi.waitFor(() => expect(runner.starts).toHaveLength(1), WITHIN);
    const second = call(A);
    await vi.waitFor(() => expect(runner.starts).toHaveLength(2), WITHIN);
    const environment = runner.startNext();
    await untilBusy(1);
    environment.answer();
    await first;
    await vi.waitFor(() => expect(environment.calls).toHaveLength(2), WITHIN);
    environment.answer();
    await second;
    runner.startNext();
    await vi.waitFor(() => expect(pool.counts).toEqual({ idle: 2, busy: 0, coldStarts: 2 }), WITHIN);
  });
});

describe("what a start comes to", () => {
  it("is the function's failure when its code does not load, and the next call sees for itself", async () => {
    const { runner, call, use } = open();
    runner.startsAtOnce = false;
    const first = call(A);
    await vi.waitFor(() => expect(runner.starts).toHaveLength(1), WITHIN);
    const fault = { errorType: "Runtime.ImportModuleError", errorMessage: "no index" };
    runner.starts.shift()?.settle({ outcome: "failed", fault, logTail: "the log" });
    const end = await first;
    expect(end).toMatchObject({ outcome: "failed", logTail: "the log" });
    expect(JSON.parse(Buffer.from(end.payload).toString())).toMatchObject(fault);
    runner.startsAtOnce = true;
    await use(A);
  });

  it("is a fault of this machine when it has no process, and never the function's", async () => {
    const { runner, call, errors, pool } = open();
    runner.startsAtOnce = false;
    const first = call(A);
    await vi.waitFor(() => expect(runner.starts).toHaveLength(1), WITHIN);
    runner.starts.shift()?.fail(new Error("spawn EAGAIN"));
    await expect(first).rejects.toMatchObject({ code: "ServiceException", message: expect.stringContaining("EAGAIN") });
    expect(errors).toHaveLength(1);
    expect(pool.counts).toMatchObject({ idle: 0, busy: 0 });
  });

  it("is nobody's, and no error, when the server ends meanwhile", async () => {
    const { runner, call, errors, pool } = open();
    runner.startsAtOnce = false;
    const first = call(A);
    await vi.waitFor(() => expect(runner.starts).toHaveLength(1), WITHIN);
    const closed = pool.close();
    await expect(first).rejects.toMatchObject({ code: "ServiceUnavailableException" });
    runner.starts.shift()?.fail(new Error("aborted"));
    await closed;
    expect(errors).toEqual([]);
  });

  it("is nobody's when the caller has hung up: the environment waits for the next", async () => {
    const { runner, call, use, pool } = open();
    runner.startsAtOnce = false;
    const hangUp = new AbortController();
    const first = call(A, hangUp.signal);
    await vi.waitFor(() => expect(runner.starts).toHaveLength(1), WITHIN);
    hangUp.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    runner.startNext();
    await vi.waitFor(() => expect(pool.counts).toMatchObject({ idle: 1, busy: 0 }), WITHIN);
    await use(A);
    expect(runner.environments).toHaveLength(1);
  });

  it("is waited for in turn: a version for which many wait leaves the others a place", async () => {
    const { runner, call } = open({ maxStartsAtOnce: 2 });
    runner.startsAtOnce = false;
    const calls = [call(A), call(A), call(A), call(A), call(B)];
    await vi.waitFor(() => expect(runner.starts).toHaveLength(2), WITHIN);
    runner.startNext();
    await vi.waitFor(() => expect(runner.starts).toHaveLength(2), WITHIN);
    expect(runner.starts.map(({ plan }) => plan.functionName)).toContain("b");
    runner.startsAtOnce = true;
    while (runner.starts.length > 0) runner.startNext();
    await vi.waitFor(() => {
      for (const environment of runner.environments) if (environment.isBusy) environment.answer();
      expect(runner.environments.flatMap((environment) => environment.calls)).toHaveLength(5);
    }, WITHIN);
    for (const environment of runner.environments) environment.answer();
    await Promise.all(calls);
  });
});

describe("environments end", () => {
  it("when nothing has used them for a while", async () => {
    const { runner, use, pool } = open({ timers: hurriedTimers(1_000), idleMilliseconds: 10_000 });
    await use(A);
    await vi.waitFor(() => expect(runner.living).toHaveLength(0), WITHIN);
    expect(pool.counts).toMatchObject({ idle: 0, busy: 0 });
    await use(A);
    expect(pool.counts.coldStarts).toBe(2);
  });

  it("when there is no room for one of another function: the one unused for the longest goes", async () => {
    const { runner, use } = open({ maxEnvironments: 2 });
    await use(A);
    await use(B);
    await use(version("c"));
    expect(runner.living.map(({ plan }) => plan.functionName)).toEqual(["b", "c"]);
  });

  it("when the machine is short of memory; when nothing can be spared, a start is refused with the cure", async () => {
    let available = 1_000 * MEBIBYTE;
    const { runner, use, call } = open({ availableBytes: () => available });
    await use(A);
    available = 100 * MEBIBYTE;
    await expect(call(B)).rejects.toMatchObject({
      code: "ServiceException",
      message: expect.stringMatching(/100 MiB.*b may take 128 MiB.*MemorySize/),
    });
    expect(runner.living).toHaveLength(0);
  });

  it("when they are of code or configuration that was replaced, a busy one after its call", async () => {
    const { runner, call, use, untilBusy } = open();
    await use(A);
    const old = call(A);
    await untilBusy(1);
    await use(version("a", 2));
    expect(runner.living).toHaveLength(2);
    runner.environments[0]?.answer();
    await old;
    expect(runner.living).toHaveLength(1);
    expect(runner.living[0]?.calls).toHaveLength(1);
  });

  it("when their function is gone", async () => {
    const { runner, use, pool } = open();
    await use(A);
    await use(B);
    const { wanted } = pool;
    expect([...wanted.keys()]).toEqual(["a:1", "b:1"]);
    await use(version("c"));
    pool.keepOnly(wanted, new Map([["b:1", B.key]]));
    expect(runner.living.map(({ plan }) => plan.functionName)).toEqual(["b", "c"]);
    expect([...pool.wanted.keys()]).toEqual(["b:1", "c:1"]);
  });

  it("when their process does, idle or not, and the next call has another", async () => {
    const { runner, call, use, untilBusy, pool } = open();
    await use(A);
    runner.environments[0]?.crash();
    expect(pool.counts.idle).toBe(0);
    const end = call(A);
    await untilBusy(1);
    runner.environments[1]?.crash();
    expect(await end).toMatchObject({ outcome: "failed" });
    await use(A);
    expect(runner.environments).toHaveLength(3);
    expect(runner.living).toHaveLength(1);
  });

  it("and hold their user until nothing is left of them", async () => {
    const own = version("own", 1, "1", 52_001);
    const { runner, use, pool } = open();
    await use(own);
    const environment = runner.environments[0]!;
    const end = environment.end.bind(environment);
    const { promise, resolve } = Promise.withResolvers<void>();
    environment.end = () => promise.then(end);
    pool.keepOnly(pool.wanted, new Map());
    expect(pool.counts).toMatchObject({ idle: 0, busy: 0 });
    expect(pool.uidsInUse).toEqual(new Set([52_001]));
    resolve();
    await vi.waitFor(() => expect(pool.uidsInUse).toEqual(new Set()), WITHIN);
  });

  it("in the end, also when that fails at first", async () => {
    const { runner, use, pool, errors } = open({ timers: hurriedTimers(1_000) });
    await use(A);
    runner.environments[0]?.endFaults.push(new Error("EBUSY"), new Error("EBUSY"));
    pool.keepOnly(pool.wanted, new Map());
    await vi.waitFor(() => expect(runner.living).toHaveLength(0), WITHIN);
    expect(errors).toHaveLength(2);
  });
});

describe("a pool that is closed", () => {
  it("lets calls that are under way end, and takes none", async () => {
    const { runner, call, untilBusy, pool } = open();
    const end = call(A);
    await untilBusy(1);
    const closed = pool.close();
    await expect(call(A)).rejects.toMatchObject({ code: "ServiceUnavailableException" });
    runner.environments[0]?.answer();
    expect(await end).toMatchObject({ outcome: "answered" });
    await closed;
    expect(runner.living).toHaveLength(0);
  });

  it("breaks off what takes too long, and does not call that the function's failure", async () => {
    const { runner, call, untilBusy, pool } = open({ timers: hurriedTimers(1_000) });
    const end = call(A).catch((error: unknown) => error);
    await untilBusy(1);
    await pool.close();
    expect(await end).toMatchObject({ code: "ServiceUnavailableException" });
    expect(runner.living).toHaveLength(0);
  });

  it("ends what is still being started, and whoever waits for it", async () => {
    const { runner, call, pool } = open();
    runner.startsAtOnce = false;
    const waiting = call(A).catch((error: unknown) => error);
    await vi.waitFor(() => expect(runner.starts).toHaveLength(1), WITHIN);
    const closed = pool.close();
    expect(await waiting).toMatchObject({ code: "ServiceUnavailableException" });
    runner.startNext();
    await closed;
    expect(runner.living).toHaveLength(0);
  });
});
