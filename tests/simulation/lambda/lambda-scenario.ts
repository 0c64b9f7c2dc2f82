import type { Random } from "../random.ts";
import {
  type ShiftDeployment,
  type ShiftFaultRates,
  type ShiftGroupScenario,
  type ShiftScenario,
  shiftGroup,
  shiftScenario,
} from "../shift/shift-scenario.ts";

export interface LambdaScenario extends ShiftScenario {
  readonly platform: "lambda";
  readonly groups: readonly LambdaGroupScenario[];
  readonly faults: LambdaFaultRates;
}

export interface LambdaFaultRates extends ShiftFaultRates {
  /** Of one alias that a deployment is about, in one second: somebody else points it at a version of theirs. */
  readonly meddling: number;
}

export interface LambdaGroupScenario extends ShiftGroupScenario {
  /** From a version's publication until it can be invoked. */
  readonly activationMilliseconds: number;
  readonly deployments: readonly LambdaDeployment[];
}

export interface LambdaDeployment extends ShiftDeployment {
  /** The AppSpec leaves the current version to the alias. */
  readonly isFromAlias: boolean;
}

export function scenarioOf(seed: number): LambdaScenario {
  const scenario = shiftScenario(seed, (random, name) => groupOf(random, name, seed));
  // Of the seed, and of nothing that is drawn already: the rest stays as it is.
  const { isCalm, faults } = scenario;
  const meddling = !isCalm && seed % 4 === 0 ? 0.005 : 0;
  return { ...scenario, platform: "lambda", faults: { ...faults, meddling } };
}

function groupOf(random: Random, name: string, seed: number): LambdaGroupScenario {
  const group = shiftGroup(random, name, ["BeforeAllowTraffic", "AfterAllowTraffic"]);
  return {
    ...group,
    activationMilliseconds: random.pick([0, 0, 0, 2_000, 20_000]),
    deployments: group.deployments.map((deployment, index) => ({
      ...deployment,
      isFromAlias: (seed + index) % 3 === 0,
    })),
  };
}
