import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EffectReport } from "../../effect-report.ts";
import { decideRollback } from "../../rollback.ts";
import { nextShift, type ShiftSchedule } from "../../traffic-shift.ts";
import {
  DONE,
  ecs,
  ecsFacts,
  findings,
  HOUR,
  lambda,
  lambdaFacts,
  MINUTE,
  PlayedShift,
} from "./played-shift.fixture.ts";
import type { ShiftEffect } from "./shift-effects.ts";
import { shiftBack } from "./shift-rollback.ts";
import type { EcsBlueGreen, LambdaShift } from "./shift-strategies.ts";

const POLICY = {
  creator: "user",
  events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
  afterStop: undefined,
  hasLastSuccess: false,
} as const;

/** What a service, a function and their traffic are like, as the effects that were carried out have left them. */
class World {
  percent = 0;
  testIsNew = false;
  primary = "blue";
  readonly taskSets = new Set(["blue"]);
  readonly percentages: { readonly percent: number; readonly at: number }[] = [];
  isSteady = false;

  /** Carried out once, when it is reported as done. */
  do(effect: ShiftEffect, now: number): EffectReport {
    switch (effect.kind) {
      case "createTaskSet":
        this.taskSets.add("green");
        return { ...DONE, taskSetId: "green" };
      case "awaitTaskSet":
        this.isSteady = true;
        break;
      case "setTestTraffic":
        this.testIsNew = effect.targetGroup === "tg-two";
        break;
      case "setWeights": {
        const [old, renewed] = effect.weights;
        if (old.percent + renewed.percent !== 100) throw new Error("weights that do not sum");
        if (renewed.percent > this.percent && !this.isSteady) throw new Error("an unsteady task set is given traffic");
        this.#shift(renewed.percent, now);
        break;
      }
      case "setAliasWeights":
        this.#shift(effect.shift.percent, now);
        break;
      case "promoteTaskSet":
        if (!this.taskSets.has(effect.taskSetId)) throw new Error("what is gone is promoted");
        this.primary = effect.taskSetId;
        break;
      case "removeTaskSet": {
        const serves = effect.taskSetId === "green" ? this.percent > 0 || this.testIsNew : this.percent < 100;
        if (serves || this.primary === effect.taskSetId) throw new Error("what serves is removed");
        this.taskSets.delete(effect.taskSetId);
        break;
      }
      case "invokeHook":
        break;
      default:
        effect satisfies never;
    }
    return DONE;
  }

  #shift(percent: number, at: number): void {
    this.percent = percent;
    this.percentages.push({ percent, at });
  }
}

/** What the outside is like in one run: how long each effect takes, which is refused, what hooks say, and when somebody stops it. */
interface Fate {
  readonly delays: readonly number[];
  readonly refusedAt: number | null;
  readonly hookSays: readonly (boolean | null)[];
  readonly stopAt: number | null;
}

const fates: fc.Arbitrary<Fate> = fc.record({
  delays: fc.array(fc.integer({ min: 0, max: 20 * MINUTE }), { minLength: 1, maxLength: 6 }),
  refusedAt: fc.option(fc.nat(12)),
  hookSays: fc.array(fc.constantFrom(true, true, true, false, null), { minLength: 1, maxLength: 5 }),
  stopAt: fc.option(fc.integer({ min: 0, max: 4 * HOUR })),
});
const schedules: fc.Arbitrary<ShiftSchedule> = fc.oneof(
  fc.constant<ShiftSchedule>({ type: "all-at-once" }),
  fc.record({
    type: fc.constantFrom("canary", "linear"),
    percent: fc.integer({ min: 10, max: 99 }),
    intervalMilliseconds: fc.integer({ min: 1, max: 30 }).map((minutes) => minutes * MINUTE),
  }),
);
const HOOKS = {
  BeforeInstall: "one",
  AfterAllowTestTraffic: "two",
  BeforeAllowTraffic: "three",
  AfterAllowTraffic: "four",
};
const services: fc.Arbitrary<EcsBlueGreen> = fc
  .record({
    schedule: schedules,
    hooks: fc.constantFrom({}, HOOKS),
    testListener: fc.constantFrom("test", null),
    readyWaitMilliseconds: fc.constantFrom(null, HOUR),
    terminationWaitMilliseconds: fc.constantFrom(null, 0, HOUR),
  })
  .map(({ testListener, ...changes }) => ecs({ ...changes, pair: { ...ecs().pair, testListener } }));
const functions: fc.Arbitrary<LambdaShift> = fc
  .record({ schedule: schedules, hooks: fc.constantFrom({}, HOOKS) })
  .map((changes) => lambda(changes));

/** Lives one fate through to the deployment's end. */
function live(played: PlayedShift, world: World, { delays, refusedAt, hookSays, stopAt }: Fate): void {
  const due = new Map<string, number>();
  let answered = 0;
  played.platform = (effect, now) => {
    const { key } = effect;
    if (!due.has(key)) {
      if (due.size === refusedAt) return { outcome: "failed", detail: "no" };
      due.set(key, now + (delays[due.size % delays.length] ?? 0));
    }
    return now < due.get(key)! ? { outcome: "pending", detail: "slow" } : world.do(effect, now);
  };
  const stopTime = stopAt === null ? Number.POSITIVE_INFINITY : played.now + stopAt;
  played.play();
  for (let turn = 0; turn < 5_000 && !played.isOver; turn++) {
    const { command } = played.target;
    const says = hookSays[answered % hookSays.length];
    if (command?.by === "hook" && says !== null && says !== undefined && turn % 3 === 0) {
      answered += 1;
      played.answer(says);
    } else if (played.now >= stopTime && played.state.stopRequestedAt === null) played.stop();
    else played.pass(Math.max(1, Math.min(60_000, (played.wakeAt ?? Number.POSITIVE_INFINITY) - played.now)));
  }
  if (!played.isOver) throw new Error("the deployment does not end");
}

function keepsSchedule({ percentages }: World, schedule: ShiftSchedule): void {
  let shift = { percent: 0, changedAt: null as number | null };
  for (const { percent, at } of percentages) {
    const next = nextShift(schedule, shift, at);
    expect(next).not.toBe("done");
    if (next === "done") return;
    expect(percent).toBe(next.percent);
    expect(at).toBeGreaterThanOrEqual(next.notBefore);
    shift = { percent, changedAt: at };
  }
}

/** The rollback, in an outside that does all it is asked. */
function rollBack(failed: PlayedShift, strategy: EcsBlueGreen | LambdaShift, world: World): void {
  const facts = ecsFacts();
  const [blue] = facts.service!.taskSets;
  const taskSets = [...world.taskSets].map((taskSetId) => ({
    ...blue!,
    taskSetId,
    externalId: taskSetId === "green" ? failed.state.deploymentId : null,
  }));
  const resolution =
    strategy.type === "ecs-blue-green"
      ? ({ outcome: "ecs-service", facts: { ...facts, service: { ...facts.service!, taskSets } } } as const)
      : ({ outcome: "lambda-alias", facts: lambdaFacts() } as const);
  const rollback = new PlayedShift(shiftBack(failed.state, strategy), { resolution });
  rollback.platform = (effect, now) => world.do(effect, now);
  rollback.play();
  expect(rollback.state).toMatchObject({ status: "Succeeded", error: null });
}

describe("whatever the outside does", () => {
  it("an ECS deployment ends with all or, after its rollback, with nothing moved", () => {
    fc.assert(
      fc.property(services, fates, (strategy, fate) => {
        const world = new World();
        const facts = ecsFacts({ hooks: findings(strategy.hooks) });
        const played = new PlayedShift(strategy, { resolution: { outcome: "ecs-service", facts } });
        live(played, world, fate);
        keepsSchedule(world, strategy.schedule);
        const { status } = played.state;
        if (status === "Succeeded") {
          expect(world).toMatchObject({ percent: 100, primary: "green" });
          return;
        }
        expect(world.taskSets.has("blue")).toBe(true);
        if (decideRollback(played.state, POLICY).decision === "roll-back") rollBack(played, strategy, world);
        expect(world).toMatchObject({ percent: 0, testIsNew: false, primary: "blue" });
        expect([...world.taskSets]).toEqual(["blue"]);
      }),
      { numRuns: 300 },
    );
  });

  it("a Lambda deployment ends with all or, after its rollback, with nothing moved", () => {
    fc.assert(
      fc.property(functions, fates, (strategy, fate) => {
        const world = new World();
        const facts = lambdaFacts({ hooks: findings(strategy.hooks) });
        const played = new PlayedShift(strategy, { resolution: { outcome: "lambda-alias", facts } });
        live(played, world, fate);
        keepsSchedule(world, strategy.schedule);
        if (played.state.status === "Succeeded") {
          expect(world.percent).toBe(100);
          return;
        }
        if (decideRollback(played.state, POLICY).decision === "roll-back") rollBack(played, strategy, world);
        expect(world.percent).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
