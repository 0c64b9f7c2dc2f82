import { type ShiftGroupScenario, type ShiftScenario, shiftGroup, shiftScenario } from "../shift/shift-scenario.ts";

export interface LambdaScenario extends ShiftScenario {
  readonly platform: "lambda";
  readonly groups: readonly LambdaGroupScenario[];
}

export interface LambdaGroupScenario extends ShiftGroupScenario {
  /** From a version's publication until it can be invoked. */
  readonly activationMilliseconds: number;
}

export function scenarioOf(seed: number): LambdaScenario {
  const scenario = shiftScenario(seed, (random, name) => ({
    ...shiftGroup(random, name, ["BeforeAllowTraffic", "AfterAllowTraffic"]),
    activationMilliseconds: random.pick([0, 0, 0, 2_000, 20_000]),
  }));
  return { ...scenario, platform: "lambda" };
}
