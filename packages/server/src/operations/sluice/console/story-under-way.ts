import { isHost } from "@sluice/engine/host-targets.ts";
import type { DeploymentState, HostTarget } from "@sluice/engine/state.ts";
import { type ShiftTarget, shiftTarget } from "@sluice/engine/strategies/shift/phase.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import {
  count,
  countHosts,
  labelled,
  placeOf,
  progress,
  type StoryFacts,
  subjectOf,
  taskOf,
  theHosts,
  verb,
} from "./story-words.ts";

/** What happens now, and why it goes on no further: a sentence without a full stop. */
export function storyUnderWay(facts: StoryFacts): string {
  const { state, rollbackOf } = facts;
  const said = happening(facts);
  const way = rollbackOf === undefined ? said : `rolling ${rollbackOf} back: ${said}`;
  const why = halting(state);
  return why === undefined ? way : `${why}: ${way}`;
}

function halting({ halt, stopRequestedAt, wait }: DeploymentState): string | undefined {
  switch (halt) {
    case "stop":
      return stopRequestedAt === null ? "stopping, since nobody continued it in time" : "stopping";
    case "alarm":
      return "stopping, because of an alarm";
    case "timeout":
      return "failing, since its time is over";
    case "health":
      return stopRequestedAt === null ? "failing" : "failing, and stopped";
    case null:
      return stopRequestedAt === null || wait !== null ? undefined : "stopping";
    default: {
      const never: never = halt;
      return never;
    }
  }
}

function happening(facts: StoryFacts): string {
  const { state, revision, isRestart } = facts;
  const { targets, strategy } = state;
  if (state.startedAt === null) {
    return `preparing the ${taskOf(facts)}: what it goes to is looked up and checked`;
  }
  if (isShift(strategy)) {
    const target = shiftTarget(state);
    return target ? shifting(facts, target) : `deploying ${revision} to ${placeOf(facts)}`;
  }
  const hosts = (targets ?? []).filter(isHost);
  switch (strategy.type) {
    case "in-place":
      return `${isRestart ? `restarting ${revision} on` : `deploying ${revision} to`} ${countHosts(hosts.length)} of ${placeOf(facts)}: ${progress(hosts)}${baking(state)}`;
    case "blue-green":
      return blueGreen(facts, hosts);
    case "blue-green-rollback":
      return backToOriginals(facts, hosts);
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

function baking({ wait }: DeploymentState): string {
  if (wait?.kind !== "baking") return "";
  return `; ${wait.zone === null ? "the hosts without a zone are" : `zone ${wait.zone} is`} monitored`;
}

function blueGreen(facts: StoryFacts, hosts: readonly HostTarget[]): string {
  const { state, revision } = facts;
  const { stage, wait } = state;
  const place = placeOf(facts);
  const green = labelled(hosts, "Green");
  const blue = labelled(hosts, "Blue");
  const replacements = theHosts(green, "replacement");
  const originals = theHosts(blue, "original");
  switch (stage) {
    case "withhold":
      return `keeping ${replacements} of ${place} out of the load balancer, before ${revision} is deployed to ${verb(green, "it", "them")}`;
    case "deploy":
      return wait?.kind === "ready"
        ? `waiting to be continued, to move the traffic of ${place}: ${revision} is on ${count(green, ["Ready", "Succeeded"])} of ${replacements}`
        : `deploying ${revision} to ${replacements} of ${place}: ${progress(green)}; ${originals} ${verb(blue, "serves", "serve")}`;
    case "allow":
      return `moving the traffic of ${place} to ${replacements} with ${revision}: ${count(green, ["Succeeded"])} of ${green.length} registered`;
    case "block":
      return `taking the traffic of ${place} from ${originals}: ${count(blue, ["Succeeded"])} of ${blue.length} deregistered; ${replacements} with ${revision} ${verb(green, "serves", "serve")}`;
    case "terminate":
      return wait === null
        ? `terminating ${originals} of ${place}; ${replacements} with ${revision} ${verb(green, "serves", "serve")}`
        : `keeping ${originals} of ${place} for a way back; ${replacements} with ${revision} ${verb(green, "serves", "serve")}`;
    default: {
      const never: never = stage;
      return never;
    }
  }
}

function backToOriginals(facts: StoryFacts, hosts: readonly HostTarget[]): string {
  const blue = labelled(hosts, "Blue");
  const green = labelled(hosts, "Green");
  return facts.state.stage === "allow"
    ? `the traffic of ${placeOf(facts)} goes back to ${theHosts(blue, "original")}: ${progress(blue)}`
    : `the traffic of ${placeOf(facts)} is taken from ${theHosts(green, "replacement")}: ${progress(green)}`;
}

function shifting(facts: StoryFacts, target: ShiftTarget): string {
  const { state, revision } = facts;
  const { strategy, wait, stage } = state;
  const { command, shift } = target;
  const what = subjectOf(target, facts);
  if (strategy.type === "ecs-rollback" || strategy.type === "lambda-rollback") {
    const side = strategy.type === "ecs-rollback" ? "the original task set" : `version ${strategy.currentVersion}`;
    return `the traffic of ${what} ${shift.changedAt === null ? "goes" : "is"} back ${shift.changedAt === null ? "to" : "at"} ${side}`;
  }
  if (wait?.kind === "ready") {
    return `waiting to be continued, to move the traffic of ${what} to ${revision}: its replacement task set is ready`;
  }
  if (wait?.kind === "termination") {
    return `keeping the original task set of ${what} for a way back; ${revision} has all of the traffic`;
  }
  if (stage === "terminate") {
    return `removing the original task set of ${what}; ${revision} has all of the traffic`;
  }
  switch (command?.event) {
    case "Install":
      return `starting the replacement task set of ${what} for ${revision}`;
    case "AllowTraffic": {
      const asked = shift.asked ? `, ${shift.asked.percent} % asked for` : "";
      const paused = shift.gate?.kind === "pause" ? ", and the shift is paused" : "";
      return `moving the traffic of ${what} to ${revision}: ${shift.percent} % has moved${asked}${paused}`;
    }
    case undefined:
      return `deploying ${revision} to ${what}`;
    default:
      return `deploying ${revision} to ${what}: ${command?.event} is in progress`;
  }
}
