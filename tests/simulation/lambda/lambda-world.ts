import type { Platform } from "../platform.ts";
import { plural } from "../plural.ts";
import { SHIFT_RULES } from "../rules/shift/shift-rules.ts";
import { FaultyPort } from "../shift/faulty-port.ts";
import type { ShiftFaultRates } from "../shift/shift-scenario.ts";
import { namesIn, shiftLines } from "../shift/shift-story.ts";
import { type ShiftPlants, ShiftWorld } from "../shift/shift-world.ts";
import { smallerShifts } from "../shift/smaller-shift.ts";
import type { ShiftMoments, ShiftWatchParts } from "../shift/watched-shifts.ts";
import type { WorldParts } from "../world-parts.ts";
import { type LambdaScenario, scenarioOf } from "./lambda-scenario.ts";
import { SimulatedFunctions } from "./simulated-functions.ts";

/** Deployments to functions: an alias moves from one version to the next. */
export const LAMBDA: Platform<LambdaScenario, ShiftPlants> = {
  scenarioOf,
  smallerThan: smallerShifts,
  describe: ({ groups }) => plural(groups.length, "function"),
  linesOf: shiftLines,
  namesIn,
  begin,
};

function begin(scenario: LambdaScenario, world: WorldParts<ShiftFaultRates>, plants: ShiftPlants) {
  const way = new FaultyPort({ ...world, onFault: world.count });
  const onMoved = (groupId: string) => shifts.tell("trafficMoved", groupId);
  const outside = new SimulatedFunctions({ world, groups: scenario.groups, way, plants, onMoved });
  const shifts = new ShiftWorld<ShiftWatchParts, ShiftMoments>({
    scenario,
    world,
    way,
    plants,
    rules: SHIFT_RULES,
    outside,
    watchParts: (parts) => parts,
  });
  return shifts;
}
