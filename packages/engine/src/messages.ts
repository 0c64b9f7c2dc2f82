import {
  AGENT_SILENT,
  ALARM_ACTIVE,
  HEALTH_CONSTRAINTS,
  HEALTH_CONSTRAINTS_INVALID,
  NO_INSTANCES,
} from "@sluice/model/aws-sentences.ts";
import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import { AGENT_RESTART_MESSAGE } from "@sluice/model/diagnostics.ts";
import { hostLabel } from "@sluice/model/host-label.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { someOf } from "@sluice/model/some-of.ts";
import type { EffectReport } from "./effect-report.ts";
import type { TimeSpan } from "./heard-time.ts";
import { hostTargets } from "./host-targets.ts";
import type { AlarmObservation, HostLiveness } from "./observation.ts";
import type { AlarmReading } from "./ports/alarm-reader.ts";
import type { TerminationReport } from "./ports/fleet.ts";
import type { DeploymentError, DeploymentState, HealthRule, HostTarget, LifecycleEventState } from "./state.ts";
import type { TargetBuckets } from "./strategies/hosts/target-buckets.ts";

// AWS's sentences come first; what they hide follows.

/** How much of a script's output an error message quotes; the whole tail is in the target's diagnostics. */
const QUOTED_LOG_CHARACTERS = 1000;
/** How many hosts a message names before it counts the rest. */
const NAMED_HOSTS = 10;

function labelOf({ hostName, targetId }: { readonly hostName: string; readonly targetId: string }): string {
  return hostLabel(hostName, targetId);
}

/** `host web-1`. A name that says already that it is a host's gets no second word. */
function theHost(target: HostTarget, word: "host" | "Host" = "host"): string {
  const label = labelOf(target);
  return /^host/i.test(label) ? label : `${word} ${label}`;
}

export function healthError(buckets: TargetBuckets, minimum: number): DeploymentError {
  const { failed } = buckets;
  const count = hostsIn(buckets);
  const rule = `${minimum > 0 ? `at least ${minimum} must stay healthy and ` : ""}at least one must succeed`;
  const arithmetic = `${failed.length} of ${count} ${count === 1 ? "host" : "hosts"} failed; ${rule}.`;
  const first = firstFailure(failed);
  const story = first ? ` First failure: ${describeFailure(first.target, first.event)}` : "";
  const isAgentIssue = failed.length > 0 && failed.every((target) => target.agentIssue);
  return {
    code: isAgentIssue ? "AGENT_ISSUE" : "HEALTH_CONSTRAINTS",
    message: `${HEALTH_CONSTRAINTS} ${arithmetic}${story}${isAgentIssue ? ` Silent hosts: ${nameHosts(failed)}.` : ""}`,
  };
}

/** No host failed too many, but those whose turn it is are healthy, and none of them can be spared. */
export function tooFewHealthyError(buckets: TargetBuckets, minimum: number): DeploymentError {
  const healthy = buckets.succeeded.length + buckets.waiting.filter(({ wasHealthy }) => wasHealthy).length;
  const arithmetic = `${healthy} of ${hostsIn(buckets)} hosts are healthy, and ${minimum} must stay healthy: no further host can be taken out of service.`;
  return {
    code: "HEALTH_CONSTRAINTS",
    message: `${HEALTH_CONSTRAINTS} ${arithmetic} Use a deployment configuration with a lower minimum, or one without zones, which starts with the unhealthy hosts.`,
  };
}

export function minimumUnreachableError(
  { type, value }: HealthRule,
  targetCount: number,
  minimum: number,
): DeploymentError {
  const rule =
    type === "FLEET_PERCENT" ? `FLEET_PERCENT ${value} of ${targetCount} hosts, rounded up` : `${type} ${value}`;
  return {
    code: "HEALTH_CONSTRAINTS_INVALID",
    message: `${HEALTH_CONSTRAINTS_INVALID} ${rule} requires ${minimum} healthy hosts, and the deployment has ${targetCount}: no host can be taken out of service. Use a deployment configuration with a lower minimum, or add hosts.`,
  };
}

/** `upToDate`: hosts that the tags match and that were left out, since only outdated ones were to be deployed to. */
export function noInstancesError(state: DeploymentState, upToDate: number): DeploymentError {
  const cause =
    upToDate > 0
      ? `Only outdated instances are updated, and all ${upToDate} hosts of group ${state.deploymentGroupName} already run its current revision.`
      : `No enrolled, declared or registered host has the tags of group ${state.deploymentGroupName}: compare \`sluice hosts list\` with the group's tag filters.`;
  return { code: "NO_INSTANCES", message: `${NO_INSTANCES} ${cause}` };
}

export function tooManyInstancesError(targetCount: number, maximum: number): DeploymentError {
  return {
    code: "OVER_MAX_INSTANCES",
    message: `The group's tags match ${targetCount} hosts; a deployment can have at most ${maximum}. Narrow the tag filters, or split the group.`,
  };
}

export function stopError(state: DeploymentState, halted: DeploymentError | null): DeploymentError {
  return halted ?? { code: "MANUAL_STOP", message: `Deployment ${state.deploymentId} was stopped by request.` };
}

export function runTimeoutError(hours: number): DeploymentError {
  return {
    code: "TIMEOUT",
    message: `The deployment did not end within ${hours} hours, the limit for its type.`,
  };
}

/** The one status message of a deployment that succeeded although hosts failed: its status alone would hide them. */
export function succeededWithFailures(buckets: TargetBuckets): string {
  const stories = buckets.failed.slice(0, NAMED_HOSTS).map((target) => {
    const event = failedEvent(target);
    return event ? describeFailure(target, event, 0) : `${theHost(target)} failed.`;
  });
  const more = buckets.failed.length > NAMED_HOSTS ? ` And ${buckets.failed.length - NAMED_HOSTS} more.` : "";
  return `Succeeded with ${buckets.failed.length} failed ${buckets.failed.length === 1 ? "host" : "hosts"}: ${stories.join(" ")}${more}`;
}

/** Names are in angle brackets on the wire, which is how people find them. */
export function alarmError(firing: readonly AlarmReading[]): DeploymentError {
  const names = firing.map(({ name }) => `<${name}>`).join(" ");
  return { code: "ALARM_ACTIVE", message: `${ALARM_ACTIVE} ${names} ${describeAlarms(firing)}` };
}

function describeAlarms(firing: readonly AlarmReading[]): string {
  const stories = firing.map(({ name, detail, since }) => {
    const from = since === null ? "" : ` since ${new Date(since).toISOString()}`;
    return `${name} fires${from}${detail ? `: ${detail}` : ""}.`;
  });
  return stories.join(" ");
}

/** Of alarms that cannot be read for now. */
export function alarmsUnreadable(names: readonly string[], reason: string): string {
  return `the alarms (${names.join(", ")}) cannot be read, and the deployment stops unless they become readable: ${reason}`;
}

export function alarmsUnreadableError(
  names: readonly string[],
  alarms: Extract<AlarmObservation, { outcome: "unreadable" }>,
): DeploymentError {
  return {
    code: "ALARM_ACTIVE",
    message: `The deployment was stopped because its alarms (${names.join(", ")}) have not been readable since ${new Date(alarms.since).toISOString()}, so their state is unknown: ${alarms.reason} Restore access to the monitoring system, or set ignorePollAlarmFailure in the alarm configuration.`,
  };
}

/** Events end as Failed where an alarm struck, as CodeDeploy shows them. */
export function interruptedByAlarm(target: HostTarget, event: LifecycleEventName): Diagnostics {
  return unknownError(
    `The deployment was stopped by an alarm while ${event} was in progress on ${theHost(target)}. ${hasScripts(event) ? "Its scripts were" : "It was"} not interrupted and can still finish.`,
  );
}

/** A traffic event is the server's own wait for the balancer, so it ends with the deployment. */
export function interruptedTraffic(
  target: HostTarget,
  event: LifecycleEventName,
  { halt, stopRequestedAt }: DeploymentState,
  report: EffectReport | undefined,
): Diagnostics {
  const cause = halt === "alarm" ? "stopped by an alarm" : endedBy({ halt, stopRequestedAt });
  const left = report?.ifLeft ?? "The load balancer may still complete the request.";
  const last = report?.detail ? `Its last answer was: ${report.detail}` : "It has not answered yet.";
  return unknownError(
    `The deployment was ${cause} while ${event} was in progress on ${theHost(target)}, before the load balancer had finished it. ${left} ${last}`,
  );
}

/** Why an event may look as if it went on, though it has ended. */
export function reportMayBeLost({ deploymentId }: DeploymentState, gap: TimeSpan): string {
  const [from, until] = [gap.from, gap.until].map((time) => new Date(time).toISOString());
  return `the host's report may be lost: the server could not be reached from ${from} to ${until}, and the AWS agent drops a report after 14 s. Check the host; to end the deployment: sluice stop ${deploymentId}`;
}

/** DownloadBundle and Install are the agent's own work. */
function hasScripts(event: LifecycleEventName): boolean {
  return event !== "DownloadBundle" && event !== "Install";
}

function whatMayGoOn(event: LifecycleEventName): string {
  if (event === "DownloadBundle") return "its download may still be running";
  return hasScripts(event) ? "its scripts may still be running" : "it may still be running";
}

/** Nobody is blamed: the report may be lost, or the scripts may be running. */
export function outcomeNotReported(
  target: HostTarget,
  event: LifecycleEventName,
  state: DeploymentState,
  graceSeconds: number,
): Diagnostics {
  const { deploymentId } = state;
  return unknownError(
    `The result was not reported: the deployment was ${endedBy(state)} while ${event} was in progress on ${theHost(target)}, and no report arrived within ${graceSeconds} s. The event may have ended, or ${whatMayGoOn(event)}. Check the host, or run: sluice logs ${deploymentId} --host ${target.hostName}`,
  );
}

function endedBy({ halt, stopRequestedAt }: Pick<DeploymentState, "halt" | "stopRequestedAt">): string {
  return halt === "timeout" && stopRequestedAt === null ? "ended by its time limit" : "stopped";
}

export function trafficDone(detail: string): Diagnostics {
  return { ...SUCCEEDED, message: detail || SUCCEEDED.message };
}

export function trafficRefused(target: HostTarget, event: LifecycleEventName, reason: string): Diagnostics {
  return unknownError(`The load balancer could not complete ${event} for ${theHost(target)}: ${reason}`);
}

/** @param reason what is said of the host, with the cure: a sentence without its subject */
export function restartRefused(target: HostTarget, reason: string): Diagnostics {
  return unknownError(`${theHost(target, "Host")} ${reason}`);
}

export function trafficNotDone(
  target: HostTarget,
  event: LifecycleEventName,
  minutes: number,
  detail: string,
): Diagnostics {
  const last = detail ? ` Its last answer was: ${detail}` : " It did not answer.";
  return unknownError(
    `The load balancer did not finish ${event} for ${theHost(target)} within ${minutes} minutes.${last}`,
  );
}

/** Where a deployment has left a host's traffic, as far as its own events tell. */
type TrafficLeft = "in" | "asked in" | "out" | "on the way out" | "untouched";

function trafficLeft(target: HostTarget): TrafficLeft {
  if (hasSucceeded(target, "AllowTraffic")) return "in";
  if (hasBegun(target, "AllowTraffic")) return "asked in";
  if (hasSucceeded(target, "BlockTraffic")) return "out";
  return hasBegun(target, "BlockTraffic") ? "on the way out" : "untouched";
}

/** Where the deployment gave up first, nobody takes the wish back: they get requests as soon as the balancer's own checks pass. */
const ASKED_IN = "Registering with the load balancer, which refused them or may still accept them (see AllowTraffic)";
const ON_THE_WAY_OUT = "Deregistration from the load balancer started and not finished";
const KEPT_OUT = "Kept deregistered from the load balancer";

/** Hosts that the deployment did not come to, and why. */
export function hostsSkipped(state: DeploymentState): readonly string[] {
  const skipped = hostTargets(state).filter(({ status }) => status === "Skipped");
  if (skipped.length === 0) return [];
  return [`Skipped, because ${whyHalted(state)}: ${nameHosts(skipped)}.`];
}

function whyHalted({ halt, stopRequestedAt }: DeploymentState): string {
  switch (halt) {
    case "stop":
      return stopRequestedAt === null
        ? "the deployment was not continued in time"
        : "the deployment was stopped before their turn";
    case "alarm":
      return "an alarm stopped the deployment before their turn";
    case "timeout":
      return "the deployment reached its time limit before their turn";
    case "health":
    case null:
      return "the deployment failed before their turn";
    default: {
      const never: never = halt;
      return never;
    }
  }
}

/** Hosts of which nobody knows how their last event ended. */
export function hostsNotReported(state: DeploymentState): readonly string[] {
  const unknown = hostTargets(state).filter(({ lifecycleEvents }) =>
    lifecycleEvents.some(({ status }) => status === "Unknown"),
  );
  const byWords = Map.groupBy(unknown, ({ lifecycleEvents }) =>
    whatMayGoOn(lifecycleEvents.find(({ status }) => status === "Unknown")?.name ?? "ValidateService"),
  );
  return nameGroups(
    [...byWords].map(([words, hosts]) => [`The result of the last event was not reported, and ${words}`, hosts]),
  );
}

/** Hosts that a deployment in place took out of their load balancer and did not bring back. */
export function hostsLeftBlocked(state: DeploymentState): readonly string[] {
  const left = byTrafficLeft(hostTargets(state));
  return nameGroups([
    ["Still deregistered from the load balancer", left("out")],
    [ASKED_IN, left("asked in")],
    [ON_THE_WAY_OUT, left("on the way out")],
  ]);
}

/** What gets traffic and what does not, when a blue/green deployment or its rollback ends in the middle. */
export function trafficLeftSplit(state: DeploymentState): readonly string[] {
  const { strategy, stage } = state;
  const left = byTrafficLeft(hostTargets(state));
  const touched = nameGroups([
    ["Registered with the load balancer", left("in")],
    [ASKED_IN, left("asked in")],
    ["Deregistered from the load balancer", left("out")],
    [ON_THE_WAY_OUT, left("on the way out")],
  ]);
  const untouched = left("untouched");
  if (strategy.type !== "blue-green") {
    return [...touched, ...nameGroups([["Unchanged at the load balancer", untouched]])];
  }
  // A blue/green deployment begins with keeping its replacements out, whatever they got before; its rollback begins with nothing.
  const withheld =
    stage === "withhold" ? "Being deregistered from the load balancer, which has not confirmed all of them" : KEPT_OUT;
  return [
    ...touched,
    ...nameGroups([
      [withheld, untouched.filter(({ label }) => label === "Green")],
      ["Not deregistered from the load balancer", untouched.filter(({ label }) => label === "Blue")],
    ]),
  ];
}

/** What gets traffic of the replacements that failed, where the deployment succeeded without them. */
export function failedReplacements(failed: readonly HostTarget[]): readonly string[] {
  const left = byTrafficLeft(failed);
  return nameGroups([
    ["Failed, and registered with the load balancer", left("in")],
    [ASKED_IN, left("asked in")],
    [KEPT_OUT, left("untouched")],
  ]);
}

function byTrafficLeft(targets: readonly HostTarget[]): (where: TrafficLeft) => readonly HostTarget[] {
  const groups = Map.groupBy(targets, trafficLeft);
  return (where) => groups.get(where) ?? [];
}

export function zoneHealthError(zone: string | null, buckets: TargetBuckets, minimum: number): DeploymentError {
  const { code, message } = healthError(buckets, minimum);
  return { code, message: `In ${nameZone(zone)}: ${message}` };
}

export function zoneMinimumUnreachableError(narrow: {
  readonly zone: string | null;
  readonly hosts: number;
  readonly minimum: number;
}): DeploymentError {
  return {
    code: "HEALTH_CONSTRAINTS_INVALID",
    message: `${HEALTH_CONSTRAINTS_INVALID} minimumHealthyHostsPerZone requires ${narrow.minimum} healthy hosts in ${nameZone(narrow.zone)}, which has ${narrow.hosts}: no host in it can be taken out of service. Use a deployment configuration with a lower minimum, or add hosts to the zone.`,
  };
}

export function noOriginalsError(state: DeploymentState): DeploymentError {
  return {
    code: "NO_INSTANCES",
    message: `The deployment failed because no instances were found in your blue fleet. No host has the tags of group ${state.deploymentGroupName}: compare \`sluice hosts list\` with the group's tag filters.`,
  };
}

export function noReplacementsError(state: DeploymentState): DeploymentError {
  return {
    code: "NO_INSTANCES",
    message: `${NO_INSTANCES} No host matches the targetInstances of deployment ${state.deploymentId}, which select its replacement fleet: compare \`sluice hosts list\` with their tags.`,
  };
}

export function fleetsOverlapError(shared: readonly { hostName: string; targetId: string }[]): DeploymentError {
  return {
    code: "HEALTH_CONSTRAINTS_INVALID",
    message: `The original and the replacement fleet share hosts, so traffic cannot be moved from one to the other: ${nameHosts(shared)}. Give targetInstances that match none of the group's hosts.`,
  };
}

export function notWithheldError(detail: string): DeploymentError {
  const reason = detail ? ` The load balancer says: ${detail}` : " The load balancer did not answer.";
  return {
    code: "ELASTIC_LOAD_BALANCING_INVALID",
    message: `The replacement hosts could not be deregistered from the load balancer for the deployment, so nothing was deployed.${reason}`,
  };
}

export function readyExpiredError(state: DeploymentState): DeploymentError {
  return {
    code: "TIMEOUT",
    message: `Deployment ${state.deploymentId} was not continued in time, so its deploymentReadyOption stopped it. The original ${isOfService(state) ? "task set still receives" : "hosts still receive"} the traffic.`,
  };
}

export function originalsNotBlockedError(buckets: TargetBuckets): DeploymentError {
  return withStory(
    "HEALTH_CONSTRAINTS",
    `${HEALTH_CONSTRAINTS} The replacement hosts receive traffic, but ${buckets.failed.length} original ${plural(buckets.failed.length, "host")} could not be deregistered from the load balancer.`,
    buckets.failed,
  );
}

export function originalsNotRestoredError(buckets: TargetBuckets, minimum: number): DeploymentError {
  return withStory(
    "HEALTH_CONSTRAINTS",
    `${HEALTH_CONSTRAINTS} ${buckets.succeeded.length} original ${plural(buckets.succeeded.length, "host")} registered again with the load balancer, and at least ${Math.max(1, minimum)} must: the replacement hosts were kept registered.`,
    buckets.failed,
  );
}

export function replacementsNotBlockedError(buckets: TargetBuckets): DeploymentError {
  return withStory(
    "HEALTH_CONSTRAINTS",
    `${HEALTH_CONSTRAINTS} The rollback left ${buckets.failed.length} ${plural(buckets.failed.length, "host")} in another state than before the deployment.`,
    buckets.failed,
  );
}

/** The originals that are still there although they were to be terminated. */
export function originalsNotTerminated(state: DeploymentState, { kept }: TerminationReport): readonly string[] {
  if (kept.length === 0) return [];
  const names = new Map(hostTargets(state).map((target) => [target.targetId, labelOf(target)]));
  const stories = kept
    .slice(0, NAMED_HOSTS)
    .map(({ hostId, reason }) => `${names.get(hostId) ?? hostId}: ${reason.replace(/\.$/, "")}.`);
  const more = kept.length > NAMED_HOSTS ? ` And ${kept.length - NAMED_HOSTS} more.` : "";
  return [`Not terminated: ${stories.join(" ")}${more}`];
}

/** What would have stopped a deployment, had what it replaced not been on its way out already. */
export function cameTooLate(
  { stopRequestedAt, alarms: watched, strategy }: DeploymentState,
  alarms: AlarmObservation | undefined,
): readonly string[] {
  const why = `came too late: ${tooLateBecause(strategy)}.`;
  const messages = stopRequestedAt === null ? [] : [`The stop ${why}`];
  if (watched === null || alarms?.outcome !== "read" || alarms.firing.length === 0) return messages;
  return [...messages, `An alarm ${why} ${describeAlarms(alarms.firing)}`];
}

function tooLateBecause({ type }: DeploymentState["strategy"]): string {
  switch (type) {
    case "ecs-blue-green":
      return "the replacement task set already received the traffic, and the original one was being removed";
    case "ecs-rollback":
      return "the original task set already received the traffic, and the replacement was being removed";
    default:
      return "the replacement hosts already received the traffic, and the original hosts were being terminated";
  }
}

function isOfService({ strategy }: Pick<DeploymentState, "strategy">): boolean {
  return strategy.type === "ecs-blue-green" || strategy.type === "ecs-rollback";
}

export function silentHost(target: HostTarget, host: HostLiveness | undefined, hasStarted: boolean): Diagnostics {
  const { command } = target;
  const what = command && !hasScripts(command.event) ? "the event" : "the event's scripts";
  const started = ` It stopped reporting during the event, so it is not known whether ${what} finished.`;
  return unknownError(`${AGENT_SILENT} AGENT_ISSUE: ${theHost(target)} ${sayWhy(host)}${hasStarted ? started : ""}`);
}

function sayWhy(host: HostLiveness | undefined): string {
  if (!host) return "was removed or deregistered.";
  if (host.lastSeenAt === null) {
    const what =
      host.silentSince === null
        ? "was declared, but no agent has ever polled for it"
        : "has enrolled, but its agent has never polled";
    return `${what}. To fix it: ${host.remedy}.`;
  }
  const since = new Date(host.lastSeenAt).toISOString();
  if (host.goodbyeAt !== null) return `has no running agent: it was shut down at ${since}. To fix it: ${host.remedy}.`;
  return `has not reported since ${since}. To fix it: ${host.remedy}.`;
}

export function commandNotTakenUp(target: HostTarget, minutes: number): Diagnostics {
  return unknownError(
    `${AGENT_SILENT} ${theHost(target, "Host")} polls, but did not acknowledge the event within ${minutes} minutes.`,
  );
}

export function commandNotFinished(target: HostTarget, minutes: number): Diagnostics {
  return unknownError(
    `The event did not end within ${minutes} minutes on ${theHost(target)}. The agent is still running it: see the agent's log on the host.`,
  );
}

export function commandLost(target: HostTarget): Diagnostics {
  return unknownError(
    `${AGENT_RESTART_MESSAGE} ${theHost(target, "Host")} acknowledged the event but no longer knows it: its agent was restarted without its data directory.`,
  );
}

const SUCCEEDED: Diagnostics = { errorCode: "Success", scriptName: "", message: "Succeeded", logTail: "" };

function hostsIn({ waiting, running, succeeded, failed, skipped }: TargetBuckets): number {
  return waiting.length + running.length + succeeded.length + failed.length + skipped.length;
}

function withStory(code: string, message: string, failed: readonly HostTarget[]): DeploymentError {
  const first = firstFailure(failed);
  return { code, message: first ? `${message} First failure: ${describeFailure(first.target, first.event)}` : message };
}

function hasBegun(target: HostTarget, name: LifecycleEventName): boolean {
  return target.lifecycleEvents.some((event) => event.name === name && event.startedAt !== null);
}

function hasSucceeded(target: HostTarget, name: LifecycleEventName): boolean {
  return target.lifecycleEvents.some((event) => event.name === name && event.status === "Succeeded");
}

function nameGroups(groups: readonly (readonly [what: string, hosts: readonly HostTarget[]])[]): readonly string[] {
  return groups.flatMap(([what, hosts]) => (hosts.length > 0 ? [`${what}: ${nameHosts(hosts)}.`] : []));
}

function nameZone(zone: string | null): string {
  return zone === null ? "the hosts without a zone" : `zone ${zone}`;
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}

function unknownError(message: string): Diagnostics {
  return { errorCode: "UnknownError", scriptName: "", message, logTail: "" };
}

/** By time of failure, so that a message names the cause and not a consequence. */
function firstFailure(failed: readonly HostTarget[]): { target: HostTarget; event: LifecycleEventState } | null {
  let first: { target: HostTarget; event: LifecycleEventState } | null = null;
  for (const target of failed) {
    const event = failedEvent(target);
    if (event && (!first || (event.endedAt ?? 0) < (first.event.endedAt ?? 0))) first = { target, event };
  }
  return first;
}

function failedEvent(target: HostTarget): LifecycleEventState | undefined {
  return target.lifecycleEvents.findLast((event) => event.status === "Failed");
}

function describeFailure(
  target: HostTarget,
  event: LifecycleEventState,
  quotedCharacters = QUOTED_LOG_CHARACTERS,
): string {
  const diagnostics = event.diagnostics;
  const script = diagnostics?.scriptName ? `, script ${diagnostics.scriptName}` : "";
  const log = diagnostics?.logTail.trim().slice(-quotedCharacters) ?? "";
  const quote = quotedCharacters > 0 && log ? ` Log tail: ${log}` : "";
  return `${theHost(target)} at ${event.name}${script}: ${diagnostics?.message ?? "no diagnostics"}${quote}`;
}

export function nameHosts(targets: readonly { readonly hostName: string; readonly targetId: string }[]): string {
  return someOf(targets.map(labelOf), NAMED_HOSTS);
}
