import { LATE_HOSTS_CREATOR } from "./late-hosts.ts";
import { type DeploymentState, isTerminal, type TargetState } from "./state.ts";
import { hasShiftLeftTraces } from "./strategies/shift/shift-rollback.ts";
import { isShift } from "./strategies/shift/shift-strategies.ts";

/** AutoRollbackEvent of the API: what the group, or the deployment instead of it, rolls back on. */
export const ROLLBACK_EVENTS = [
  "DEPLOYMENT_FAILURE",
  "DEPLOYMENT_STOP_ON_ALARM",
  "DEPLOYMENT_STOP_ON_REQUEST",
] as const;
export type RollbackEvent = (typeof ROLLBACK_EVENTS)[number];

/** The creator of every automatic rollback. */
export const ROLLBACK_CREATOR = "codeDeployRollback";

export interface RollbackPolicy {
  readonly creator: string;
  /** Empty when automatic rollback is off. */
  readonly events: readonly RollbackEvent[];
  /** What StopDeployment's autoRollbackEnabled said; undefined: the events decide. */
  readonly afterStop: boolean | undefined;
  /** The group has a successful deployment to go back to. */
  readonly hasLastSuccess: boolean;
}

/** `refused`: it was asked for and cannot or must not be; the message says why, and belongs where people look. */
export type RollbackDecision =
  | { readonly decision: "none" }
  | { readonly decision: "refused"; readonly message: string }
  | { readonly decision: "roll-back" };

/**
 * Whether a deployment that has ended is to be rolled back (codedeploy-semantics.md, section 6). A rollback is never rolled back, and
 * where no host was touched there is nothing to undo.
 */
export function decideRollback(state: DeploymentState, policy: RollbackPolicy): RollbackDecision {
  if (!isTerminal(state.status) || state.status === "Succeeded" || !isWanted(state, policy))
    return { decision: "none" };
  const { deploymentId } = state;
  if (policy.creator === ROLLBACK_CREATOR) {
    return refused(
      `Deployment ${deploymentId} is itself a rollback, and a rollback is not rolled back. Check its hosts and deploy again.`,
    );
  }
  if (policy.creator === LATE_HOSTS_CREATOR) {
    return refused(
      `Deployment ${deploymentId} installed the group's current revision on hosts that joined later: there is no other revision to roll back to.`,
    );
  }
  if (isShift(state.strategy)) {
    if (hasShiftLeftTraces(state)) return { decision: "roll-back" };
    return refused(`Deployment ${deploymentId} changed nothing: there is nothing to roll back.`);
  }
  if (state.strategy.type === "blue-green") {
    if (hasMovedTraffic(state)) return { decision: "roll-back" };
    return refused(
      `Deployment ${deploymentId} registered no replacement host with the load balancer and deregistered no original host: there is nothing to roll back.`,
    );
  }
  if (state.strategy.type === "in-place" && state.strategy.restarts) {
    return refused(
      `Deployment ${deploymentId} restarted the group's current revision and installed nothing: there is no other revision to roll back to. To install the revision again, create a deployment of it.`,
    );
  }
  if (!(state.targets ?? []).some((target) => target.status !== "Skipped" && target.status !== "Pending")) {
    return refused(`Deployment ${deploymentId} changed no host: there is nothing to roll back.`);
  }
  if (!policy.hasLastSuccess) {
    return refused(`Deployment ${deploymentId} is not rolled back: its group has no earlier successful deployment.`);
  }
  return { decision: "roll-back" };
}

/** The way back of a blue/green deployment is that of its traffic; what was installed on hosts that served nobody stays. */
function hasMovedTraffic({ targets }: DeploymentState): boolean {
  return (targets ?? []).some((target) => hasHadTrafficMoved(target));
}

/** Whether a host's traffic is, or may be, other than before the deployment. */
export function hasHadTrafficMoved({ lifecycleEvents }: TargetState): boolean {
  return lifecycleEvents.some(({ by, startedAt }) => by === "balancer" && startedAt !== null);
}

/** What was said with the stop holds, also where hosts failed before it had ended them or an alarm came first. */
function isWanted(state: DeploymentState, { events, afterStop }: RollbackPolicy): boolean {
  if (afterStop !== undefined) return afterStop;
  if (state.status === "Failed") return events.includes("DEPLOYMENT_FAILURE");
  if (state.error?.code === "ALARM_ACTIVE") return events.includes("DEPLOYMENT_STOP_ON_ALARM");
  return events.includes("DEPLOYMENT_STOP_ON_REQUEST");
}

function refused(message: string): RollbackDecision {
  return { decision: "refused", message };
}

/** The wire's words, of which clients match the ids. */
export function rollbackMessages(
  failedId: string,
  rollbackId: string,
): { readonly onFailed: string; readonly onRollback: string } {
  return {
    onFailed: `Deployment ${failedId} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackId}.`,
    onRollback: `Deployment ${rollbackId} is triggered to roll back deployment ${failedId}.`,
  };
}
