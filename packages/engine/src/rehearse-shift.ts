import { invariant } from "@sluice/model/invariant.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { apply } from "./apply.ts";
import type { EffectReport } from "./effect-report.ts";
import type { DeploymentEvent, Effect } from "./event.ts";
import { ALWAYS_HEARD } from "./heard-time.ts";
import { hookReport } from "./hook-execution.ts";
import type { TargetResolution } from "./observation.ts";
import { plan } from "./plan.ts";
import { receiveReport } from "./receive-report.ts";
import { type DeploymentState, isTerminal } from "./state.ts";
import { advancePolicyOf } from "./strategies/rollouts.ts";
import { shiftTarget } from "./strategies/shift/phase.ts";

/** What happens, in its order. Times are milliseconds. */
export type ShiftRehearsalStep =
  /** The replacement is made, and waited for until it is steady. */
  | { readonly kind: "install" }
  | { readonly kind: "hook"; readonly event: LifecycleEventName; readonly hook: string }
  | { readonly kind: "test-traffic"; readonly targetGroup: string }
  /** So much of the production traffic is the new side's; `after` counts from the first of these steps. */
  | { readonly kind: "shift"; readonly percent: number; readonly afterMilliseconds: number }
  /** For `ready` it is a person who ends it, and the time is the most that it takes. */
  | { readonly kind: "wait"; readonly wait: "ready" | "termination"; readonly milliseconds: number }
  | { readonly kind: "remove"; readonly taskSetId: string };

export interface ShiftRehearsal {
  /** The deployment as it ends; its targets are null when it never starts. */
  readonly end: DeploymentState;
  readonly steps: readonly ShiftRehearsalStep[];
}

/** A step of a schedule takes a few rounds (ask, note, wait), and there are a hundred at most; more rounds are a loop. */
const ROUNDS = 2_000;
/** What the replacement that is not there yet is called. */
const REPLACEMENT = "replacement";

/**
 * Plays a shift that was not started yet forward, by the planner itself: whoever is asked does it at once, hooks answer Succeeded, and a
 * person continues what waits for leave. Changes nothing.
 */
export function rehearseShift(created: DeploymentState, resolution: TargetResolution, now: number): ShiftRehearsal {
  const played = new PlayedShift(created, resolution, now);
  for (let rounds = 0; !isTerminal(played.state.status); rounds += 1) {
    invariant(rounds <= ROUNDS, "a rehearsed shift comes to its end");
    played.round();
  }
  return { end: played.state, steps: played.steps };
}

class PlayedShift {
  state: DeploymentState;
  readonly steps: ShiftRehearsalStep[] = [];
  readonly #resolution: TargetResolution;
  readonly #reports = new Map<string, EffectReport>();
  #now: number;
  #firstShiftAt: number | null = null;

  constructor(created: DeploymentState, resolution: TargetResolution, now: number) {
    this.state = created;
    this.#resolution = resolution;
    this.#now = now;
  }

  /** One plan, and what it asks for; when nothing came of it, somebody answers, or time passes. */
  round(): void {
    const observation = {
      resolution: this.#resolution,
      heard: ALWAYS_HEARD,
      hosts: new Map(),
      reports: this.#reports,
    };
    const { events, effects, wakeAt } = plan(this.state, observation, this.#now);
    for (const event of events) this.#take(event);
    const asked = effects.filter(({ key }) => !this.#reports.has(key));
    for (const effect of asked) this.#carryOut(effect);
    if (events.length > 0 || asked.length > 0 || isTerminal(this.state.status)) return;
    if (this.#hookAnswers() || this.#isContinued()) return;
    invariant(wakeAt !== null && wakeAt > this.#now, "a rehearsed shift that waits knows for how long");
    this.#now = wakeAt;
  }

  #take(event: DeploymentEvent): void {
    this.state = apply(this.state, event, this.#now);
    switch (event.type) {
      case "taskSetCreated":
        this.steps.push({ kind: "install" });
        return;
      case "weightsAsked":
        this.#firstShiftAt ??= this.#now;
        this.steps.push({ kind: "shift", percent: event.percent, afterMilliseconds: this.#now - this.#firstShiftAt });
        return;
      case "readyWaitStarted":
        this.steps.push({ kind: "wait", wait: "ready", milliseconds: event.until - this.#now });
        return;
      case "terminationWaitStarted":
        if (event.until > this.#now) {
          this.steps.push({ kind: "wait", wait: "termination", milliseconds: event.until - this.#now });
        }
        return;
    }
  }

  #carryOut(effect: Effect): void {
    const taskSetId = effect.kind === "createTaskSet" ? { taskSetId: REPLACEMENT } : {};
    this.#reports.set(effect.key, { outcome: "done", detail: "", ...taskSetId });
    switch (effect.kind) {
      case "invokeHook": {
        const { event, hook } = effect.invocation;
        this.steps.push({ kind: "hook", event, hook });
        return;
      }
      case "setTestTraffic":
        this.steps.push({ kind: "test-traffic", targetGroup: effect.targetGroup });
        return;
      case "removeTaskSet":
        this.steps.push({ kind: "remove", taskSetId: effect.taskSetId });
        return;
    }
  }

  #hookAnswers(): boolean {
    const target = shiftTarget(this.state);
    if (target?.command?.by !== "hook") return false;
    const { event, attempt } = target.command;
    const policy = { advancing: true, ...advancePolicyOf(this.state) };
    const report = hookReport({ targetId: target.targetId, event, attempt }, true);
    const { events } = receiveReport(target, report, policy, this.#now);
    for (const each of events) this.#take(each);
    return events.length > 0;
  }

  #isContinued(): boolean {
    const { wait, continued } = this.state;
    if (wait?.kind !== "ready" || continued === "ready") return false;
    this.#take({ type: "continueRequested", wait: "ready" });
    return true;
  }
}
