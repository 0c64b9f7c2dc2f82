import type { ECSTaskSet } from "@aws-sdk/client-codedeploy";
import { isSameTargetGroup, targetGroupName } from "@sluice/engine/ports/target-group-name.ts";
import type { TaskSet } from "@sluice/engine/ports/task-sets.ts";
import type { EcsServiceTarget, Strategy } from "@sluice/engine/state.ts";
import { type EcsBlueGreen, type EcsRollback, otherGroup } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { EcsServiceNow, EcsServices } from "../../../platforms/ecs-services.ts";

type OfEcs = EcsBlueGreen | EcsRollback;

export function isOfEcs(strategy: Strategy): strategy is OfEcs {
  return strategy.type === "ecs-blue-green" || strategy.type === "ecs-rollback";
}

/**
 * The deployment's task sets as they are now, and as they are stored where nobody can say. Once the deployment has ended the listeners are
 * others' to change: then the weights are those that it left.
 */
export async function taskSetsInfo(
  target: EcsServiceTarget,
  { strategy, hasEnded }: { readonly strategy: OfEcs; readonly hasEnded: boolean },
  services: EcsServices,
): Promise<ECSTaskSet[]> {
  const { originalTaskSetId, originalTargetGroup, replacementTaskSetId } = target;
  const replacementGroup = otherGroup(strategy.pair, originalTargetGroup);
  const stored = storedWeights(target, strategy);
  const now = await services.look(strategy.service, hasEnded && stored ? null : strategy.pair);
  const blue = { taskSetId: originalTaskSetId, targetGroup: originalTargetGroup, weight: stored?.original };
  const sets = [taskSetInfo("Blue", blue, now)];
  if (replacementTaskSetId === null) return sets;
  const green = { taskSetId: replacementTaskSetId, targetGroup: replacementGroup, weight: stored?.replacement };
  return [...sets, taskSetInfo("Green", green, now)];
}

interface StoredSet {
  readonly taskSetId: string;
  readonly targetGroup: string;
  /** Percent, as it was last reported as set; undefined: nothing was. */
  readonly weight: number | undefined;
}

function taskSetInfo(taskSetLabel: "Blue" | "Green", stored: StoredSet, now: EcsServiceNow): ECSTaskSet {
  const { taskSetId, targetGroup: group, weight } = stored;
  const found = now.service?.taskSets.find((taskSet) => taskSet.taskSetId === taskSetId);
  const targetGroup = { name: targetGroupName(found?.targetGroup ?? group) };
  // Also of a set that is gone: where traffic goes to its group all the same, nobody answers it.
  const trafficWeight = liveWeight(found?.targetGroup ?? group, now) ?? weight;
  const common = { identifer: taskSetId, targetGroup, taskSetLabel, trafficWeight };
  if (now.service === undefined) return common;
  // A service that is gone, or a set of it, runs nothing.
  return { ...common, ...(found ? counts(found) : NO_TASKS) };
}

const NO_TASKS = { desiredCount: 0, pendingCount: 0, runningCount: 0, status: "DRAINING" } as const;

function counts({ desiredCount, pendingCount, runningCount, status }: TaskSet) {
  return { desiredCount, pendingCount, runningCount, status };
}

function liveWeight(targetGroup: string, { traffic }: EcsServiceNow): number | undefined {
  return traffic?.production?.find((weight) => isSameTargetGroup(weight.targetGroup, targetGroup))?.percent;
}

/** Of the way back nothing is known before it has set its weight: it goes back from wherever the other deployment was. */
function storedWeights({ shift }: EcsServiceTarget, strategy: OfEcs) {
  if (strategy.type === "ecs-rollback" && shift.step === 0) return undefined;
  return { original: 100 - shift.percent, replacement: shift.percent };
}
