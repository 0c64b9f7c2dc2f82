import { invariant } from "@sluice/model/invariant.ts";
import type { Draft } from "../../draft.ts";
import { hostTargets } from "../../host-targets.ts";
import { healthError, hostsLeftBlocked, succeededWithFailures } from "../../messages.ts";
import type { DeploymentState } from "../../state.ts";
import { IN_PLACE_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";
import { admissibleTargets, isHealthMet } from "./admission.ts";
import type { HostStages, StageView } from "./host-stages.ts";
import { startInPlace } from "./host-start.ts";
import { refuseRestarts } from "./restarts.ts";
import { sortIntoBuckets } from "./target-buckets.ts";
import { prepareZones, zoneGate } from "./zones.ts";

/** The hosts that serve get the revision, in groups as large as their health allows; zone after zone where that was asked for. */
export const IN_PLACE: HostStages = {
  timeoutMilliseconds: IN_PLACE_TIMEOUT_MILLISECONDS,

  start(state, found) {
    invariant(state.strategy.type === "in-place", "the strategy is in place");
    return startInPlace(state, state.strategy, found);
  },

  view(state: DeploymentState): StageView {
    const { minimumHealthyHosts: minimum } = state;
    invariant(minimum !== null, "a deployment in progress has a minimum");
    const buckets = sortIntoBuckets(hostTargets(state));
    const admissible = admissibleTargets(buckets, minimum, zoneGate(state));
    return { buckets, minimum, endsWhenSpent: true, admissible };
  },

  refuse: refuseRestarts,
  prepare: prepareZones,

  proceed(draft: Draft, { buckets, minimum }: StageView): void {
    for (const message of hostsLeftBlocked(draft.state)) draft.decide({ type: "statusMessageAdded", message });
    if (!isHealthMet(buckets, minimum)) {
      draft.decide({ type: "deploymentFailed", error: healthError(buckets, minimum) });
      return;
    }
    if (buckets.failed.length > 0)
      draft.decide({ type: "statusMessageAdded", message: succeededWithFailures(buckets) });
    draft.decide({ type: "deploymentSucceeded" });
  },

  describeHalt: hostsLeftBlocked,
};
