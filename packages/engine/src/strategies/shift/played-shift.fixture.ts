import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { apply } from "../../apply.ts";
import type { EffectReport } from "../../effect-report.ts";
import { createdState } from "../../engine.fixture.ts";
import type { DeploymentEvent, Effect } from "../../event.ts";
import { ALWAYS_HEARD, type HeardTime } from "../../heard-time.ts";
import { hookReport } from "../../hook-execution.ts";
import type { AlarmObservation, Observation, TargetResolution } from "../../observation.ts";
import { plan } from "../../plan.ts";
import { receiveReport } from "../../receive-report.ts";
import { type AlarmWatch, type DeploymentState, isTerminal, type LifecycleEventState } from "../../state.ts";
import type { ShiftAction } from "../../traffic-shift.ts";
import { advancePolicyOf } from "../rollouts.ts";
import { type ShiftTarget, shiftTarget } from "./phase.ts";
import type { ShiftEffect } from "./shift-effects.ts";
import type { EcsFacts, HookFinding, LambdaFacts } from "./shift-facts.ts";
import { changeOfShift } from "./shift-gates.ts";
import type { EcsBlueGreen, HookNames, LambdaShift, ShiftStrategy } from "./shift-strategies.ts";

export const DONE: EffectReport = { outcome: "done", detail: "" };
const PENDING: EffectReport = { outcome: "pending", detail: "" };
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** All at once, without hooks and waits, unless told otherwise. */
export function ecs(changes: Partial<EcsBlueGreen> = {}): EcsBlueGreen {
  return {
    type: "ecs-blue-green",
    schedule: { type: "all-at-once" },
    service: { clusterName: "shop", serviceName: "web" },
    taskSet: { taskDefinition: "web:2", containerName: "web", containerPort: 80 },
    pair: { targetGroups: ["tg-one", "tg-two"], productionListener: "production", testListener: "test" },
    hooks: {},
    readyWaitMilliseconds: null,
    terminationWaitMilliseconds: null,
    hookTimeoutMilliseconds: HOUR,
    hookMustAnswer: false,
    failsEarly: true,
    ...changes,
  };
}

/** All at once, without hooks, unless told otherwise. */
export function lambda(changes: Partial<LambdaShift> = {}): LambdaShift {
  return {
    type: "lambda-shift",
    schedule: { type: "all-at-once" },
    alias: { functionName: "charge", aliasName: "live" },
    currentVersion: "1",
    targetVersion: "2",
    hooks: {},
    hookTimeoutMilliseconds: HOUR,
    hookMustAnswer: false,
    ...changes,
  };
}

/** As it is before an ECS deployment: `blue` serves behind `tg-one`. */
export function ecsFacts(changes: Partial<EcsFacts> = {}): EcsFacts {
  const weights = [
    { targetGroup: "tg-one", percent: 100 },
    { targetGroup: "tg-two", percent: 0 },
  ] as const;
  return {
    service: {
      controller: "CODE_DEPLOY",
      scheduling: "REPLICA",
      desiredCount: 2,
      taskSets: [
        {
          taskSetId: "blue",
          externalId: null,
          status: "PRIMARY",
          isSteady: true,
          desiredCount: 2,
          pendingCount: 0,
          runningCount: 2,
          failedTasks: 0,
          targetGroup: "tg-one",
          detail: "",
        },
      ],
    },
    traffic: { outcome: "known", protocol: "http", production: weights, test: weights },
    hooks: [],
    ...changes,
  };
}

const VERSION = { isActive: true, role: "role", deadLetterTarget: null, detail: "" };

/** As it is before a Lambda deployment: all traffic at version 1. */
export function lambdaFacts(changes: Partial<LambdaFacts> = {}): LambdaFacts {
  return { routing: { version: "1", second: null }, current: VERSION, target: VERSION, hooks: [], ...changes };
}

export function findings(hooks: HookNames): HookFinding[] {
  return Object.entries(hooks).map(([event, hook]) => ({
    event: event as LifecycleEventName,
    hook,
    facts: { outcome: "found" },
  }));
}

/** One shift in the hands of a test: it plays the server around the engine, and the platform, which does all it is asked unless told otherwise. */
export class PlayedShift {
  state: DeploymentState;
  now = 1_000_000;
  wakeAt: number | null = null;
  alarms: AlarmObservation | undefined;
  /** The server hears always, unless a test says otherwise. */
  heard: HeardTime = ALWAYS_HEARD;
  resolution: TargetResolution | undefined;
  /** What the outside says of an effect when it is carried out. */
  platform: (effect: ShiftEffect, now: number) => EffectReport = ({ kind }) =>
    kind === "createTaskSet" ? { ...DONE, taskSetId: "green" } : DONE;
  readonly events: DeploymentEvent[] = [];
  /** Each effect once, in the order in which they were first asked for, and when. */
  readonly asked: { readonly effect: ShiftEffect; readonly at: number }[] = [];
  readonly reports = new Map<string, EffectReport>();

  constructor(
    strategy: ShiftStrategy,
    { alarms, resolution = resolutionOf(strategy) }: { alarms?: AlarmWatch; resolution?: TargetResolution } = {},
  ) {
    const healthRule = { type: "HOST_COUNT", value: 0 } as const;
    this.state = { ...createdState({ healthRule, ...(alarms ? { alarms } : {}) }), strategy, createdAt: this.now };
    this.resolution = resolution;
  }

  get target(): ShiftTarget {
    const target = shiftTarget(this.state);
    if (!target) throw new Error("the deployment has not begun");
    return target;
  }

  get isOver(): boolean {
    return isTerminal(this.state.status);
  }

  get observation(): Observation {
    const { resolution, alarms, reports } = this;
    return { resolution, alarms, reports, heard: this.heard, hosts: new Map() };
  }

  plan(): void {
    const { events, effects, wakeAt } = plan(this.state, this.observation, this.now);
    this.#take(events);
    for (const effect of effects) this.#ask(effect);
    this.wakeAt = wakeAt;
    const again = plan(this.state, this.observation, this.now);
    if (again.events.length > 0) throw new Error(`a plan leaves something to be planned: ${again.events[0]?.type}`);
  }

  /** Plans, and has the platform do what it is asked, until nothing moves but time, or hooks. */
  play(): this {
    for (;;) {
      this.plan();
      if (!this.#carryOut()) return this;
    }
  }

  /** Plays, and lets time pass whenever the planner waits for it, until nothing moves at all, or `until` says that it is enough. */
  playOn(until: (played: PlayedShift) => boolean = () => false): this {
    for (let turn = 0; turn < 10_000; turn++) {
      this.play();
      if (this.isOver || until(this) || this.wakeAt === null) return this;
      this.now = Math.max(this.now + 1, this.wakeAt);
    }
    throw new Error("it goes on for ever");
  }

  pass(milliseconds: number): this {
    this.now += milliseconds;
    return this.play();
  }

  /** The answer of the hook of the event under way, by the hot path, and the plan after it. */
  answer(succeeded: boolean, event = this.target.command?.event): this {
    if (!event) throw new Error("no event is under way");
    const { status, halt, stopRequestedAt } = this.state;
    const advancing = status === "InProgress" && halt === null && stopRequestedAt === null;
    const report = hookReport({ targetId: this.target.targetId, event, attempt: 1 }, succeeded);
    this.#take(receiveReport(this.target, report, { advancing, ...advancePolicyOf(this.state) }, this.now).events);
    return this.play();
  }

  stop(): this {
    this.#take([{ type: "stopRequested" }]);
    return this.play();
  }

  continue(wait: "ready" | "termination"): this {
    this.#take([{ type: "continueRequested", wait }]);
    return this.play();
  }

  /** What a person asks of the shift; refused: the test is wrong. */
  change(action: ShiftAction): this {
    const change = changeOfShift(this.state, action);
    if (change.outcome === "refused") throw new Error(change.reason);
    if (change.outcome === "unchanged") return this;
    this.#take([{ type: "shiftChangeRequested", targetId: change.target.targetId, action }]);
    return this.play();
  }

  event(name: LifecycleEventName): LifecycleEventState {
    const event = this.target.lifecycleEvents.find((one) => one.name === name);
    if (!event) throw new Error(`there is no ${name}`);
    return event;
  }

  /** `[["BeforeAllowTraffic", "Succeeded"], …]` */
  get outcomes(): readonly (readonly [string, string])[] {
    return this.target.lifecycleEvents.map(({ name, status }) => [name, status]);
  }

  get kinds(): readonly string[] {
    return this.asked.map(({ effect }) => effect.kind);
  }

  /** The weights of the new side that were asked for, and when. */
  get weights(): readonly { readonly percent: number; readonly at: number }[] {
    return this.asked.flatMap(({ effect, at }) => {
      if (effect.kind === "setAliasWeights") return [{ percent: effect.shift.percent, at }];
      if (effect.kind !== "setWeights") return [];
      return [{ percent: effect.weights.find(({ targetGroup }) => targetGroup === "tg-two")?.percent ?? 0, at }];
    });
  }

  #ask(effect: Effect): void {
    if (effect.kind === "resolveTargets") return;
    if (!isShiftEffect(effect)) throw new Error(`a shift asks for ${effect.kind}`);
    const before = this.asked.find((one) => one.effect.key === effect.key);
    if (!before) this.asked.push({ effect, at: this.now });
    else if (JSON.stringify(before.effect) !== JSON.stringify(effect))
      throw new Error(`${effect.key} has two meanings`);
  }

  /** Whether anything came of it. */
  #carryOut(): boolean {
    if (this.isOver) return false;
    let hasNews = false;
    for (const { effect } of this.asked) {
      const before = this.reports.get(effect.key) ?? PENDING;
      if (before.outcome !== "pending") continue;
      const report = this.platform(effect, this.now);
      this.reports.set(effect.key, report);
      hasNews ||= report.outcome !== before.outcome || report.detail !== before.detail;
    }
    return hasNews;
  }

  #take(events: readonly DeploymentEvent[]): void {
    for (const event of events) {
      this.state = apply(this.state, event, this.now);
      this.events.push(event);
    }
  }
}

function resolutionOf(strategy: ShiftStrategy): TargetResolution {
  switch (strategy.type) {
    case "ecs-blue-green":
      return { outcome: "ecs-service", facts: ecsFacts({ hooks: findings(strategy.hooks) }) };
    case "ecs-rollback":
      return { outcome: "ecs-service", facts: ecsFacts() };
    case "lambda-shift":
      return { outcome: "lambda-alias", facts: lambdaFacts({ hooks: findings(strategy.hooks) }) };
    case "lambda-rollback":
      return { outcome: "lambda-alias", facts: lambdaFacts() };
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

function isShiftEffect(effect: Effect): effect is ShiftEffect {
  return !["resolveTargets", "routeTraffic", "withholdReplacements", "terminateOriginals"].includes(effect.kind);
}
