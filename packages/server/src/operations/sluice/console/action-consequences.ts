import type { DeploymentState, InstanceLabel, TargetStatus } from "@sluice/engine/state.ts";
import { shiftTarget } from "@sluice/engine/strategies/shift/phase.ts";
import { scheduleOf } from "@sluice/engine/strategies/shift/shift-gates.ts";
import { hasShiftLeftTraces } from "@sluice/engine/strategies/shift/shift-rollback.ts";
import { weightsOf } from "@sluice/engine/traffic-shift.ts";
import type { TargetTally } from "../../../store/target-tally.ts";
import type { ActionFacts, DeploymentAction } from "./action-facts.ts";

/** What an action does to how many hosts and how much traffic, as a sentence without a full stop. Also of one that cannot be done now. */
export function consequenceOf(action: DeploymentAction, facts: ActionFacts): string {
  const { state } = facts;
  switch (action) {
    case "next":
    case "finish":
    case "pause":
    case "resume":
      return ofShift(action, state);
    case "continue":
      return ofContinue(facts);
    case "skip-wait":
      return ofSkippedWait(facts);
    case "stop":
      return `${ofStop(facts)}. Nothing is rolled back`;
    case "stop-and-roll-back":
      return `${ofStop(facts)}. ${ofRollbackAfterStop(facts)}`;
    case "roll-back":
      return ofRollBack(facts);
    default: {
      const never: never = action;
      return never;
    }
  }
}

function ofShift(action: "next" | "finish" | "pause" | "resume", state: DeploymentState): string {
  const shift = shiftOf(state);
  const percent = shift?.percent ?? 0;
  const schedule = scheduleOf(state);
  const next = schedule && weightsOf(schedule).find((weight) => weight > percent);
  const side = newSide(state);
  switch (action) {
    case "next":
      return next === undefined
        ? `All of the traffic is at ${side} already`
        : `Ends the wait of this step: ${side} gets ${next} % of the traffic now instead of ${percent} %`;
    case "finish":
      return `Skips the steps that are left: ${side} gets all of the traffic now instead of ${percent} %`;
    case "pause":
      return `${capital(side)} stays at ${percent} % of the traffic until the shift is resumed. Alarms are watched on`;
    case "resume":
      return `The shift goes on by its schedule${next === undefined ? "" : `: ${side} gets ${next} % of the traffic next`}`;
    default: {
      const never: never = action;
      return never;
    }
  }
}

function ofContinue({ state, tally }: ActionFacts): string {
  if (state.strategy.type === "ecs-blue-green") {
    const first = weightsOf(state.strategy.schedule)[0] ?? 0;
    return first === 100
      ? "All of the traffic moves to the replacement task set in one step"
      : `The traffic begins to move: the replacement task set gets ${first} % of it at first`;
  }
  const replacements = countOf(tally, "Green", ["Ready", "InProgress", "Succeeded"]);
  const originals = countOf(tally, "Blue");
  return `The traffic moves: ${hosts(replacements, "replacement")} ${are(replacements)} registered with the load balancer, then ${hosts(originals, "original")} ${are(originals)} deregistered`;
}

function ofSkippedWait({ state, tally }: ActionFacts): string {
  if (state.strategy.type === "ecs-blue-green") {
    return "The original task set, which gets no traffic, is removed now. After that there is no quick way back to it";
  }
  const originals = countOf(tally, "Blue");
  return `${capital(hosts(originals, "original"))}, which get no traffic, ${are(originals)} terminated now. After that there is no quick way back to ${originals === 1 ? "it" : "them"}`;
}

function ofStop({ state, tally }: ActionFacts): string {
  const { strategy } = state;
  switch (strategy.type) {
    case "ecs-blue-green":
    case "lambda-shift": {
      const percent = shiftOf(state)?.percent ?? 0;
      return `Moves no further traffic: ${newSide(state)} keeps ${percent} % of it`;
    }
    case "ecs-rollback":
    case "lambda-rollback":
      return isBack(state)
        ? "Stops the rollback: all of the traffic is back already"
        : "Stops the rollback: the traffic stays where it is now";
    case "in-place":
      return ofStopInPlace(tally);
    case "blue-green":
      return ofStopBlueGreen(state, tally);
    case "blue-green-rollback": {
      const back = countOf(tally, "Blue", ["Succeeded"]);
      return `Stops the rollback: ${back} of ${hosts(countOf(tally, "Blue"), "original")} ${are(back)} registered with the load balancer again`;
    }
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

function ofStopInPlace(tally: readonly TargetTally[]): string {
  if (tally.length === 0) return "Stops before any host is touched";
  const atWork = tally.reduce((sum, each) => sum + each.atWork, 0);
  const begun = countOf(tally, "any", ["InProgress", "Ready"]);
  const done = countOf(tally, "any", ["Succeeded"]);
  const failed = countOf(tally, "any", ["Failed", "Unknown"]);
  const old = countOf(tally, "any", ["Pending", "Skipped"]);
  const left = [
    ...(begun > 0 ? [`${hosts(begun)} ${are(begun)} left in the middle of the deployment`] : []),
    `${hosts(done)} ${keep(done)} the new revision`,
    ...(failed > 0 ? [`${failed} ${have(failed)} failed`] : []),
    ...(old > 0 ? [`${old} ${keep(old)} what ${old === 1 ? "it has" : "they have"}`] : []),
  ].join(", ");
  if (atWork === 0) return `Stops now: ${left}`;
  return `Stops after ${atWork === 1 ? "the host at work finishes its event" : `the ${atWork} hosts at work finish their event`}: ${left}`;
}

function ofStopBlueGreen({ stage }: DeploymentState, tally: readonly TargetTally[]): string {
  const originals = countOf(tally, "Blue");
  const replacements = countOf(tally, "Green");
  switch (stage) {
    case "withhold":
    case "deploy":
      if (tally.length === 0) return "Stops before any host is touched";
      return `No traffic moves: ${hosts(originals, "original")} ${keep(originals)} all of it, and ${hosts(replacements, "replacement")} ${replacements === 1 ? "gets" : "get"} none`;
    case "allow": {
      const registered = countOf(tally, "Green", ["Succeeded"]);
      return `${registered} of ${hosts(replacements, "replacement")} ${are(registered)} registered with the load balancer and ${stay(registered)} so, and ${hosts(originals, "original")} ${keep(originals)} getting traffic`;
    }
    case "block": {
      const out = countOf(tally, "Blue", ["Succeeded"]);
      return `${capital(hosts(replacements, "replacement"))} ${keep(replacements)} getting traffic, and ${out} of ${hosts(originals, "original")} ${are(out)} deregistered and ${stay(out)} so`;
    }
    case "terminate":
      return `${capital(hosts(replacements, "replacement"))} ${keep(replacements)} all of the traffic, and ${hosts(originals, "original")} ${are(originals)} not terminated`;
    default: {
      const never: never = stage;
      return never;
    }
  }
}

function ofRollbackAfterStop({ state, tally }: ActionFacts): string {
  const { strategy } = state;
  switch (strategy.type) {
    case "ecs-blue-green":
      if (!hasShiftLeftTraces(state)) return "Nothing has changed yet, so that nothing is rolled back";
      return "Then all of the traffic goes back to the original task set in one step, and the replacement is removed";
    case "lambda-shift": {
      if (!hasShiftLeftTraces(state)) return "Nothing has changed yet, so that nothing is rolled back";
      const target = shiftTarget(state);
      const version = target?.type === "lambda-alias" ? ` ${target.currentVersion}` : "";
      return `Then all of the traffic goes back to version${version} in one step`;
    }
    case "blue-green": {
      const { stage } = state;
      if (stage === "withhold" || stage === "deploy") return "No traffic has moved yet, so that nothing is rolled back";
      const originals = countOf(tally, "Blue");
      const replacements = countOf(tally, "Green", ["Succeeded", "InProgress", "Failed", "Unknown"]);
      return `Then ${hosts(originals, "original")} ${are(originals)} registered with the load balancer again, and ${hosts(replacements, "replacement")} deregistered. Nothing is installed`;
    }
    case "in-place": {
      const touched = countOf(tally, "any", ["InProgress", "Ready", "Succeeded", "Failed", "Unknown"]);
      if (touched === 0) return "No host has been touched yet, so that nothing is rolled back";
      const all = countOf(tally, "any");
      return `Then the last successful revision is deployed again to ${all === 1 ? "the host" : `all ${all} hosts`} of the group, ${touched} of which ${have(touched)} been touched`;
    }
    case "blue-green-rollback":
    case "ecs-rollback":
    case "lambda-rollback":
      return "A rollback is not rolled back";
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

function ofRollBack({ state, tally, earlier }: ActionFacts): string {
  if (earlier === undefined) return "Deploys an earlier revision of the group again";
  const what = `Deploys ${earlier.revisionName} of ${earlier.deploymentId} again${earlier.isRunning ? " (the group's last successful revision)" : ""}`;
  const { strategy } = state;
  if (strategy.type === "ecs-blue-green" || strategy.type === "ecs-rollback") {
    return `${what} in a new task set, to which the traffic moves, as in any deployment`;
  }
  if (strategy.type === "lambda-shift" || strategy.type === "lambda-rollback") {
    return `${what}: the traffic of the alias moves to its version, as in any deployment`;
  }
  const all = countOf(tally, "any");
  return `${what} to the hosts of the group${all > 0 ? `: ${hosts(all)} in this deployment` : ""}`;
}

/** Of a rollback: its one step was confirmed. */
function isBack(state: DeploymentState): boolean {
  return (shiftOf(state)?.changedAt ?? null) !== null;
}

function shiftOf(state: DeploymentState) {
  return shiftTarget(state)?.shift;
}

/** What gets the traffic that moves. */
function newSide({ strategy }: Pick<DeploymentState, "strategy">): string {
  return strategy.type === "lambda-shift" ? `version ${strategy.targetVersion}` : "the replacement task set";
}

function countOf(
  tally: readonly TargetTally[],
  label: InstanceLabel | "any",
  statuses?: readonly TargetStatus[],
): number {
  return tally
    .filter((each) => (label === "any" || each.label === label) && (statuses?.includes(each.status) ?? true))
    .reduce((sum, { count }) => sum + count, 0);
}

/** `1 host`, `the 12 original hosts`. */
function hosts(count: number, kind?: "original" | "replacement"): string {
  if (kind === undefined) return count === 1 ? "1 host" : `${count} hosts`;
  return count === 1 ? `the ${kind} host` : `the ${count} ${kind} hosts`;
}

const are = (count: number) => (count === 1 ? "is" : "are");
const have = (count: number) => (count === 1 ? "has" : "have");
const keep = (count: number) => (count === 1 ? "keeps" : "keep");
const stay = (count: number) => (count === 1 ? "stays" : "stay");

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
