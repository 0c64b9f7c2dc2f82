import { isHost } from "@sluice/engine/host-targets.ts";
import {
  type DeploymentState,
  type HostTarget,
  type InstanceLabel,
  isTerminal,
  type TargetStatus,
} from "@sluice/engine/state.ts";
import { type ShiftTarget, shiftTarget } from "@sluice/engine/strategies/shift/phase.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { causeFirst } from "@sluice/model/aws-sentences.ts";
import { formatElapsed } from "@sluice/model/elapsed.ts";
import { truncate } from "@sluice/model/excerpt.ts";
import { hostLabel } from "@sluice/model/host-label.ts";

/** Of a cause that is quoted in a sentence. */
const MAX_CAUSE_CHARACTERS = 300;

export interface StoryFacts {
  /** With its targets, as far as they are known. */
  readonly state: DeploymentState;
  readonly applicationName: string;
  /** As people name it. */
  readonly revision: string;
  readonly rollbackOf?: string | undefined;
  readonly rolledBackBy?: string | undefined;
}

/** What happens to a deployment, or what became of it, in one sentence. No times but how long it took: those tick, and the sentence stands beside them. */
export function deploymentStory(facts: StoryFacts): string {
  const { state, rolledBackBy } = facts;
  const story = isTerminal(state.status) ? ended(facts) : underWay(facts);
  const back = rolledBackBy === undefined ? "" : ` ${rolledBackBy} rolls it back.`;
  return `${story.charAt(0).toUpperCase()}${story.slice(1)}${/[.!?]$/.test(story) ? "" : "."}${back}`;
}

function underWay(facts: StoryFacts): string {
  const { state, rollbackOf } = facts;
  const { startedAt, strategy } = state;
  const said = startedAt === null ? notBegun(facts) : isShift(strategy) ? shiftUnderWay(facts) : hostsUnderWay(facts);
  const way = rollbackOf === undefined ? said : `rolling ${rollbackOf} back: ${said}`;
  const why = halting(state);
  return why === undefined ? way : `${why}: ${way}`;
}

/** Why it goes on no further. */
function halting({ halt, stopRequestedAt, wait }: DeploymentState): string | undefined {
  switch (halt) {
    case "stop":
      return stopRequestedAt === null ? "stopping, since it was not continued in time" : "being stopped";
    case "alarm":
      return "being stopped by an alarm";
    case "timeout":
      return "failing, since its time is over";
    case "health":
      return stopRequestedAt === null ? "failing" : "failing, and being stopped";
    case null:
      return stopRequestedAt === null || wait !== null ? undefined : "being stopped";
    default: {
      const never: never = halt;
      return never;
    }
  }
}

function notBegun({ revision, ...facts }: StoryFacts): string {
  return `${revision} is about to be deployed to ${placeOf(facts)}: what it goes to is being looked up and checked`;
}

function hostsUnderWay(facts: StoryFacts): string {
  const { state, revision } = facts;
  const place = placeOf(facts);
  const { strategy, stage, wait } = state;
  const hosts = (state.targets ?? []).filter(isHost);
  if (strategy.type === "in-place") {
    const baking =
      wait?.kind === "baking"
        ? `; ${wait.zone === null ? "the hosts without a zone are" : `zone ${wait.zone} is`} monitored`
        : "";
    return `deploying ${revision} to ${countHosts(hosts.length)} of ${place}: ${progress(hosts)}${baking}`;
  }
  const green = labelled(hosts, "Green");
  const blue = labelled(hosts, "Blue");
  if (strategy.type === "blue-green-rollback") {
    return stage === "allow"
      ? `the traffic of ${place} goes back to ${theHosts(blue, "original")}: ${progress(blue)}`
      : `${theHosts(blue, "original")} of ${place} ${isAre(blue)} registered again, and ${theHosts(green, "replacement")} ${isAre(green)} being deregistered: ${progress(green)}`;
  }
  switch (stage) {
    case "withhold":
      return `${theHosts(green, "replacement")} of ${place} ${isAre(green)} being kept out of the load balancer before ${revision} is deployed to ${green.length === 1 ? "it" : "them"}`;
    case "deploy":
      if (wait?.kind === "ready") {
        return `${revision} is on ${countHosts(count(green, ["Ready", "Succeeded"]))} of ${green.length} that are to take over in ${place}, and waits for leave to move the traffic`;
      }
      return `deploying ${revision} to ${theHosts(green, "replacement")} of ${place}: ${progress(green)}; ${theHosts(blue, "original")} ${blue.length === 1 ? "serves" : "serve"}`;
    case "allow":
      return `moving the traffic of ${place} to ${theHosts(green, "replacement")} with ${revision}: ${count(green, ["Succeeded"])} of ${green.length} registered`;
    case "block":
      return `${theHosts(green, "replacement")} with ${revision} ${green.length === 1 ? "serves" : "serve"} in ${place}; ${count(blue, ["Succeeded"])} of ${theHosts(blue, "original")} deregistered`;
    case "terminate":
      return `${theHosts(green, "replacement")} with ${revision} ${green.length === 1 ? "serves" : "serve"} in ${place}; ${theHosts(blue, "original")} ${isAre(blue)} ${wait === null ? "being terminated" : "kept for a way back"}`;
    default: {
      const never: never = stage;
      return never;
    }
  }
}

function shiftUnderWay(facts: StoryFacts): string {
  const { state, revision } = facts;
  const { strategy, wait } = state;
  const target = shiftTarget(state);
  const what = subject(target, facts);
  if (!target) return `deploying ${revision} to ${placeOf(facts)}`;
  const { command, shift } = target;
  if (strategy.type === "ecs-rollback" || strategy.type === "lambda-rollback") {
    const side = strategy.type === "ecs-rollback" ? "the original task set" : `version ${strategy.currentVersion}`;
    return shift.changedAt === null
      ? `the traffic of ${what} goes back to ${side}`
      : `the traffic of ${what} is back at ${side}`;
  }
  if (wait?.kind === "ready") return `${what} has its replacement task set, and waits for leave to move the traffic`;
  if (wait?.kind === "termination") {
    return `${what} has all of its traffic on ${revision}; the original task set is kept for a way back`;
  }
  if (command?.event === "Install") return `starting the replacement task set of ${what} for ${revision}`;
  if (command?.event === "AllowTraffic" && strategy.type !== "ecs-blue-green" && strategy.type !== "lambda-shift")
    return "";
  if (command?.event === "AllowTraffic") {
    const asked = shift.asked ? `, ${shift.asked.percent} % asked for` : "";
    const paused = shift.gate?.kind === "pause" ? ", and the shift is paused" : "";
    return `moving the traffic of ${what} to ${revision}: ${shift.percent} % has moved${asked}${paused}`;
  }
  if (command) return `deploying ${revision} to ${what}: ${command.event} runs`;
  if (state.stage === "terminate")
    return `${what} has all of its traffic on ${revision}; the original task set is being removed`;
  return `deploying ${revision} to ${what}`;
}

function ended(facts: StoryFacts): string {
  const { state, revision, rollbackOf } = facts;
  const { status } = state;
  const place = placeOf(facts);
  const took = tookOf(state);
  const what =
    rollbackOf === undefined
      ? `the deployment of ${revision} to ${place}`
      : `the rollback of ${rollbackOf} in ${place}`;
  if (status === "Succeeded") return succeeded(facts, took);
  if (status === "Failed") return `${what} failed${took}${causeOf(state)}`;
  return `${what} was stopped${took}${stoppedBy(state)}`;
}

function succeeded(facts: StoryFacts, took: string): string {
  const { state, revision, rollbackOf } = facts;
  const place = placeOf(facts);
  const target = isShift(state.strategy) ? shiftTarget(state) : undefined;
  if (rollbackOf !== undefined) {
    const by = state.strategy.type === "in-place" ? `: ${reached(state)} ${place} ${revision} again` : "";
    return by === ""
      ? `${rollbackOf} was rolled back in ${place}${took}`
      : `${rollbackOf} was rolled back${took}: ${revision} is again on ${reached(state)} of ${place}`;
  }
  if (target) return `${revision} has all of the traffic of ${subject(target, facts)}${took}`;
  return `${revision} was deployed to ${reached(state)} of ${place}${took}`;
}

/** `all 200 hosts`, `198 of 200 hosts`. */
function reached({ targets, strategy }: DeploymentState): string {
  const all = (targets ?? []).filter(isHost);
  const hosts = strategy.type === "blue-green" ? labelled(all, "Green") : all;
  const done = count(hosts, ["Succeeded"]);
  if (done < hosts.length) return `${done} of ${countHosts(hosts.length)}`;
  return hosts.length === 1 ? "the host" : `all ${hosts.length} hosts`;
}

function causeOf({ error, targets }: DeploymentState): string {
  const hosts = (targets ?? []).filter(isHost);
  const failed = hosts.filter(({ status }) => status === "Failed" || status === "Unknown");
  const first = firstFailure(failed);
  if (error?.code === "HEALTH_CONSTRAINTS" && first) {
    return `: ${failed.length} of ${countHosts(hosts.length)} failed, first ${hostLabel(first.target.hostName, first.target.targetId)} at ${first.event}`;
  }
  return error ? `: ${truncate(causeFirst(error.message).cause, MAX_CAUSE_CHARACTERS)}` : "";
}

function stoppedBy(state: DeploymentState): string {
  const { error, stopRequestedAt, targets } = state;
  if (error?.code === "ALARM_ACTIVE")
    return ` by an alarm: ${truncate(causeFirst(error.message).cause, MAX_CAUSE_CHARACTERS)}`;
  if (isShift(state.strategy)) {
    const percent = shiftTarget(state)?.shift.percent;
    return percent === undefined ? "" : `, when ${percent} % of the traffic had moved`;
  }
  const hosts = (targets ?? []).filter(isHost);
  if (hosts.length === 0) return stopRequestedAt === null ? causeOf(state) : " before it began";
  return `: ${progress(hosts)}`;
}

function firstFailure(failed: readonly HostTarget[]): { target: HostTarget; event: string } | undefined {
  let first: { target: HostTarget; event: string; at: number } | undefined;
  for (const target of failed) {
    const event = target.lifecycleEvents.findLast(({ status }) => status === "Failed" || status === "Unknown");
    const at = event?.endedAt ?? Number.POSITIVE_INFINITY;
    if (event && (!first || at < first.at)) first = { target, event: event.name, at };
  }
  return first;
}

function tookOf({ startedAt, completedAt }: DeploymentState): string {
  return startedAt === null || completedAt === null ? "" : ` after ${formatElapsed(completedAt - startedAt)}`;
}

/** `12 done, 3 at work, 185 waiting, 1 failed`. */
function progress(hosts: readonly HostTarget[]): string {
  const parts: readonly (readonly [readonly TargetStatus[], string])[] = [
    [["Succeeded", "Ready"], "done"],
    [["InProgress"], "at work"],
    [["Pending"], "waiting"],
    [["Failed", "Unknown"], "failed"],
    [["Skipped"], "skipped"],
  ];
  return parts
    .map(([statuses, word]) => [count(hosts, statuses), word] as const)
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(", ");
}

function placeOf({ applicationName, state }: Pick<StoryFacts, "applicationName" | "state">): string {
  return `${applicationName}/${state.deploymentGroupName}`;
}

function subject(target: ShiftTarget | undefined, facts: Pick<StoryFacts, "applicationName" | "state">): string {
  switch (target?.type) {
    case "ecs-service":
      return `the service ${target.serviceName} of ${placeOf(facts)}`;
    case "lambda-alias":
      return `the alias ${target.aliasName} of ${target.functionName} in ${placeOf(facts)}`;
    default:
      return placeOf(facts);
  }
}

function labelled(hosts: readonly HostTarget[], label: InstanceLabel): readonly HostTarget[] {
  return hosts.filter((host) => host.label === label);
}

function count(hosts: readonly HostTarget[], statuses: readonly TargetStatus[]): number {
  return hosts.filter(({ status }) => statuses.includes(status)).length;
}

function countHosts(hosts: number): string {
  return hosts === 1 ? "1 host" : `${hosts} hosts`;
}

function theHosts(hosts: readonly HostTarget[], kind: string): string {
  return hosts.length === 1 ? `the ${kind} host` : `the ${hosts.length} ${kind} hosts`;
}

function isAre(hosts: readonly HostTarget[]): string {
  return hosts.length === 1 ? "is" : "are";
}
