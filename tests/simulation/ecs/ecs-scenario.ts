import type { Random } from "../random.ts";
import {
  type ShiftDeployment,
  type ShiftFaultRates,
  type ShiftGroupScenario,
  type ShiftScenario,
  shiftGroup,
  shiftScenario,
} from "../shift/shift-scenario.ts";

export interface EcsScenario extends ShiftScenario {
  readonly platform: "ecs";
  readonly groups: readonly EcsGroupScenario[];
  readonly faults: EcsFaultRates;
  /** From a task set's creation until its tasks run, and from its removal until they are gone. */
  readonly startMilliseconds: number;
  readonly drainMilliseconds: number;
}

export interface EcsFaultRates extends ShiftFaultRates {
  /** Of one task set that serves, in one second: its tasks stop for a while. */
  readonly sickness: number;
  /** Of one task set that is made: its tasks never start. */
  readonly stillbirth: number;
  /** Of one task set that is made: its tasks start, and stop again, and again. */
  readonly crashLoop: number;
}

export interface EcsGroupScenario extends ShiftGroupScenario {
  readonly hasTestListener: boolean;
  /** Its deployments fail as soon as tasks keep stopping. */
  readonly failsEarly: boolean;
  readonly deployments: readonly EcsDeployment[];
}

export interface EcsDeployment extends ShiftDeployment {
  /** Null: traffic does not wait for leave. */
  readonly readyWaitMilliseconds: number | null;
  readonly terminationWaitMilliseconds: number;
}

export function scenarioOf(seed: number): EcsScenario {
  const scenario = shiftScenario(seed, groupOf);
  // Of the seed, and of nothing that is drawn already: the rest stays as it is.
  const { isCalm, faults } = scenario;
  return {
    ...scenario,
    platform: "ecs",
    startMilliseconds: [0, 1_000, 5_000, 20_000][seed % 4] ?? 0,
    drainMilliseconds: [0, 2_000, 10_000][seed % 3] ?? 0,
    faults: {
      ...faults,
      sickness: !isCalm && seed % 2 === 0 ? 0.01 : 0,
      stillbirth: !isCalm && seed % 5 === 0 ? 0.1 : 0,
      crashLoop: !isCalm && seed % 3 === 0 ? 0.15 : 0,
    },
  };
}

function groupOf(random: Random, name: string): EcsGroupScenario {
  const group = shiftGroup(random, name, [
    "BeforeInstall",
    "AfterInstall",
    "AfterAllowTestTraffic",
    "BeforeAllowTraffic",
    "AfterAllowTraffic",
  ]);
  const waitsForLeave = random.chance(0.3);
  const hasTestListener = random.chance(0.5);
  return {
    ...group,
    // Without test traffic there is nothing that its hook could look at: it never runs.
    hooks: group.hooks.filter((event) => hasTestListener || event !== "AfterAllowTestTraffic"),
    hasTestListener,
    failsEarly: random.chance(0.9),
    deployments: group.deployments.map((deployment) => ({
      ...deployment,
      readyWaitMilliseconds: waitsForLeave ? random.pick([2_000, 20_000, 60_000]) : null,
      terminationWaitMilliseconds: random.pick([0, 0, 0, 2_000, 30_000]),
    })),
  };
}
