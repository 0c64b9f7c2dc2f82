import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { TargetEvent } from "./event.ts";
import type { LifecycleEventState, TargetState } from "./state.ts";

/** What of a deployment bears on the next step of one target. */
export interface AdvancePolicy {
  readonly ignoreApplicationStopFailures: boolean;
}

/** Events whose failure `ignoreApplicationStopFailures` forgives (CreateDeployment's documentation). */
const FORGIVABLE_EVENTS: ReadonlySet<LifecycleEventName> = new Set([
  "ApplicationStop",
  "BeforeBlockTraffic",
  "AfterBlockTraffic",
]);

/**
 * What a target does next, now that it has nothing to do: the one rule for planner, hot path and simulation alike.
 * Empty when the target is not under way, or still has a command.
 */
export function advanceTarget(target: TargetState, policy: AdvancePolicy): readonly TargetEvent[] {
  if (target.status !== "InProgress" || target.command !== null) return [];
  const { targetId } = target;
  if (target.lifecycleEvents.some((event) => isDecisiveFailure(event, policy)))
    return [{ type: "targetFailed", targetId }];
  const next = target.lifecycleEvents.find((event) => event.status === "Pending");
  if (!next) return [{ type: "targetSucceeded", targetId }];
  // A replacement host waits here for the deployment's leave; everything before and after goes on by itself.
  if (target.label === "Green" && next.name === "BeforeAllowTraffic") return [{ type: "targetReady", targetId }];
  return [{ type: "commandOffered", targetId, event: next.name, attempt: 1 }];
}

function isDecisiveFailure(event: LifecycleEventState, policy: AdvancePolicy): boolean {
  if (event.status !== "Failed") return false;
  return !(policy.ignoreApplicationStopFailures && FORGIVABLE_EVENTS.has(event.name));
}
