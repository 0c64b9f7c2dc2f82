import type { Draft } from "../draft.ts";
import type { Effect } from "../event.ts";
import { stopError } from "../messages.ts";
import type { TargetResolution } from "../observation.ts";
import type { DeploymentState } from "../state.ts";
import type { Rollout } from "./rollout.ts";

/** What is wanted of the outside before a deployment can start: its targets, and what bears on them. */
export function resolution({ deploymentId }: DeploymentState): Effect {
  return { kind: "resolveTargets", key: `${deploymentId}/-/resolveTargets/1` };
}

/** From Created to InProgress, or straight to the end when the deployment cannot start. `found` is absent only when stopped. */
export function startDeployment(draft: Draft, found: TargetResolution | undefined, rollout: Rollout): void {
  const { state } = draft;
  if (state.stopRequestedAt !== null || !found) {
    draft.decide({ type: "deploymentStopped", error: stopError(state, null) });
    return;
  }
  if (found.outcome === "failed") {
    const type = found.status === "Stopped" ? "deploymentStopped" : "deploymentFailed";
    draft.decide({ type, error: found.error });
    return;
  }
  const start = rollout.start(state, found);
  if ("error" in start) {
    draft.decide({ type: "deploymentFailed", error: start.error });
    return;
  }
  const { obstacle, warnings = [], bundle } = found;
  for (const message of [...warnings, ...(start.warnings ?? [])]) draft.decide({ type: "statusMessageAdded", message });
  if (obstacle) {
    const { status, error } = obstacle;
    draft.decide({ type: status === "Stopped" ? "deploymentStopped" : "deploymentFailed", error });
    return;
  }
  const { minimumHealthyHosts, targets } = start;
  draft.decide({
    type: "deploymentStarted",
    ...(minimumHealthyHosts === undefined ? {} : { minimumHealthyHosts }),
    targets,
    ...(bundle ? { bundle } : {}),
  });
  if (start.firstStage !== state.stage) draft.decide({ type: "stageEntered", stage: start.firstStage });
}
