import { IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import { admissionOrder } from "../admission.ts";
import type { Draft } from "../draft.ts";
import { TARGETS_MAX } from "../limits.ts";
import { minimumUnreachableError, noInstancesError, stopError, tooManyInstancesError } from "../messages.ts";
import { minimumHealthyHosts } from "../minimum-healthy-hosts.ts";
import type { TargetResolution } from "../observation.ts";

/** From Created to InProgress, or straight to the end when the deployment cannot start. `resolution` is absent only when stopped. */
export function startInPlace(draft: Draft, resolution: TargetResolution | undefined): void {
  const { state } = draft;
  if (state.stopRequestedAt !== null || !resolution) {
    draft.decide({ type: "deploymentStopped", error: stopError(state, null) });
    return;
  }
  if (resolution.outcome === "failed") {
    draft.decide({ type: "deploymentFailed", error: resolution.error });
    return;
  }
  const { candidates } = resolution;
  if (candidates.length === 0) {
    draft.decide({ type: "deploymentFailed", error: noInstancesError(state, resolution.upToDate ?? 0) });
    return;
  }
  if (candidates.length > TARGETS_MAX) {
    draft.decide({ type: "deploymentFailed", error: tooManyInstancesError(candidates.length, TARGETS_MAX) });
    return;
  }
  const minimum = minimumHealthyHosts(state.healthRule, candidates.length);
  if (minimum >= candidates.length) {
    draft.decide({ type: "deploymentFailed", error: minimumUnreachableError(state, candidates.length, minimum) });
    return;
  }
  const targets = admissionOrder(candidates).map((candidate) => ({ ...candidate, lifecycleEvents: IN_PLACE_EVENTS }));
  draft.decide({ type: "deploymentStarted", minimumHealthyHosts: minimum, targets });
}
