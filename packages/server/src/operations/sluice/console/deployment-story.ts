import { isHost } from "@sluice/engine/host-targets.ts";
import { type DeploymentState, type HostTarget, isTerminal } from "@sluice/engine/state.ts";
import { shiftTarget } from "@sluice/engine/strategies/shift/phase.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { causeFirst } from "@sluice/model/aws-sentences.ts";
import { formatElapsed } from "@sluice/model/elapsed.ts";
import { truncate } from "@sluice/model/excerpt.ts";
import { hostLabel } from "@sluice/model/host-label.ts";
import { storyUnderWay } from "./story-under-way.ts";
import { count, countHosts, labelled, placeOf, progress, type StoryFacts, subjectOf, taskOf } from "./story-words.ts";

/** Of a cause that is quoted in a sentence. */
const MAX_CAUSE_CHARACTERS = 300;

/** What happens to a deployment, or what became of it, in one sentence. No times but how long it took: those tick, and stand beside it. */
export function deploymentStory(facts: StoryFacts): string {
  const { state, rolledBackBy } = facts;
  const story = isTerminal(state.status) ? storyOfEnd(facts) : storyUnderWay(facts);
  const end = /[.!?]$/.test(story) ? "" : ".";
  const back = rolledBackBy === undefined ? "" : ` Its rollback is ${rolledBackBy}.`;
  return `${story.charAt(0).toUpperCase()}${story.slice(1)}${end}${back}`;
}

function storyOfEnd(facts: StoryFacts): string {
  const { state, rollbackOf } = facts;
  if (state.status === "Succeeded") return storyOfSuccess(facts);
  const what = rollbackOf === undefined ? taskOf(facts) : `rollback of ${rollbackOf} in ${placeOf(facts)}`;
  const took = tookOf(state, "after");
  return state.status === "Failed"
    ? `the ${what} failed${took}${causeOf(state)}`
    : `the ${what} was stopped${took}${howStopped(state)}`;
}

function storyOfSuccess(facts: StoryFacts): string {
  const { state, revision, rollbackOf } = facts;
  const took = tookOf(state, "in");
  const place = placeOf(facts);
  if (rollbackOf !== undefined) {
    const again = state.strategy.type === "in-place" ? `: ${revision} is again on ${reached(state)}` : "";
    return `rolled ${rollbackOf} back in ${place}${took}${again}`;
  }
  if (isShift(state.strategy)) {
    return `deployed ${revision} to ${subjectOf(shiftTarget(state), facts)}${took}: it has all of the traffic`;
  }
  return `${facts.isRestart ? `restarted ${revision} on` : `deployed ${revision} to`} ${reached(state)} of ${place}${took}`;
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
    const { hostName, targetId } = first.target;
    return `: ${failed.length} of ${countHosts(hosts.length)} failed, first ${hostLabel(hostName, targetId)} at ${first.event}`;
  }
  return error ? `: ${truncate(causeFirst(error.message).cause, MAX_CAUSE_CHARACTERS)}` : "";
}

function howStopped(state: DeploymentState): string {
  const { error, stopRequestedAt, targets, startedAt } = state;
  if (error?.code === "ALARM_ACTIVE" || stopRequestedAt === null) return causeOf(state);
  if (startedAt === null) return " before it began";
  if (!isShift(state.strategy)) return `: ${progress((targets ?? []).filter(isHost))}`;
  const shift = shiftTarget(state)?.shift;
  return shift ? `, when ${shift.percent} % of the traffic had moved` : "";
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

function tookOf({ startedAt, completedAt }: DeploymentState, word: "in" | "after"): string {
  return startedAt === null || completedAt === null ? "" : ` ${word} ${formatElapsed(completedAt - startedAt)}`;
}
