import { type HookInvokerWorld, hookInvokerContract } from "@sluice/drivers/contracts/hook-invoker-contract.fixture.ts";
import { hookPayload } from "@sluice/drivers/hook/hook-payload.ts";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { endEventsOf } from "../store/lambda/events.ts";
import { removeFunction } from "../store/lambda/functions.ts";
import { openStore } from "../store/open-store.ts";
import { deletedMeanwhile } from "./deleted-meanwhile.ts";
import { FUNCTION_SCOPE, FunctionWorld } from "./function-host.fixture.ts";
import { hookRunOf } from "./hook-run.ts";
import { localHookInvoker } from "./local-hook-invoker.ts";

/** Generous, for machines that are busy with something else. */
const WITHIN = { timeout: 60_000, interval: 5 };
const never = new AbortController().signal;
const HOOK = "CodeDeployHook_check";

async function open() {
  const store = await openStore({ dataDirectory: ":memory:" });
  const world = new FunctionWorld(store).open();
  await world.createFunction(HOOK);
  world.host.start();
  const invoker = localHookInvoker({ functions: world.functions, payloadOf: hookPayload, scope: FUNCTION_SCOPE });
  const close = async () => {
    for (const environment of world.runner.environments) environment.answer();
    await world.host.close();
    await store.close();
  };
  return { store, world, invoker, close };
}

/** What was taken is told from the queue, and ends there, too: what a function makes of it is the host's test. */
async function contractWorld(): Promise<HookInvokerWorld> {
  const told: { deploymentId: string; executionId: string }[] = [];
  const ended = new Map<string, readonly [state: string, detail: string]>();
  const { invoker, world, close } = await open();
  const functions = {
    check: world.functions.check,
    invokeLater: async (later: Parameters<typeof world.functions.invokeLater>[0]) => {
      const { requestId } = await world.functions.invokeLater(later);
      const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: executionId } = JSON.parse(
        Buffer.from(later.payload).toString(),
      );
      if (!told.some((each) => each.deploymentId === deploymentId && each.executionId === executionId)) {
        told.push({ deploymentId, executionId });
      }
      return { requestId };
    },
    hookState: async (deploymentId: string, executionId: string) => {
      const [state, detail = ""] = ended.get(executionId) ?? [];
      if (state === "ended") return { state: "answered", logTail: detail } as const;
      if (state === "broken") return { state: "failed", errorType: "", errorMessage: detail, logTail: "" } as const;
      return world.functions.hookState(deploymentId, executionId);
    },
  };
  expect(invoker).toBeDefined();
  return {
    invoker: localHookInvoker({ functions, payloadOf: hookPayload, scope: FUNCTION_SCOPE }),
    hook: HOOK,
    nobody: "nobody",
    told: () => told,
    end: (executionId, state, detail) => ended.set(executionId, [state, detail]),
    close,
  };
}

hookInvokerContract("functions", contractWorld);

const INVOCATION = { hook: HOOK, deploymentId: "d-FIRST1111", executionId: "e1", event: "BeforeAllowTraffic" } as const;

describe("a hook that is a function of this server", () => {
  it.each(["", ":1", ":$LATEST"])(
    "is found by its name and its ARN with %j behind them, and no other is",
    async (qualifier) => {
      const { invoker, close } = await open();
      onTestFinished(close);
      const arn = `arn:aws:lambda:us-east-1:111122223333:function:${HOOK}${qualifier}`;
      for (const hook of [HOOK + qualifier, arn])
        expect(await invoker.find({ hook }, never)).toEqual({ outcome: "found" });
      const missing = async (hook: string) => {
        const facts = await invoker.find({ hook }, never);
        return facts.outcome === "missing" ? facts.reason : facts.outcome;
      };
      expect(await missing("nobody")).toMatch(
        /no function nobody .* aws lambda create-function --function-name nobody$/,
      );
      expect(await missing(`${HOOK}:nobody`)).toMatch(/version or alias nobody .* aws lambda list-aliases/);
      expect(await missing(arn.replace("111122223333", "444455556666"))).toMatch(/is no function of this server/);
      expect(await missing("https://elsewhere.example/")).toMatch(/is no function of this server/);
    },
  );

  it("is run once for an execution, with the documented payload, whatever it makes of it", async () => {
    const { world, invoker, close } = await open();
    onTestFinished(close);
    for (const _ of [1, 2]) await invoker.invoke(INVOCATION, never);
    const { environments } = world.runner;
    await vi.waitFor(() => expect(environments.map(({ isBusy }) => isBusy)).toEqual([true]), WITHIN);
    expect((await invoker.observe(INVOCATION, never)).state).toBe("running");
    const { payload } = environments[0]!.calls[0]!;
    expect(Buffer.from(payload).toString()).toBe('{"DeploymentId":"d-FIRST1111","LifecycleEventHookExecutionId":"e1"}');
    const fault = { errorType: "Error", errorMessage: "no such charge" };
    const logTail = "START RequestId: 1 Version: $LATEST\nchecking\n\u001b[31mno such charge\nEND RequestId: 1\n";
    environments[0]!.answer({ outcome: "failed", payload: Buffer.from(JSON.stringify(fault)), logTail });
    await vi.waitFor(
      async () =>
        expect(await invoker.observe(INVOCATION, never)).toMatchObject({
          state: "broken",
          logTail: expect.stringContaining("no such charge"),
          detail: "Error: no such charge; its log ends with: checking | \\x1b[31mno such charge",
        }),
      WITHIN,
    );
    await invoker.invoke(INVOCATION, never);
    expect(environments[0]!.calls).toHaveLength(1);
  });

  it.each(["waits", "was begun by a server that is gone"])(
    "is broken when its function is deleted while it %s",
    async (how) => {
      const { store, world, invoker, close } = await open();
      onTestFinished(close);
      await world.reserve(HOOK, 0);
      await invoker.invoke(INVOCATION, never);
      await vi.waitFor(
        async () => expect((await invoker.observe(INVOCATION, never)).detail).toContain("reserved"),
        WITHIN,
      );
      await world.host.close();
      await store.write(async (transaction) => {
        const running = { state: "running", due_at: 0, claimed_by: "gone", claimed_until: 0 } as const;
        if (how !== "waits") await transaction.db.updateTable("lambda_events").set(running).execute();
        await removeFunction(transaction.db, HOOK);
        const errorMessage = deletedMeanwhile(HOOK);
        await endEventsOf(transaction, HOOK, { now: 1, errorType: "ResourceNotFoundException", errorMessage });
      });
      await world.createFunction(HOOK);
      world.open().host.start();
      const again = localHookInvoker({ functions: world.functions, payloadOf: hookPayload, scope: FUNCTION_SCOPE });
      await vi.waitFor(async () => {
        const detail = `ResourceNotFoundException: ${deletedMeanwhile(HOOK)}`;
        expect(await again.observe(INVOCATION, never)).toMatchObject({ state: "broken", detail });
      }, WITHIN);
      expect(world.runner.environments).toEqual([]);
    },
  );

  it("says what it waits for when it may not run", async () => {
    const { world, invoker, close } = await open();
    onTestFinished(close);
    await world.reserve(HOOK, 0);
    await invoker.invoke(INVOCATION, never);
    await vi.waitFor(async () => {
      const run = await invoker.observe(INVOCATION, never);
      expect(run).toMatchObject({ state: "running", detail: expect.stringContaining("reserved concurrency of 0") });
    }, WITHIN);
  });
});

it("quotes some lines of a log, as a person may read them", () => {
  const long = "x".repeat(1_000);
  const logTail = ["START RequestId: 1", "one", "two", "", `three\u202e${long}`, "four", "REPORT RequestId: 1"].join(
    "\n",
  );
  const { detail } = hookRunOf({ state: "answered", logTail });
  expect(detail).toMatch(/^two \| three\\u202ex+… \| four$/);
  expect(detail.length).toBeLessThan(300);
});

it("quotes what a function has written without when and in which call, and on one line", () => {
  const line = "2026-11-30T00:51:04.843Z\tecb10faa-3c1e-4b55-8a49-0d6f4b0c6a55\tINFO\tI do not\tanswer.";
  expect(hookRunOf({ state: "answered", logTail: line }).detail).toBe("INFO I do not answer.");
});
