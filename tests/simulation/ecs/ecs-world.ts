import type { Platform } from "../platform.ts";
import { plural } from "../plural.ts";
import { ECS_RULES } from "../rules/ecs/ecs-rules.ts";
import { FaultyPort } from "../shift/faulty-port.ts";
import { namesIn, shiftLines } from "../shift/shift-story.ts";
import { type ShiftPlants, ShiftWorld } from "../shift/shift-world.ts";
import { smallerShifts } from "../shift/smaller-shift.ts";
import type { WorldParts } from "../world-parts.ts";
import { type EcsFaultRates, type EcsScenario, scenarioOf } from "./ecs-scenario.ts";
import { SimulatedServices } from "./simulated-services.ts";
import type { EcsMoments, EcsWatchParts } from "./watched-services.ts";

/** Deployments to services: a replacement task set takes the traffic over. */
export const ECS: Platform<EcsScenario, ShiftPlants> = {
  scenarioOf,
  smallerThan: smallerShifts,
  describe: ({ groups }) => plural(groups.length, "service"),
  linesOf: shiftLines,
  namesIn,
  begin,
};

function begin(scenario: EcsScenario, world: WorldParts<EcsFaultRates>, plants: ShiftPlants) {
  const way = new FaultyPort({ ...world, onFault: world.count });
  const services = new SimulatedServices({
    world,
    scenario,
    way,
    plants,
    onMoved: (groupId) => shifts.tell("trafficMoved", groupId),
    onRemoval: (groupId, taskSetId) => shifts.tell("removalAsked", groupId, taskSetId),
  });
  const shifts = new ShiftWorld<EcsWatchParts, EcsMoments>({
    scenario,
    world,
    way,
    plants,
    rules: ECS_RULES,
    outside: services,
    watchParts: (parts) => ({
      ...parts,
      taskSetOf: (groupId, taskSetId) => services.taskSetOf(groupId, taskSetId),
      primaryOf: (groupId) => services.primaryOf(groupId),
      servedBefore: (watched) => services.servedBefore(watched),
      testPercentOf: (watched) => services.testPercentOf(watched),
    }),
  });
  return shifts;
}
