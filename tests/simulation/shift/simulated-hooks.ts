import { type MemoryHookRun, memoryHookInvoker } from "@sluice/drivers/memory/memory-hook-invoker.ts";
import { type HookExecution, hookReport, readHookExecutionId } from "@sluice/engine/hook-execution.ts";
import type { Executor } from "@sluice/engine/planned-event.ts";
import type { HookInvocation, HookInvoker, HookRun } from "@sluice/engine/ports/hook-invoker.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { Life } from "../server-ports.ts";
import { Refused, Unanswered } from "../simulated-network.ts";
import type { WorldParts } from "../world-parts.ts";
import type { FaultyPort } from "./faulty-port.ts";
import type { HookLedger, HookTruth } from "./hook-ledger.ts";
import type { ShiftDeployment, ShiftFaultRates } from "./shift-scenario.ts";

const MINUTE = 60_000;
/** A hook that finds no server gives its answer up. */
const GIVES_UP_MILLISECONDS = 5 * MINUTE;
const MAX_RUN_MILLISECONDS = 3_000;
const PLATFORM_EVENTS: readonly LifecycleEventName[] = ["Install", "AllowTestTraffic", "AllowTraffic"];
const HOOKED_EVENTS: readonly LifecycleEventName[] = [
  "BeforeInstall",
  "AfterInstall",
  "AfterAllowTestTraffic",
  "BeforeAllowTraffic",
  "AfterAllowTraffic",
];
const REPETITIONS = 240;
const REPETITION_MILLISECONDS = 500;
/** Of somebody who looks at what a hook has left to others. */
const ANSWERED_FOR_AFTER_MILLISECONDS = [1_000, 8_000, 30_000, 90_000];
const LATE_MILLISECONDS = [30_000, 3 * MINUTE, 70 * MINUTE];

export interface HooksParts extends WorldParts<ShiftFaultRates> {
  readonly way: FaultyPort;
  readonly ledger: HookLedger;
  readonly groupIds: readonly string[];
  /** What the group's deployment of now is like. */
  readonly underway: (groupId: string) => ShiftDeployment | undefined;
  /** A bug to be found: each answer is taken for one of the next event's, too. */
  readonly countsTwice: boolean;
  /** A bug to be found: hooks that have returned are taken for running. */
  readonly isBlindToReturns: boolean;
}

/** Functions that are called at an event, and say how it went by a call of their own. */
export class SimulatedHooks {
  readonly #parts: HooksParts;
  readonly #driver: HookInvoker;

  constructor(parts: HooksParts) {
    this.#parts = parts;
    const hooks = new Set(parts.groupIds.flatMap((groupId) => HOOKED_EVENTS.map((event) => hookName(groupId, event))));
    this.#driver = memoryHookInvoker.create({}, { hooks, runs: new Map(), onInvoke: (run) => this.#begin(run) });
  }

  port({ whileAlive, death }: Life): HookInvoker {
    const { way } = this.#parts;
    const driver = this.#driver;
    return {
      find: (hook) => whileAlive(() => way.look(() => driver.find(hook, death))),
      invoke: (invocation) => whileAlive(() => way.change(death, () => driver.invoke(invocation, death))),
      observe: (invocation) => whileAlive(() => way.look(() => this.#observe(invocation, death))),
    };
  }

  async #observe(invocation: HookInvocation, death: AbortSignal): Promise<HookRun> {
    const run = await this.#driver.observe(invocation, death);
    return this.#parts.isBlindToReturns && run.state === "ended" ? { state: "running", detail: "" } : run;
  }

  #begin(run: MemoryHookRun): void {
    const execution = readHookExecutionId(run.executionId);
    if (execution) void this.#carryOut(run, execution);
    else this.#parts.onTrouble(`${run.hook} was invoked with ${run.executionId}`);
  }

  async #carryOut(run: MemoryHookRun, execution: HookExecution): Promise<void> {
    const { time, random, ledger, deployments, aims, chronicle, count, underway } = this.#parts;
    const { deploymentId, hook, event } = run;
    const deployment = underway(deployments.groupIdOf(deploymentId));
    const chance = (rate: keyof ShiftDeployment & `hook${string}`) => {
      const happens = random.chance(Number(deployment?.[rate] ?? 0));
      if (happens) count(rate);
      return happens;
    };
    const nature = chance("hookCrashes")
      ? "crashes"
      : chance("hookEndsSilently")
        ? "ends silently"
        : chance("hookNeverEnds")
          ? "silent"
          : "answers";
    const truth: HookTruth = { deploymentId, event, nature, arrived: [], acceptedAt: null, returnedAt: null };
    ledger.began(truth);
    const milliseconds = chance("hookLate") ? random.pick(LATE_MILLISECONDS) : random.integer(1, MAX_RUN_MILLISECONDS);
    chronicle.note(hook, `runs at ${event} of ${deploymentId} for ${milliseconds} ms: it ${nature}`);
    const stop = aims.shotAt(deploymentId);
    if (stop) time.after(milliseconds, stop);
    if (chance("hookLies")) void this.#lie(deploymentId, execution);
    await time.sleep(milliseconds);
    if (nature === "silent") return;
    if (nature === "crashes") {
      run.run = { state: "broken", detail: "exit code 1" };
      return;
    }
    // What it has to say it says before it ends.
    if (nature === "answers") await this.#answer(truth, execution, !chance("hookFails"), chance("hookTwice"));
    run.run = { state: "ended", detail: "" };
    truth.returnedAt = time.now();
    if (nature !== "ends silently" || !chance("hookAnsweredFor")) return;
    await time.sleep(random.pick(ANSWERED_FOR_AFTER_MILLISECONDS));
    await this.#say(truth, execution, random.chance(0.7));
  }

  /** Twice: once more, or at the same time, and perhaps otherwise. */
  async #answer(truth: HookTruth, execution: HookExecution, succeeded: boolean, twice: boolean): Promise<void> {
    const { random } = this.#parts;
    if (!twice) return this.#say(truth, execution, succeeded);
    const second = random.chance(0.5) ? succeeded : !succeeded;
    if (random.chance(0.5)) {
      await Promise.all([this.#say(truth, execution, succeeded), this.#say(truth, execution, second)]);
      return;
    }
    await this.#say(truth, execution, succeeded);
    await this.#say(truth, execution, second);
  }

  /** Until it is answered, or nobody has for too long. */
  async #say(truth: HookTruth, execution: HookExecution, succeeded: boolean): Promise<void> {
    const { time, random, network, chronicle, onTrouble, countsTwice } = this.#parts;
    const { deploymentId, event } = truth;
    const { targetId } = execution;
    const who = `hook of ${deploymentId}`;
    const givesUpAt = time.now() + GIVES_UP_MILLISECONDS;
    while (time.now() < givesUpAt) {
      try {
        await network.call(who, async (server) => {
          truth.arrived.push({ succeeded, at: time.now() });
          chronicle.note(who, `says of ${event}: ${succeeded ? "Succeeded" : "Failed"}`);
          await server.runner.report({ deploymentId, targetId, report: hookReport(execution, succeeded) });
          truth.acceptedAt ??= time.now();
          if (countsTwice) void this.#countAgain(deploymentId, targetId, succeeded);
        });
        return;
      } catch (error) {
        if (error instanceof Refused) return;
        if (!(error instanceof Unanswered)) return onTrouble(`a hook was answered with ${error}`);
        await time.sleep(random.integer(100, 3_000));
      }
    }
  }

  /** The bug to be found. */
  async #countAgain(deploymentId: string, targetId: string, succeeded: boolean): Promise<void> {
    const { time, server } = this.#parts;
    for (let times = 0; times < REPETITIONS; times++) {
      await time.sleep(REPETITION_MILLISECONDS);
      for (const event of HOOKED_EVENTS) {
        const report = hookReport({ targetId, event, attempt: 1 }, succeeded);
        await server()?.runner.report({ deploymentId, targetId, report });
      }
    }
  }

  /** Says of what is not its to carry out, and of another attempt, that it went well; and of its own event as if it were somebody else. */
  async #lie(deploymentId: string, execution: HookExecution): Promise<void> {
    const { random, network } = this.#parts;
    const { targetId, event, attempt } = execution;
    const lies = PLATFORM_EVENTS.map((other): HookExecution => ({ targetId, event: other, attempt: 1 }));
    lies.push({ targetId, event, attempt: attempt + 1 });
    const tell = (lie: HookExecution, by: Executor) =>
      network
        .call(`hook of ${deploymentId}`, (server) =>
          server.runner.report({ deploymentId, targetId, report: { ...hookReport(lie, true), by } }),
        )
        .catch((error: unknown) => this.#judge(error));
    for (const lie of random.shuffled(lies)) await tell(lie, "hook");
    await tell(execution, random.pick(["agent", "balancer"] as const));
  }

  #judge(error: unknown): void {
    if (error instanceof Unanswered || error instanceof Refused) return;
    this.#parts.onTrouble(`a lie was answered with ${error instanceof Error ? error.stack : error}`);
  }
}

/** As an AppSpec names it. */
export function hookName(groupId: string, event: LifecycleEventName): string {
  return `${groupId}-${event}`;
}
