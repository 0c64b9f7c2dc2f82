import { isTrafficEvent, type LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { CommandState, HostTarget, LambdaAliasTarget, LifecycleEventState } from "./state.ts";

/** A host that waits for its turn, and has nothing to do, unless told otherwise. */
export function hostTarget(targetId: string, changes: Partial<HostTarget> = {}): HostTarget {
  return {
    type: "host",
    targetId,
    hostName: targetId,
    kind: "instance",
    zone: null,
    label: null,
    status: "Pending",
    wasHealthy: false,
    revisionHealth: "Unknown",
    lifecycleEvents: [],
    command: null,
    agentIssue: false,
    updatedAt: 0,
    ...changes,
  };
}

/** A function of which nothing was shifted yet, and for which nothing is done, unless told otherwise. */
export function lambdaTarget(targetId: string, changes: Partial<LambdaAliasTarget> = {}): LambdaAliasTarget {
  return {
    type: "lambda-alias",
    targetId,
    functionName: targetId,
    aliasName: "live",
    currentVersion: "1",
    targetVersion: "2",
    shift: { step: 0, percent: 0, changedAt: null, asked: null },
    status: "Pending",
    lifecycleEvents: [],
    command: null,
    updatedAt: 0,
    ...changes,
  };
}

/** An event of a host that has not begun, unless told otherwise. */
export function hostEvent(name: LifecycleEventName, changes: Partial<LifecycleEventState> = {}): LifecycleEventState {
  const by = isTrafficEvent(name) ? "balancer" : "agent";
  return { name, by, status: "Pending", startedAt: null, endedAt: null, diagnostics: null, ...changes };
}

/** What a host was offered and has not acknowledged, unless told otherwise. */
export function hostCommand(event: LifecycleEventName, changes: Partial<CommandState> = {}): CommandState {
  const by = isTrafficEvent(event) ? "balancer" : "agent";
  return {
    event,
    by,
    attempt: 1,
    availableAt: 0,
    acknowledgedAt: null,
    acknowledgedOffer: null,
    missedHeartbeats: 0,
    ...changes,
  };
}
