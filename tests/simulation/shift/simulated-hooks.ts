import { type HookExecution, hookReport, readHookExecutionId } from "@sluice/engine/hook-execution.ts";
import type { Executor } from "@sluice/engine/planned-event.ts";
import type { HookInvocation, HookInvoker, HookRun } from "@sluice/engine/ports/hook-invoker.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
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
const LATE_MILLISECONDS = [30_000, 3 * MINUTE, 70 * MINUTE];

export interface HooksParts extends WorldParts<ShiftFaultRates> {
  readonly way: FaultyPort;
  readonly ledger: HookLedger;
  /** What the group's deployment of now is like. */
  readonly underway: (groupId: string) => ShiftDeployment | undefined;
  /** A bug to be found: each answer is taken for one of the next event's, too. */
  readonly countsTwice: boolean;
}

interface Run {
  state: HookRun["state"];
  readonly execution: HookExecution;
}

/** Functions that are called at an event, and say how it went by a call of their own. */
export class SimulatedHooks {
  readonly #parts: HooksParts;
  /** By deployment and execution. */
  readonly #runs = new Map<string, Run>();

  constructor(parts: HooksParts) {
    this.#parts = parts;
  }

  port(): HookInvoker {
    const { way } = this.#parts;
    return {
      find: (_hook) => way.look(async () => ({ outcome: "found" as const })),
      invoke: (invocation, signal) =>
        way.change(signal, async () => {
          this.#begin(invocation);
          return { outcome: "done" as const };
        }),
      observe: (invocation) =>
        way.look(async () => ({ state: this.#runs.get(keyOf(invocation))?.state ?? "unknown", detail: "" })),
    };
  }

  /** Invoked again, it is one run: its answers are the same. */
  #begin(invocation: HookInvocation): void {
    const { deploymentId, executionId, hook } = invocation;
    const key = keyOf(invocation);
    const execution = readHookExecutionId(executionId);
    if (!execution) this.#parts.onTrouble(`${hook} was invoked with ${executionId}`);
    if (!execution || this.#runs.has(key)) return;
    const run: Run = { state: "running", execution };
    this.#runs.set(key, run);
    void this.#carryOut(deploymentId, hook, run);
  }

  async #carryOut(deploymentId: string, hook: string, run: Run): Promise<void> {
    const { time, random, ledger, deployments, aims, chronicle, count, underway } = this.#parts;
    const { event } = run.execution;
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
    const truth: HookTruth = { deploymentId, event, nature, arrived: [], acceptedAt: null };
    ledger.began(truth);
    const milliseconds = chance("hookLate") ? random.pick(LATE_MILLISECONDS) : random.integer(1, MAX_RUN_MILLISECONDS);
    chronicle.note(hook, `runs at ${event} of ${deploymentId} for ${milliseconds} ms: it ${nature}`);
    const stop = aims.shotAt(deploymentId);
    if (stop) time.after(milliseconds, stop);
    if (chance("hookLies")) void this.#lie(deploymentId, run.execution);
    await time.sleep(milliseconds);
    if (nature === "silent") return;
    if (nature === "crashes") {
      run.state = "broken";
      return;
    }
    // What it has to say it says before it ends.
    if (nature === "answers") await this.#answer(truth, run.execution, !chance("hookFails"), chance("hookTwice"));
    run.state = "ended";
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

function keyOf({ deploymentId, executionId }: HookInvocation): string {
  return `${deploymentId}/${executionId}`;
}
