import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import { AGENT_RESTART_MESSAGE } from "@sluice/model/diagnostics.ts";
import type { HostLiveness } from "./observation.ts";
import type { DeploymentError, DeploymentState, LifecycleEventState, TargetState } from "./state.ts";
import type { TargetBuckets } from "./target-buckets.ts";

// AWS's sentences come first and to the letter, since people and programs match on them; what they hide follows.

const HEALTH_CONSTRAINTS =
  "The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available for deployment, or some instances in your deployment group are experiencing problems.";
const HEALTH_CONSTRAINTS_INVALID =
  "The deployment can't start because the minimum number of healthy instances, as defined by your deployment configuration, are not available.";
const NO_INSTANCES = "The deployment failed because no instances were found for your deployment group.";
const AGENT_SILENT =
  "CodeDeploy agent was not able to receive the lifecycle event. Check the CodeDeploy agent logs on your host and make sure the agent is running and can connect to the CodeDeploy server.";

/** How much of a script's output an error message quotes; the whole tail is in the target's diagnostics. */
const QUOTED_LOG_CHARACTERS = 1000;
/** How many hosts a message names before it counts the rest. */
const NAMED_HOSTS = 10;

export function hostLabel(target: { readonly hostName: string; readonly targetId: string }): string {
  return target.hostName === target.targetId ? target.targetId : `${target.hostName} (${target.targetId})`;
}

export function healthError(buckets: TargetBuckets, minimum: number): DeploymentError {
  const { failed } = buckets;
  const count =
    failed.length + buckets.waiting.length + buckets.running.length + buckets.succeeded.length + buckets.skipped.length;
  const arithmetic = `${failed.length} of ${count} hosts failed; at least ${minimum} must stay healthy and at least one must succeed.`;
  const first = firstFailure(failed);
  const story = first ? ` First failure: ${describeFailure(first.target, first.event)}` : "";
  const isAgentIssue = failed.length > 0 && failed.every((target) => target.agentIssue);
  return {
    code: isAgentIssue ? "AGENT_ISSUE" : "HEALTH_CONSTRAINTS",
    message: `${HEALTH_CONSTRAINTS} ${arithmetic}${story}${isAgentIssue ? ` Silent hosts: ${nameHosts(failed)}.` : ""}`,
  };
}

export function minimumUnreachableError(state: DeploymentState, targetCount: number, minimum: number): DeploymentError {
  const { type, value } = state.healthRule;
  const rule =
    type === "FLEET_PERCENT" ? `FLEET_PERCENT ${value} of ${targetCount} hosts, rounded up` : `${type} ${value}`;
  return {
    code: "HEALTH_CONSTRAINTS_INVALID",
    message: `${HEALTH_CONSTRAINTS_INVALID} ${rule} makes a minimum of ${minimum} healthy hosts, and the deployment has ${targetCount}: no host may be taken out. Use a deployment configuration with a lower minimum, or add hosts.`,
  };
}

/** `upToDate`: hosts that the tags match and that were left out, since only outdated ones were to be deployed to. */
export function noInstancesError(state: DeploymentState, upToDate: number): DeploymentError {
  const cause =
    upToDate > 0
      ? `Only outdated instances were to be updated, and all ${upToDate} hosts of group ${state.deploymentGroupName} run its current revision already.`
      : `No host that is enrolled, declared or registered carries the tags of group ${state.deploymentGroupName}: compare \`sluice hosts list\` with the group's tag filters.`;
  return { code: "NO_INSTANCES", message: `${NO_INSTANCES} ${cause}` };
}

export function tooManyInstancesError(targetCount: number, maximum: number): DeploymentError {
  return {
    code: "OVER_MAX_INSTANCES",
    message: `The group's tags match ${targetCount} hosts; one deployment takes at most ${maximum}. Narrow the tag filters, or split the group.`,
  };
}

export function stopError(state: DeploymentState, halted: DeploymentError | null): DeploymentError {
  return halted ?? { code: "MANUAL_STOP", message: `Deployment ${state.deploymentId} was stopped by request.` };
}

export function runTimeoutError(hours: number): DeploymentError {
  return {
    code: "TIMEOUT",
    message: `The deployment did not end within ${hours} hours, the most that an in-place deployment may take.`,
  };
}

/** The one status message of a deployment that succeeded although hosts failed: its status alone would hide them. */
export function succeededWithFailures(buckets: TargetBuckets): string {
  const stories = buckets.failed.slice(0, NAMED_HOSTS).map((target) => {
    const event = failedEvent(target);
    return event ? describeFailure(target, event, 0) : `host ${hostLabel(target)} failed.`;
  });
  const more = buckets.failed.length > NAMED_HOSTS ? ` And ${buckets.failed.length - NAMED_HOSTS} more.` : "";
  return `Succeeded with ${buckets.failed.length} failed ${buckets.failed.length === 1 ? "host" : "hosts"}: ${stories.join(" ")}${more}`;
}

export function silentHost(target: TargetState, host: HostLiveness | undefined, hasStarted: boolean): Diagnostics {
  return unknownError(
    `${AGENT_SILENT} AGENT_ISSUE: host ${hostLabel(target)} ${sayWhy(host)}${hasStarted ? " It fell silent in mid-event; whether the event's scripts ran to their end is not known." : ""}`,
  );
}

function sayWhy(host: HostLiveness | undefined): string {
  if (!host) return "was removed or deregistered.";
  if (host.lastSeenAt === null) return `was declared, but no agent has ever polled for it. To mend it: ${host.remedy}.`;
  const since = new Date(host.lastSeenAt).toISOString();
  if (host.saidGoodbye) return `has no running agent: it was shut down at ${since}. To mend it: ${host.remedy}.`;
  return `has not been heard from since ${since}. To mend it: ${host.remedy}.`;
}

export function commandNotTakenUp(target: TargetState, minutes: number): Diagnostics {
  return unknownError(
    `${AGENT_SILENT} Host ${hostLabel(target)} polls, but did not acknowledge the event within ${minutes} minutes.`,
  );
}

export function commandNotFinished(target: TargetState, minutes: number): Diagnostics {
  return unknownError(
    `The event did not end within ${minutes} minutes on host ${hostLabel(target)}. The agent is alive and still holds it; see the agent's log on the host.`,
  );
}

export function commandLost(target: TargetState): Diagnostics {
  return unknownError(
    `${AGENT_RESTART_MESSAGE} Host ${hostLabel(target)} acknowledged the event and no longer knows of it: its agent was restarted without its data directory.`,
  );
}

function unknownError(message: string): Diagnostics {
  return { errorCode: "UnknownError", scriptName: "", message, logTail: "" };
}

/** By time of failure, so that a message names the cause and not a consequence. */
function firstFailure(failed: readonly TargetState[]): { target: TargetState; event: LifecycleEventState } | null {
  let first: { target: TargetState; event: LifecycleEventState } | null = null;
  for (const target of failed) {
    const event = failedEvent(target);
    if (event && (!first || (event.endedAt ?? 0) < (first.event.endedAt ?? 0))) first = { target, event };
  }
  return first;
}

function failedEvent(target: TargetState): LifecycleEventState | undefined {
  return target.lifecycleEvents.findLast((event) => event.status === "Failed");
}

function describeFailure(
  target: TargetState,
  event: LifecycleEventState,
  quotedCharacters = QUOTED_LOG_CHARACTERS,
): string {
  const diagnostics = event.diagnostics;
  const script = diagnostics?.scriptName ? `, script ${diagnostics.scriptName}` : "";
  const log = diagnostics?.logTail.trim().slice(-quotedCharacters) ?? "";
  const quote = quotedCharacters > 0 && log ? ` Log tail: ${log}` : "";
  return `host ${hostLabel(target)} at ${event.name}${script}: ${diagnostics?.message ?? "no diagnostics"}${quote}`;
}

function nameHosts(targets: readonly TargetState[]): string {
  const named = targets.slice(0, NAMED_HOSTS).map(hostLabel).join(", ");
  return targets.length > NAMED_HOSTS ? `${named} and ${targets.length - NAMED_HOSTS} more` : named;
}
