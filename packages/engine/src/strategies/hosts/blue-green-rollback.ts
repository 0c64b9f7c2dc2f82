import type { Draft } from "../../draft.ts";
import { originalsNotRestoredError, replacementsNotBlockedError, trafficLeftSplit } from "../../messages.ts";
import type { DeploymentState } from "../../state.ts";
import { BLUE_GREEN_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";
import { isHealthMet } from "./admission.ts";
import { labelled } from "./blue-green.ts";
import { hostRulesOf } from "./host-rules.ts";
import type { HostStages, StageView } from "./host-stages.ts";
import { startBlueGreenRollback } from "./host-start.ts";
import { minimumHealthyHosts } from "./minimum-healthy-hosts.ts";
import { sortIntoBuckets } from "./target-buckets.ts";

/**
 * The way back of a blue/green deployment: the originals join their load balancer again, and only when they serve do the
 * replacements leave it. Nothing is installed. All hosts of a stage go at once: going back is not the moment for caution.
 */
export const BLUE_GREEN_ROLLBACK: HostStages = {
  timeoutMilliseconds: BLUE_GREEN_TIMEOUT_MILLISECONDS,
  start: startBlueGreenRollback,

  view(state: DeploymentState): StageView {
    const isAllowing = state.stage === "allow";
    const originals = labelled(state, "Blue").length;
    const buckets = sortIntoBuckets(labelled(state, isAllowing ? "Blue" : "Green"));
    return {
      buckets,
      // The rule was made for a whole fleet, and the originals that were never taken out are not among these.
      minimum: Math.min(minimumHealthyHosts(hostRulesOf(state).healthRule, originals), originals),
      endsWhenSpent: false,
      admissible: buckets.waiting,
    };
  },

  proceed(draft: Draft, { buckets, minimum }: StageView): void {
    if (draft.state.stage === "allow") {
      const hasOriginals = labelled(draft.state, "Blue").length > 0;
      // Without originals that serve, taking the replacements out would take the service down.
      if (hasOriginals && !isHealthMet(buckets, minimum)) {
        draft.decide({
          type: "admissionHalted",
          halt: "health",
          error: originalsNotRestoredError(buckets, minimum),
        });
        return;
      }
      draft.decide({ type: "stageEntered", stage: "block" });
      return;
    }
    const originalsFailed = labelled(draft.state, "Blue").filter(({ status }) => status === "Failed");
    if (buckets.failed.length > 0 || originalsFailed.length > 0) {
      const failed = sortIntoBuckets([...originalsFailed, ...buckets.failed]);
      for (const message of trafficLeftSplit(draft.state)) draft.decide({ type: "statusMessageAdded", message });
      draft.decide({ type: "deploymentFailed", error: replacementsNotBlockedError(failed) });
      return;
    }
    draft.decide({ type: "deploymentSucceeded" });
  },

  describeHalt: trafficLeftSplit,
};
