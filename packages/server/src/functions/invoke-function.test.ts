import { MAX_INVOCATION_BYTES } from "@sluice/model/lambda-limits.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { insertFunction, removeFunction } from "../store/lambda/functions.ts";
import { functionConfiguration } from "../store/lambda/rows.fixture.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { FunctionWorld } from "./function-host.fixture.ts";
import type { PlayedEnvironment } from "./played-runner.fixture.ts";

/** Generous, for machines that are busy with something else. */
const WITHIN = { timeout: 60_000, interval: 5 };
let store: Store;
let world: FunctionWorld;

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  world = new FunctionWorld(store).open();
  await world.createFunction("payments");
  world.host.start();
});
afterEach(async () => {
  for (const environment of world.runner.environments) environment.answer();
  await world.host.close();
  await store.close();
  expect(world.errors).toEqual([]);
});

const busy = () => world.runner.environments.filter(({ isBusy }) => isBusy);
async function untilBusy(count: number): Promise<readonly PlayedEnvironment[]> {
  await vi.waitFor(() => expect(busy()).toHaveLength(count), WITHIN);
  return busy();
}
/** Every call is answered as soon as it comes. */
function answerAtOnce(): void {
  const start = world.runner.ready.bind(world.runner);
  world.runner.ready = (plan) => {
    const started = start(plan);
    const environment = world.runner.environments.at(-1)!;
    const call = environment.call.bind(environment);
    environment.call = (asked) => {
      const end = call(asked);
      environment.answer();
      return end;
    };
    return started;
  };
}

describe("an invocation", () => {
  it("reaches the function with what the caller gave, and has its answer", async () => {
    const invoked = world.invoke({ payload: Buffer.from('{"amount":1}') });
    const [environment] = await untilBusy(1);
    const call = environment!.calls[0]!;
    expect(call.invokedFunctionArn).toBe("arn:aws:lambda:us-east-1:111122223333:function:payments");
    expect(Buffer.from(call.payload).toString()).toBe('{"amount":1}');
    environment!.answer({ payload: Buffer.from("7"), logTail: "END" });
    expect(await invoked).toEqual({
      requestId: call.requestId,
      executedVersion: "$LATEST",
      outcome: "answered",
      payload: Buffer.from("7"),
      logTail: "END",
    });
  });

  it("names what it was called by, and runs the version behind it", async () => {
    await world.route("payments", 0);
    for (const [qualifier, version] of [
      ["live", "1"],
      ["2", "2"],
      ["$LATEST", "$LATEST"],
    ] as const) {
      const invoked = world.invoke({ qualifier });
      const [environment] = await untilBusy(1);
      expect(environment!.plan.version).toBe(version);
      const arn = environment!.calls[0]!.invokedFunctionArn;
      expect(arn).toMatch(version === "$LATEST" ? /:payments$/ : new RegExp(`:payments:${qualifier}$`));
      environment!.answer();
      expect((await invoked).executedVersion).toBe(version);
    }
  });

  it.each([
    ["nobody", undefined],
    ["payments", "nobody"],
    ["payments", "99"],
  ])("is refused for %s with the qualifier %s, as a check of it is", async (functionName, qualifier) => {
    const fault = { code: "ResourceNotFoundException", message: expect.stringContaining("Function not found: arn:") };
    await expect(world.invoke({ functionName, qualifier })).rejects.toMatchObject(fault);
    await expect(world.functions.check({ functionName, qualifier })).rejects.toMatchObject(fault);
  });

  it("is refused when its payload is too large", async () => {
    const payload = Buffer.alloc(MAX_INVOCATION_BYTES + 1, " ");
    await expect(world.invoke({ payload })).rejects.toMatchObject({ code: "RequestTooLargeException" });
  });

  it("sees a function that was created after it was missing, and not one that was removed", async () => {
    answerAtOnce();
    await expect(world.invoke("late")).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    await world.createFunction("late");
    await world.invoke("late");
    await world.change(({ db }) => removeFunction(db, "late"));
    await expect(world.invoke("late")).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    await vi.waitFor(() => expect(world.runner.living).toHaveLength(0), WITHIN);
  });

  it("keeps its environments when a policy gives the version another RevisionId", async () => {
    answerAtOnce();
    await world.invoke("payments");
    world.runner.kept = new Set();
    await world.changeVersion("payments", "$LATEST", { modifiedAt: 0 });
    await vi.waitFor(() => expect(world.runner.kept.size).toBe(1), WITHIN);
    await world.invoke("payments");
    expect(world.runner.environments.map(({ calls }) => calls.length)).toEqual([2]);
  });

  it.each([
    ["code", { codeSha256: "b".repeat(64), modifiedAt: 0 }],
    ["configuration", { configuration: functionConfiguration({ variables: { A: "1" } }), modifiedAt: 0 }],
    ["time of its last update", { modifiedAt: 1 }],
  ])("has another environment when the %s of the version is another", async (_, change) => {
    answerAtOnce();
    await world.invoke("payments");
    await world.changeVersion("payments", "$LATEST", change);
    await world.invoke("payments");
    expect(world.runner.environments.map(({ calls }) => calls.length)).toEqual([1, 1]);
  });

  it("holds its user until its process has ended, also when the function is gone", async () => {
    await world.createFunction("own", { uid: 52_001 });
    expect(world.host.uidsInUse()).toEqual(new Set());
    const invoked = world.invoke("own");
    const [environment] = await untilBusy(1);
    await world.change(({ db }) => removeFunction(db, "own"));
    expect(world.host.uidsInUse()).toEqual(new Set([52_001]));
    let end = () => {};
    const ended = environment!.end.bind(environment);
    environment!.end = async () => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return ended();
    };
    environment!.answer();
    await invoked;
    expect(world.host.uidsInUse()).toEqual(new Set([52_001]));
    await vi.waitFor(() => {
      end();
      expect(world.host.uidsInUse()).toEqual(new Set());
    }, WITHIN);
  });

  it("is not begun as a user that its function has lost since", async () => {
    await world.functions.check({ functionName: "payments", qualifier: undefined });
    // Nobody is told: as of a change that is committed this instant.
    await store.write(({ db }) => removeFunction(db, "payments"));
    await expect(world.invoke("payments")).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    expect(world.runner.environments).toEqual([]);
    world.errors.length = 0;
  });

  it("runs new code from the next one on", async () => {
    answerAtOnce();
    await world.invoke("payments");
    await world.changeVersion("payments", "$LATEST", { codeSha256: "b".repeat(64) });
    await world.invoke("payments");
    expect(world.runner.environments.map(({ plan }) => plan.codeSha256[0])).toEqual(["a", "b"]);
    await vi.waitFor(() => expect(world.runner.living).toHaveLength(1), WITHIN);
  });

  it("runs the new code when the old one went while it was started for it", async () => {
    world.runner.startsAtOnce = false;
    const invoked = world.invoke("payments");
    await vi.waitFor(() => expect(world.runner.starts).toHaveLength(1), WITHIN);
    await world.changeVersion("payments", "$LATEST", { codeSha256: "b".repeat(64) });
    answerAtOnce();
    world.runner.startsAtOnce = true;
    world.runner.starts[0]!.fail(new Error("there is no such code"));
    expect(await invoked).toMatchObject({ outcome: "answered" });
    expect(world.runner.environments.map(({ plan }) => plan.codeSha256[0])).toEqual(["b"]);
    expect(world.host.counts().invocations).toMatchObject({ answered: 1, broken: 0 });
    world.errors.length = 0;
  });

  it("is told that the function is missing when it was removed while it was started", async () => {
    world.runner.startsAtOnce = false;
    const invoked = world.invoke("payments");
    const refused = expect(invoked).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    await vi.waitFor(() => expect(world.runner.starts).toHaveLength(1), WITHIN);
    await world.change(({ db }) => removeFunction(db, "payments"));
    world.runner.starts[0]!.fail(new Error("there is no such code"));
    await refused;
    world.errors.length = 0;
  });
});

describe("weights of an alias", () => {
  it.each([0.1, 0.5, 0.99])("of %d are kept within two points over 10,000 invocations", async (weight) => {
    answerAtOnce();
    await world.route("payments", weight);
    let second = 0;
    for (let count = 0; count < 10_000; count++) {
      const { executedVersion } = await world.invoke({ qualifier: "live" });
      if (executedVersion === "2") second++;
    }
    expect(Math.abs(second / 10_000 - weight)).toBeLessThan(0.02);
  });

  it("are in force for the next invocation", async () => {
    answerAtOnce();
    await world.route("payments", 0);
    for (const [weight, version] of [
      [0, "1"],
      [1, "2"],
      [0, "1"],
      [1, "2"],
    ] as const) {
      await world.route("payments", weight);
      expect((await world.invoke({ qualifier: "live" })).executedVersion).toBe(version);
    }
  });
});

describe("concurrency", () => {
  const exceeded = (reason: string) => ({ code: "TooManyRequestsException", reason });
  const RESERVED = exceeded("ReservedFunctionConcurrentInvocationLimitExceeded");
  const SHARED = exceeded("ConcurrentInvocationLimitExceeded");

  it("that a function has reserved is its limit, and 0 stops it", async () => {
    await world.reserve("payments", 2);
    const calls = [world.invoke("payments"), world.invoke({ qualifier: "1" })];
    const environments = await untilBusy(2);
    await expect(world.invoke("payments")).rejects.toMatchObject(RESERVED);
    environments[0]!.answer();
    await calls[0];
    calls.push(world.invoke("payments"));
    await untilBusy(2);
    await world.reserve("payments", 0);
    await expect(world.invoke("payments")).rejects.toMatchObject({
      ...RESERVED,
      message: expect.stringContaining("aws lambda delete-function-concurrency --function-name payments"),
    });
    for (const environment of world.runner.environments) environment.answer();
    await Promise.all(calls);
  });

  it("of all functions is shared by those that have reserved none", async () => {
    await world.createFunction("reserved", { reserved_concurrency: 8 });
    await world.createFunction("other");
    const calls = [world.invoke("payments"), world.invoke("other")];
    await untilBusy(2);
    for (const name of ["payments", "other"]) await expect(world.invoke(name)).rejects.toMatchObject(SHARED);
    for (let count = 0; count < 8; count++) calls.push(world.invoke("reserved"));
    await untilBusy(10);
    await expect(world.invoke("reserved")).rejects.toMatchObject(RESERVED);
    for (const environment of world.runner.environments) environment.answer();
    await Promise.all(calls);
    expect(world.host.counts().invocations).toEqual({ answered: 10, failed: 0, throttled: 3, broken: 0 });
  });
});

it("a function that fails is told from a machine that does", async () => {
  const invoked = world.invoke("payments");
  const [environment] = await untilBusy(1);
  environment!.answer({ outcome: "failed", payload: Buffer.from('{"errorType":"Error"}') });
  expect(await invoked).toMatchObject({ outcome: "failed" });
  await world.change(({ db }) =>
    insertFunction(db, {
      function_name: "x",
      uid: null,
      created_at: 0,
      last_version: 0,
      reserved_concurrency: null,
      tags_json: "[]" as never,
    }),
  );
  await expect(world.invoke("x")).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  expect(world.host.counts().invocations).toMatchObject({ failed: 1, broken: 0 });
});
