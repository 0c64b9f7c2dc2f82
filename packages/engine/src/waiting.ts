import type { DeploymentState, TargetState, Waiting } from "./state.ts";
import { isPastReturn } from "./strategies/halting.ts";
import { isShift } from "./strategies/shift/shift-strategies.ts";
import {
  STOP_GRACE_MILLISECONDS,
  WAIT_TOLD_AFTER_MILLISECONDS,
  WAIT_TOLD_AGAIN_MILLISECONDS,
  WAIT_TOLD_AGAIN_SHARE,
} from "./time-limits.ts";

/**
 * When a reason is told that was not told yet; infinity: it was. Words that change from moment to moment must not fill the stream of
 * events.
 */
export function tellWaitAt(reason: string, since: number, told: Waiting | undefined): number {
  if (reason === "" || reason === told?.reason) return Number.POSITIVE_INFINITY;
  if (!told) return since + WAIT_TOLD_AFTER_MILLISECONDS;
  const pause = Math.max(WAIT_TOLD_AGAIN_MILLISECONDS, (told.toldAt - since) * WAIT_TOLD_AGAIN_SHARE);
  return told.toldAt + pause;
}

/** What the deployment as a whole waits for now; undefined: nothing, or nothing that is known. */
export function deploymentWaiting({
  wait,
  waiting,
  continued,
  deploymentId,
  strategy,
}: Pick<DeploymentState, "wait" | "waiting" | "continued" | "deploymentId" | "strategy">):
  | (Omit<Waiting, "toldAt" | "since"> & { readonly since: number | null })
  | undefined {
  if (wait === null) return waiting;
  if (wait.kind === continued) return undefined;
  const { since = null, until } = wait;
  const isOfHosts = strategy.type !== "ecs-blue-green";
  switch (wait.kind) {
    case "ready":
      return {
        reason: `${isOfHosts ? "the replacement hosts are ready. To move the traffic to them" : "the replacement task set is ready. To move the traffic to it"}: sluice continue ${deploymentId}`,
        since,
        until,
      };
    case "termination":
      return {
        reason: `${isOfHosts ? "the original hosts are kept. To roll back to them" : "the original task set is kept. To roll back to it"}: sluice stop ${deploymentId} --rollback. To end this wait now: sluice continue ${deploymentId} --termination`,
        since,
        until,
      };
    case "baking":
      return {
        reason: `${wait.zone === null ? "the hosts without a zone are" : `zone ${wait.zone} is`} monitored before the next zone starts`,
        since,
        until,
      };
    default: {
      const never: never = wait;
      return never;
    }
  }
}

/** When hosts were given their last time to report; null: they were not. Spent health gives nobody a grace, the stop that comes after it does. */
export function stopGraceBegin({
  halt,
  haltedAt,
  stopRequestedAt,
}: Pick<DeploymentState, "halt" | "haltedAt" | "stopRequestedAt">): number | null {
  return (halt === "health" ? undefined : haltedAt) ?? stopRequestedAt;
}

/** What a deployment waits for that is being stopped; undefined: nobody has stopped it, or it goes on in spite of that. */
export function stopWaiting(
  state: Pick<DeploymentState, "halt" | "haltedAt" | "stopRequestedAt" | "stage" | "wait" | "strategy">,
  atWork: readonly Pick<TargetState, "command">[],
): ReturnType<typeof deploymentWaiting> {
  const since = state.stopRequestedAt;
  if (since === null || isPastReturn(state)) return undefined;
  const begin = stopGraceBegin(state) ?? since;
  const isRunning = atWork.some(({ command }) => command?.acknowledgedAt != null && command.by === "agent");
  return {
    reason: isShift(state.strategy)
      ? "a stop was requested: the event in progress ends, and no other begins"
      : "a stop was requested: hosts finish their event in progress and start no other",
    since,
    until: isRunning ? begin + STOP_GRACE_MILLISECONDS : null,
  };
}
