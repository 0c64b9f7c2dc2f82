import { LATE_HOSTS_CREATOR } from "@sluice/engine/late-hosts.ts";
import { ROLLBACK_CREATOR } from "@sluice/engine/rollback.ts";
import type { DeploymentState, Wait } from "@sluice/engine/state.ts";
import { isPastReturn } from "@sluice/engine/strategies/halting.ts";
import { changeOfShift, scheduleOf } from "@sluice/engine/strategies/shift/shift-gates.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { ShiftAction } from "@sluice/engine/traffic-shift.ts";
import type { DeploymentActionView } from "@sluice/wire/sluice/console-api.ts";
import { consequenceOf } from "./action-consequences.ts";
import { type ActionFacts, DEPLOYMENT_ACTIONS, type DeploymentAction } from "./action-facts.ts";

/**
 * What can be done to a deployment now, and what perhaps later: of one that is over it is only `roll-back`. ActOnDeployment accepts an action
 * exactly where {@link whyRefused} has nothing against it. Pure.
 *
 * `stop` leaves everything as it stands whatever the group says of rollbacks (StopDeployment with `autoRollbackEnabled: false`),
 * `stop-and-roll-back` rolls back whatever it says (`true`).
 */
export function deploymentActions(facts: ActionFacts): DeploymentActionView[] {
  const shown = DEPLOYMENT_ACTIONS.filter(
    (action) => exists(action, facts) && (facts.isActive || action === "roll-back"),
  );
  return shown.map((action) => {
    const unavailable = whyUnavailable(action, facts);
    return {
      action,
      consequence: consequenceOf(action, facts),
      command: commandOf(action, facts),
      ...(unavailable === undefined ? {} : { unavailable }),
    };
  });
}

/** Why an action cannot be done now: a sentence without a full stop. Undefined: it can. */
export function whyRefused(action: DeploymentAction, facts: ActionFacts): string | undefined {
  if (exists(action, facts)) return whyUnavailable(action, facts);
  switch (action) {
    case "continue":
      return "it never waits to be continued before the traffic moves";
    case "skip-wait":
      return "it keeps nothing for a way back that could be ended early";
    default:
      return "no traffic is shifted by weights in it";
  }
}

function exists(action: DeploymentAction, { state }: ActionFacts): boolean {
  const { strategy } = state;
  switch (action) {
    case "next":
    case "finish":
    case "pause":
    case "resume":
      return scheduleOf(state) !== undefined;
    case "continue":
      return "readyWaitMilliseconds" in strategy && strategy.readyWaitMilliseconds !== null;
    case "skip-wait":
      return "terminationWaitMilliseconds" in strategy && (strategy.terminationWaitMilliseconds ?? 0) > 0;
    case "stop":
    case "stop-and-roll-back":
    case "roll-back":
      return true;
    default: {
      const never: never = action;
      return never;
    }
  }
}

/** A sentence without a full stop; undefined: it can be done. */
function whyUnavailable(action: DeploymentAction, facts: ActionFacts): string | undefined {
  if (action === "roll-back") return whyNotRollBack(facts);
  const { state, isActive } = facts;
  if (!isActive) return `the deployment is over: ${state.status}`;
  switch (action) {
    case "next":
    case "finish":
    case "pause":
    case "resume":
      return whyNotShift(action, state);
    case "continue":
      return whyNotContinue("ready", state);
    case "skip-wait":
      return whyNotContinue("termination", state);
    case "stop":
      return whyNotStop(facts, false);
    case "stop-and-roll-back":
      return whyNotStop(facts, true);
    default: {
      const never: never = action;
      return never;
    }
  }
}

function whyNotShift(action: ShiftAction, state: DeploymentState): string | undefined {
  const change = changeOfShift(state, action);
  if (change.outcome === "refused") return change.reason;
  if (change.outcome === "changed") return undefined;
  if (action === "pause") return "the shift is paused already";
  return action === "resume" ? "the shift is not paused" : "it was asked for already";
}

function whyNotContinue(kind: Wait["kind"], { wait, continued, stopRequestedAt }: DeploymentState): string | undefined {
  if (wait?.kind !== kind) {
    return kind === "ready"
      ? "the deployment does not wait for it now"
      : "the original ones do not wait for their end now";
  }
  if (continued === kind) return "it was asked for already";
  return stopRequestedAt === null ? undefined : "it is being stopped";
}

/** A stop can be taken for the other one while the deployment still ends. */
function whyNotStop({ state, creator, rollBackAfterStop, group }: ActionFacts, rollsBack: boolean): string | undefined {
  if (isPastReturn(state)) {
    return isShift(state.strategy)
      ? "all traffic is where it was to go, and the other task set is being removed"
      : "the replacement hosts serve, and the original ones are being terminated";
  }
  if (state.stopRequestedAt !== null && rollBackAfterStop === rollsBack) return "it is being stopped already";
  if (!rollsBack) return undefined;
  if (creator === ROLLBACK_CREATOR) return "it is itself a rollback, and a rollback is not rolled back";
  if (creator === LATE_HOSTS_CREATOR) {
    return "it installs the group's current revision on hosts that joined later: there is no other to roll back to";
  }
  const needsSuccess = state.strategy.type === "in-place";
  if (needsSuccess && group?.hasLastSuccess !== true) return "its group has no earlier successful deployment";
  return undefined;
}

function whyNotRollBack({
  state,
  isActive,
  group,
  earlier,
  hasReplacements,
  ...names
}: ActionFacts): string | undefined {
  if (group === null) return "its deployment group was deleted";
  if (isActive) {
    return "the deployment is not over, and a group has one at a time: stop it first, or use stop-and-roll-back";
  }
  if (group.otherActiveId !== undefined) {
    return `${group.otherActiveId} is in progress in the group, which has one deployment at a time: stop it first`;
  }
  if (earlier === undefined) return "the group has no successful deployment of another revision";
  const isBlueGreen = state.strategy.type === "blue-green" || state.strategy.type === "blue-green-rollback";
  if (isBlueGreen && hasReplacements !== true) {
    const { applicationName, deploymentGroupName } = names;
    return `a blue/green deployment to hosts needs the tags of its replacement hosts: sluice rollback --application ${applicationName} --group ${deploymentGroupName} --target-tag KEY=VALUE`;
  }
  return undefined;
}

function commandOf(action: DeploymentAction, facts: ActionFacts): string {
  const { deploymentId } = facts.state;
  switch (action) {
    case "next":
    case "finish":
    case "pause":
    case "resume":
      return `sluice shift ${action} ${deploymentId}`;
    case "continue":
      return `sluice continue ${deploymentId}`;
    case "skip-wait":
      return `sluice continue ${deploymentId} --termination`;
    case "stop":
      return `sluice stop ${deploymentId} --no-rollback`;
    case "stop-and-roll-back":
      return `sluice stop ${deploymentId} --rollback`;
    case "roll-back": {
      const { applicationName, deploymentGroupName, earlier } = facts;
      const to = earlier === undefined ? "" : ` --to ${earlier.deploymentId}`;
      return `sluice rollback --application ${applicationName} --group ${deploymentGroupName}${to}`;
    }
    default: {
      const never: never = action;
      return never;
    }
  }
}
