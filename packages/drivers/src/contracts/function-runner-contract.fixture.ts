import type {
  CallEnd,
  EnvironmentStart,
  FunctionEnvironment,
  FunctionPlan,
  FunctionRunner,
} from "@sluice/engine/ports/function-runner.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/**
 * What a function of the world does. `echoes`: writes `got EVENT` and returns `{event, requestId, arn}`. `throws`: a RangeError `too far`. `exits`: with
 * 7. `hangs`: for ever. `grows`: until it has no more memory. `breaks`: its code cannot be loaded for a Runtime.ImportModuleError. `leaves`: answers,
 * and its process ends soon after.
 */
export type FunctionDoing = "echoes" | "throws" | "exits" | "hangs" | "grows" | "breaks" | "leaves";

export interface FunctionRunnerWorld {
  readonly runner: FunctionRunner;
  readonly plan: (does: FunctionDoing) => FunctionPlan;
  readonly close?: () => Promise<void>;
}

const ARN = "arn:aws:lambda:us-east-1:111122223333:function:shop:live";
const never = new AbortController().signal;
let calls = 0;

export function callOf(event: unknown) {
  calls += 1;
  const requestId = `5b0b1c4e-0000-4000-8000-${String(calls).padStart(12, "0")}`;
  return { requestId, payload: Buffer.from(JSON.stringify(event)), invokedFunctionArn: ARN };
}

export function payloadOf({ payload }: CallEnd): unknown {
  return JSON.parse(Buffer.from(payload).toString("utf8"));
}

export function environmentOf(start: EnvironmentStart): FunctionEnvironment {
  if (start.outcome === "failed") throw new Error(`${start.fault.errorType}: ${start.fault.errorMessage}`);
  return start.environment;
}

export function overOf(environment: FunctionEnvironment): Promise<void> {
  return new Promise((resolve) => environment.onOver(resolve));
}

/** What every driver of the port does alike. `createWorld` makes one world for all tests. */
export function functionRunnerContract(name: string, createWorld: () => Promise<FunctionRunnerWorld>): void {
  describe(`the function runner ${name}`, () => {
    let world: FunctionRunnerWorld;
    beforeAll(async () => {
      world = await createWorld();
    });
    afterAll(async () => {
      await world.runner.close();
      await world.close?.();
    });

    const open = async (does: FunctionDoing) => {
      const lines: string[] = [];
      const log = { write: (_at: number, line: string) => void lines.push(line) };
      return { lines, start: await world.runner.start(world.plan(does), log, never) };
    };

    it("takes its runtimes, and says what to use instead of another", async () => {
      const { handler, uid } = world.plan("echoes");
      expect(await world.runner.troubleWith({ runtime: "nodejs24.x", handler, uid })).toBeUndefined();
      expect(await world.runner.troubleWith({ runtime: "cobol85", handler, uid })).toMatch(/cobol85.*nodejs24\.x/);
    });

    it("answers one event after the other, with what it wrote", async () => {
      const { start, lines } = await open("echoes");
      const environment = environmentOf(start);
      for (const event of [{ order: 1 }, "ü", null]) {
        const call = callOf(event);
        const end = await environment.call(call);
        expect(end).toMatchObject({ outcome: "answered" });
        expect(payloadOf(end)).toEqual({ event, requestId: call.requestId, arn: ARN });
        const written = end.logTail.split("\n");
        expect(written[0]).toBe(`START RequestId: ${call.requestId} Version: $LATEST`);
        expect(written[1]).toContain(`got ${JSON.stringify(event)}`);
        expect(written[2]).toBe(`END RequestId: ${call.requestId}`);
        expect(written[3]).toMatch(new RegExp(`^REPORT RequestId: ${call.requestId}\tDuration: [0-9.]+ ms`));
        for (const line of written.filter(Boolean)) expect(lines).toContain(line);
      }
      expect(environment.isOver).toBe(false);
      await environment.end();
    });

    it("tells what a handler throws, and goes on", async () => {
      const { start } = await open("throws");
      const environment = environmentOf(start);
      for (const _ of [1, 2]) {
        const end = await environment.call(callOf({}));
        expect(end.outcome).toBe("failed");
        expect(payloadOf(end)).toMatchObject({ errorType: "RangeError", errorMessage: "too far" });
      }
      expect(environment.isOver).toBe(false);
      await environment.end();
    });

    it("says of code that does not load why", async () => {
      const { start } = await open("breaks");
      expect(start).toMatchObject({ outcome: "failed", fault: { errorType: "Runtime.ImportModuleError" } });
    });

    it.each([
      ["exits", "Runtime.ExitError", "Runtime exited with error: exit status 7"],
      ["hangs", "Sandbox.Timedout", "Task timed out after 1.00 seconds"],
      ["grows", "Runtime.OutOfMemory", "Runtime exited with error: signal: killed"],
    ] as const)("ends with a function that %s", async (does, errorType, words) => {
      const { start } = await open(does);
      const environment = environmentOf(start);
      const over = overOf(environment);
      const call = callOf({});
      const end = await environment.call(call);
      expect(end.outcome).toBe("failed");
      const errorMessage = expect.stringMatching(new RegExp(`^RequestId: ${call.requestId} .*${words}`));
      expect(payloadOf(end)).toMatchObject({ errorType, errorMessage });
      expect(end.logTail).toContain(`END RequestId: ${call.requestId}`);
      await over;
      expect(environment.isOver).toBe(true);
      expect(await environment.memoryBytes()).toBe(0);
    });

    it("says when a process ends that had nothing to do", async () => {
      const { start } = await open("leaves");
      const environment = environmentOf(start);
      expect(await environment.call(callOf({}))).toMatchObject({ outcome: "answered" });
      await overOf(environment);
      expect(environment.isOver).toBe(true);
    });

    it("ends an environment when it is asked to, once and for all", async () => {
      const { start } = await open("hangs");
      const environment = environmentOf(start);
      let overs = 0;
      environment.onOver(() => {
        overs += 1;
      });
      const underWay = environment.call(callOf({}));
      await Promise.all([environment.end(), environment.end()]);
      await environment.end();
      expect(overs).toBe(1);
      const brokenOff = await underWay;
      expect(brokenOff.outcome).toBe("failed");
      expect(payloadOf(brokenOff), "nobody blames the function").toMatchObject({ errorType: "Sandbox.Stopped" });
      expect(brokenOff.logTail).not.toContain("Runtime exited");
      expect(await environment.call(callOf({})), "a call is never a rejection").toMatchObject({ outcome: "failed" });
    });

    it("says what an environment holds", async () => {
      const { start } = await open("echoes");
      const environment = environmentOf(start);
      expect(await environment.memoryBytes()).toBeGreaterThan(0);
      await environment.end();
    });

    it("does not start when it was told to stop", async () => {
      const log = { write: () => undefined };
      await expect(world.runner.start(world.plan("echoes"), log, AbortSignal.abort())).rejects.toThrow();
    });

    it("ends all environments when it is closed", async () => {
      const environments = [environmentOf((await open("echoes")).start), environmentOf((await open("echoes")).start)];
      await world.runner.close();
      for (const environment of environments) expect(environment.isOver).toBe(true);
    });
  });
}
