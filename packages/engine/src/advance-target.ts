import { invariant } from "@sluice/model/invariant.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { TargetEvent } from "./event.ts";
import type { PlannedEvent } from "./planned-event.ts";
import type { LifecycleEventState, TargetState } from "./state.ts";

/** What of a deployment bears on the next step of one target. */
export interface AdvancePolicy {
  /** The lifecycle events whose failure is not the target's. */
  readonly forgiven: ReadonlySet<LifecycleEventName>;
}

/**
 * What a target does next, now that it has nothing to do: the one rule for planner, hot path and simulation alike.
 * Empty when the target is not under way, or still has a command.
 */
export function advanceTarget(target: TargetState, policy: AdvancePolicy): readonly TargetEvent[] {
  if (target.status !== "InProgress" || target.command !== null) return [];
  const { targetId } = target;
  if (target.lifecycleEvents.some((event) => isDecisiveFailure(event, policy)))
    return [{ type: "targetFailed", targetId }];
  const next = nextEvent(target);
  if (!next) return [{ type: "targetSucceeded", targetId }];
  return [next.awaitsLeave ? { type: "targetReady", targetId } : offer(targetId, next)];
}

/** The first event of a target that waits for its turn, or for its leave. */
export function startTarget(target: TargetState): TargetEvent {
  const next = nextEvent(target);
  invariant(next, `${target.targetId} has nothing left to start with`);
  return offer(target.targetId, next);
}

function nextEvent({ lifecycleEvents }: TargetState): LifecycleEventState | undefined {
  return lifecycleEvents.find((event) => event.status === "Pending");
}

function offer(targetId: string, { name, by }: PlannedEvent): TargetEvent {
  return { type: "commandOffered", targetId, event: name, by, attempt: 1 };
}

function isDecisiveFailure(event: LifecycleEventState, policy: AdvancePolicy): boolean {
  if (event.status !== "Failed") return false;
  return !policy.forgiven.has(event.name);
}
