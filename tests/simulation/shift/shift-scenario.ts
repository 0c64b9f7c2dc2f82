import type { ShiftSchedule } from "@sluice/engine/traffic-shift.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { Random } from "../random.ts";
import type { DeploymentBase, FaultRates, GroupBase, RollbackEventName, ScenarioBase } from "../scenario.ts";

/** A world of services, or of functions, whose traffic is shifted. */
export interface ShiftScenario extends ScenarioBase {
  readonly groups: readonly ShiftGroupScenario[];
  readonly faults: ShiftFaultRates;
}

/** Probabilities, of what each happens at. */
export interface ShiftFaultRates extends FaultRates {
  // Of one call of a port: it does not arrive, it is refused, it takes its time, or it is done and its answer is lost.
  readonly portUnreachable: number;
  readonly portRefuses: number;
  readonly portSlow: number;
  readonly portAnswerLost: number;
}

export interface ShiftGroupScenario extends GroupBase {
  /** Events that have a hook. */
  readonly hooks: readonly LifecycleEventName[];
  /** Whether it has had a successful deployment. */
  readonly hasSuccess: boolean;
  readonly deployments: readonly ShiftDeployment[];
  /** Whether a hook that returns without an answer fails at once. */
  readonly hooksMustAnswer: boolean;
}

export interface ShiftDeployment extends DeploymentBase {
  readonly schedule: ShiftSchedule;
  // Of one run of a hook: what it does other than to say, soon and once, that it went well.
  readonly hookFails: number;
  readonly hookLate: number;
  readonly hookTwice: number;
  readonly hookLies: number;
  readonly hookCrashes: number;
  readonly hookEndsSilently: number;
  readonly hookNeverEnds: number;
  /** Of one that ended silently: whether somebody else says later how it went. */
  readonly hookAnsweredFor: number;
  /** Before it, a person puts right what earlier deployments have left. */
  readonly isTidied: boolean;
  /** What a person asks of the shift when its traffic moves, one after the other. */
  readonly gates: readonly GateScenario[];
  /** The alarm fires when so many weights have come into force; null: it does not because of that. */
  readonly alarmAfterSteps: number | null;
}

export interface GateScenario {
  readonly action: "next" | "finish" | "pause";
  readonly afterMilliseconds: number;
  /** Of a pause: until it is taken back. */
  readonly heldMilliseconds: number;
}

export function shiftFaults(random: Random, isCalm: boolean): ShiftFaultRates {
  const sometimes = (most: number) => (!isCalm && random.chance(0.4) ? most * random.fraction() ** 2 : 0);
  return {
    requestLost: sometimes(0.2),
    answerLost: sometimes(0.2),
    duplicated: sometimes(0.3),
    late: sometimes(0.15),
    serverDeath: random.chance(0.7) ? sometimes(0.08) : 0,
    diskFailure: random.chance(0.7) ? sometimes(0.08) : 0,
    deafServer: sometimes(0.03),
    slowServer: sometimes(0.03),
    overrunServer: sometimes(0.03),
    longOutage: random.chance(0.3) ? sometimes(0.003) : 0,
    alarmsUnreadable: sometimes(0.5),
    alarmsSlow: sometimes(0.3),
    portUnreachable: sometimes(0.3),
    portRefuses: sometimes(0.04),
    portSlow: sometimes(0.4),
    portAnswerLost: sometimes(0.3),
  };
}

/** What all worlds of shifts have in common. `groupOf` makes one of its groups. */
export function shiftScenario<Group extends ShiftGroupScenario>(
  seed: number,
  groupOf: (random: Random, name: string, isCalm: boolean) => Group,
): Omit<ShiftScenario, "platform" | "groups"> & { readonly groups: readonly Group[] } {
  const random = new Random(seed);
  const isCalm = random.chance(0.15);
  return {
    runSeed: seed,
    tickMilliseconds: random.pick([5, 20, 20, 50]),
    isCalm,
    faults: shiftFaults(random, isCalm),
    faultsMilliseconds: random.integer(60_000, 20 * 60_000),
    groups: Array.from({ length: random.integer(2, 6) }, (_, index) => groupOf(random, `group-${index + 1}`, isCalm)),
  };
}

/** What all groups of shifts have in common. `events`: those that can have a hook. */
export function shiftGroup(random: Random, name: string, events: readonly LifecycleEventName[]): ShiftGroupScenario {
  const hooked = random.pick([0, 0.3, 0.6, 1]);
  return {
    name,
    hooks: events.filter(() => random.chance(hooked)),
    hasSuccess: random.chance(0.85),
    deployments: Array.from({ length: random.integer(2, 9) }, () => shiftDeployment(random)),
    hooksMustAnswer: random.chance(0.5),
  };
}

function shiftDeployment(random: Random): ShiftDeployment {
  const watchesAlarm = random.chance(0.35);
  const onceTrafficMoves = watchesAlarm ? (["stop", "alarm", "alarm"] as const) : (["stop"] as const);
  const rarely = (most: number) => (random.chance(0.3) ? most * random.fraction() : 0);
  return {
    schedule: scheduleOf(random),
    pauseBeforeMilliseconds: random.integer(0, 5_000),
    hookFails: rarely(0.3),
    hookLate: rarely(0.3),
    hookTwice: rarely(0.5),
    hookLies: rarely(0.5),
    hookCrashes: rarely(0.1),
    hookEndsSilently: rarely(0.1),
    hookNeverEnds: random.chance(0.1) ? 0.1 : 0,
    stopAfterMilliseconds: random.chance(0.2) ? random.integer(0, random.pick([200, 3_000, 60_000])) : null,
    rollBackAfterStop: random.pick([null, null, true, false]),
    onceTrafficMoves: random.chance(watchesAlarm ? 0.5 : 0.2) ? random.pick(onceTrafficMoves) : null,
    stopsRollback: random.chance(0.1),
    isJostled: random.chance(0.15),
    rollbackEvents: random.chance(0.7) ? rollbackEvents(random) : null,
    watchesAlarm,
    ignoresPollFailure: random.chance(0.5),
    alarm:
      watchesAlarm && random.chance(0.4)
        ? {
            afterMilliseconds: random.integer(0, random.pick([1_000, 20_000])),
            forMilliseconds: random.pick([1_000, 10_000, 60_000]),
          }
        : null,
    isContinued: random.chance(0.8),
    isAcknowledged: random.chance(0.3),
    isTidied: random.chance(0.85),
    gates: random.chance(0.3) ? gatesOf(random) : [],
    alarmAfterSteps: watchesAlarm && random.chance(0.3) ? random.integer(1, 4) : null,
    hookAnsweredFor: random.pick([0.5, 1, 1]),
  };
}

function gatesOf(random: Random): readonly GateScenario[] {
  return Array.from({ length: random.integer(1, 4) }, () => ({
    action: random.pick(["next", "next", "pause", "pause", "finish"] as const),
    afterMilliseconds: random.integer(0, random.pick([500, 5_000, 30_000])),
    heldMilliseconds: random.integer(0, random.pick([1_000, 20_000, 180_000])),
  }));
}

/** Configurations say minutes; what counts is how an interval stands to outages, calls and hooks, and those are of seconds. */
function scheduleOf(random: Random): ShiftSchedule {
  // So many seconds that they are still the same after they were minutes.
  const intervalMilliseconds = 1_000 * random.pick([1, 2, 5, 10, 20, 3 * random.integer(1, 40)]);
  const percent = random.pick([1, 10, 10, 20, 25, 33, 50, 70, random.integer(1, 99)]);
  switch (random.pick(["all-at-once", "all-at-once", "canary", "canary", "linear", "linear"] as const)) {
    case "all-at-once":
      return { type: "all-at-once" };
    case "canary":
      return { type: "canary", percent, intervalMilliseconds };
    case "linear":
      // A hundred steps of two minutes teach no more than ten of them.
      return {
        type: "linear",
        percent: Math.max(percent, intervalMilliseconds > 10_000 ? 20 : 5),
        intervalMilliseconds,
      };
  }
}

/** Automatic rollback that is on and names no event is refused. */
function rollbackEvents(random: Random): readonly RollbackEventName[] | null {
  const all = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"] as const;
  const some = all.filter(() => random.chance(0.7));
  return some.length > 0 ? some : null;
}
