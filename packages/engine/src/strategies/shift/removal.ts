import type { Draft } from "../../draft.ts";
import { cameTooLate } from "../../messages.ts";
import type { Observation } from "../../observation.ts";
import type { EcsService } from "../../ports/task-sets.ts";
import type { DeploymentState } from "../../state.ts";
import type { ShiftTarget } from "./phase.ts";
import type { ShiftEffect } from "./shift-effects.ts";
import { taskSetNotRemoved } from "./shift-messages.ts";

export type Removal = Extract<ShiftEffect, { kind: "removeTaskSet" }>;

/** A task set that serves nobody any more. */
export function removalOf(
  { deploymentId }: DeploymentState,
  { targetId }: ShiftTarget,
  service: EcsService,
  taskSetId: string,
): Removal {
  return { kind: "removeTaskSet", key: `${deploymentId}/${targetId}/removeTaskSet/1`, targetId, service, taskSetId };
}

/** The traffic is where it was to go, so what is left of the other side is no reason to fail, and every reason to be named. */
export function finishRemoval(draft: Draft, observation: Observation, { key, targetId, taskSetId }: Removal): void {
  const { reports, alarms } = observation;
  const report = reports?.get(key);
  if (report?.outcome === "failed") {
    draft.decide({ type: "statusMessageAdded", message: taskSetNotRemoved(taskSetId, report.detail) });
  } else if (report?.outcome === "done") {
    draft.decide({ type: "taskSetRemoved", targetId, taskSetId });
  } else return;
  for (const message of cameTooLate(draft.state, alarms)) draft.decide({ type: "statusMessageAdded", message });
  draft.decide({ type: "deploymentSucceeded" });
}
