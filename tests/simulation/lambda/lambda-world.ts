import type { Platform } from "../platform.ts";
import { plural } from "../plural.ts";
import { LAMBDA_RULES } from "../rules/lambda/lambda-rules.ts";
import { FaultyPort } from "../shift/faulty-port.ts";
import { namesIn, shiftLines } from "../shift/shift-story.ts";
import { type ShiftPlants, ShiftWorld } from "../shift/shift-world.ts";
import { smallerShifts } from "../shift/smaller-shift.ts";
import type { WorldParts } from "../world-parts.ts";
import { type LambdaFaultRates, type LambdaScenario, scenarioOf } from "./lambda-scenario.ts";
import { SimulatedFunctions } from "./simulated-functions.ts";
import type { LambdaMoments, LambdaWatchParts } from "./watched-functions.ts";

/** Deployments to functions: an alias moves from one version to the next. */
export const LAMBDA: Platform<LambdaScenario, ShiftPlants> = {
  scenarioOf,
  smallerThan: smallerShifts,
  describe: ({ groups }) => plural(groups.length, "function"),
  linesOf: shiftLines,
  namesIn,
  begin,
};

function begin(scenario: LambdaScenario, world: WorldParts<LambdaFaultRates>, plants: ShiftPlants) {
  const way = new FaultyPort({ ...world, onFault: world.count });
  const functions = new SimulatedFunctions({
    world,
    groups: scenario.groups,
    way,
    plants,
    onMoved: (groupId) => shifts.tell("trafficMoved", groupId),
    onOverwritten: (groupId) => shifts.tell("othersOverwritten", groupId),
  });
  const shifts = new ShiftWorld<LambdaWatchParts, LambdaMoments>({
    scenario,
    world,
    way,
    plants,
    rules: LAMBDA_RULES,
    outside: functions,
    watchParts: (parts) => ({
      ...parts,
      routingOf: (groupId) => functions.routingOf(groupId),
      servedBefore: (groupId) => functions.servedBefore(groupId),
    }),
  });
  return shifts;
}
