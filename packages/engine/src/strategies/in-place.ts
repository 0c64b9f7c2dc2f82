import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import { invariant } from "@sluice/model/invariant.ts";
import { admissibleTargets, isHealthMet, isHealthSpent } from "../admission.ts";
import { type AdvancePolicy, advanceTarget } from "../advance-target.ts";
import type { Draft } from "../draft.ts";
import type { TargetEvent } from "../event.ts";
import {
  COMMAND_FINISH_TIMEOUT_MILLISECONDS,
  COMMAND_START_TIMEOUT_MILLISECONDS,
  IN_PLACE_TIMEOUT_MILLISECONDS,
  MISSED_HEARTBEATS_UNTIL_LOST,
} from "../limits.ts";
import {
  commandLost,
  commandNotFinished,
  commandNotTakenUp,
  healthError,
  runTimeoutError,
  silentHost,
  stopError,
  succeededWithFailures,
} from "../messages.ts";
import { darkAt, type Observation } from "../observation.ts";
import type { CommandState, DeploymentState, TargetState } from "../state.ts";
import { sortIntoBuckets } from "../target-buckets.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One round of decisions may make room for the next (a dark host fails as soon as it is admitted), so it repeats until still. */
export function planInPlace(draft: Draft, observation: Observation): void {
  let decided: number;
  do {
    decided = draft.events.length;
    haltWhenStopped(draft);
    failLostCommands(draft, observation);
    if (!endsHostsUnderWay(draft.state)) advanceTargets(draft);
    haltWhenHealthIsSpent(draft);
    if (draft.state.halt === null) admitTargets(draft);
    else windDown(draft);
  } while (draft.events.length > decided);
  completeWhenAllEnded(draft);
}

/** The earliest moment at which time alone changes something: a deadline passes, or a host's silence exceeds its grace. */
export function wakeInPlace(state: DeploymentState, observation: Observation): number | null {
  if (state.status !== "InProgress" || state.startedAt === null) return null;
  // Once admission is halted the run time decides nothing any more: asking for it again would ask for a moment in the past.
  let wakeAt = state.halt === null ? state.startedAt + IN_PLACE_TIMEOUT_MILLISECONDS : Number.POSITIVE_INFINITY;
  for (const target of state.targets ?? []) {
    if (!target.command) continue;
    wakeAt = Math.min(wakeAt, commandDeadline(target.command), darkAt(observation.hosts.get(target.targetId)));
  }
  return Number.isFinite(wakeAt) ? wakeAt : null;
}

function haltWhenStopped(draft: Draft): void {
  const { state } = draft;
  if (state.halt === "stop" || state.halt === "timeout") return;
  if (state.stopRequestedAt !== null) {
    // A deployment whose health was spent already is failing; stopping it then only ends it sooner.
    if (state.halt === null) draft.decide({ type: "admissionHalted", halt: "stop", error: stopError(state, null) });
    return;
  }
  invariant(state.startedAt !== null, "a deployment in progress has a start");
  if (state.halt === null && draft.now >= state.startedAt + IN_PLACE_TIMEOUT_MILLISECONDS) {
    draft.decide({
      type: "admissionHalted",
      halt: "timeout",
      error: runTimeoutError(IN_PLACE_TIMEOUT_MILLISECONDS / HOUR),
    });
  }
}

/** Spent health lets hosts under way finish their events; a stop or time-out, also one that comes later, does not. */
function endsHostsUnderWay(state: DeploymentState): boolean {
  return (
    state.halt === "stop" || state.halt === "timeout" || (state.halt === "health" && state.stopRequestedAt !== null)
  );
}

function failLostCommands(draft: Draft, observation: Observation): void {
  for (const target of draft.state.targets ?? []) {
    const { command } = target;
    if (!command) continue;
    const host = observation.hosts.get(target.targetId);
    const isDark = darkAt(host) <= draft.now;
    const diagnostics = isDark
      ? silentHost(target, host, command.acknowledgedAt !== null)
      : overdue(target, command, draft.now);
    if (diagnostics) {
      const { targetId } = target;
      draft.decide({ type: "lifecycleEventFailed", targetId, event: command.event, diagnostics, agentIssue: isDark });
    }
  }
}

function overdue(target: TargetState, command: CommandState, now: number): Diagnostics | null {
  if (command.missedHeartbeats >= MISSED_HEARTBEATS_UNTIL_LOST) return commandLost(target);
  if (now < commandDeadline(command)) return null;
  return command.acknowledgedAt === null
    ? commandNotTakenUp(target, COMMAND_START_TIMEOUT_MILLISECONDS / MINUTE)
    : commandNotFinished(target, COMMAND_FINISH_TIMEOUT_MILLISECONDS / MINUTE);
}

function commandDeadline(command: CommandState): number {
  return command.acknowledgedAt === null
    ? command.availableAt + COMMAND_START_TIMEOUT_MILLISECONDS
    : command.acknowledgedAt + COMMAND_FINISH_TIMEOUT_MILLISECONDS;
}

function advanceTargets(draft: Draft): void {
  for (const target of draft.state.targets ?? []) draft.decide(...advanceTarget(target, draft.state));
}

function haltWhenHealthIsSpent(draft: Draft): void {
  const { targets, minimumHealthyHosts: minimum, halt } = draft.state;
  invariant(targets && minimum !== null, "a deployment in progress has targets and a minimum");
  const buckets = sortIntoBuckets(targets);
  if (halt === null && isHealthSpent(buckets, minimum)) {
    draft.decide({ type: "admissionHalted", halt: "health", error: healthError(buckets, minimum) });
  }
}

function admitTargets(draft: Draft): void {
  const { targets, minimumHealthyHosts: minimum } = draft.state;
  invariant(targets && minimum !== null, "a deployment in progress has targets and a minimum");
  for (const { targetId, lifecycleEvents } of admissibleTargets(sortIntoBuckets(targets), minimum)) {
    const first = lifecycleEvents[0];
    invariant(first, `${targetId} has no lifecycle events`);
    draft.decide({ type: "commandOffered", targetId, event: first.name, attempt: 1 });
  }
}

/**
 * After a halt nobody new starts. Spent health lets the hosts under way finish; a stop or time-out takes back what no agent has
 * taken up yet, lets a running event end, and goes no further. A host left half-deployed is Failed, one never touched Skipped.
 */
function windDown(draft: Draft): void {
  const isEnding = endsHostsUnderWay(draft.state);
  for (const target of draft.state.targets ?? []) {
    const { targetId } = target;
    if (target.status === "Pending") draft.decide({ type: "targetSkipped", targetId });
    if (target.status !== "InProgress" || !isEnding) continue;
    if (target.command !== null && target.command.acknowledgedAt !== null) continue;
    draft.decide(outcomeOfInterrupted(target, draft.state));
  }
}

function outcomeOfInterrupted(target: TargetState, policy: AdvancePolicy): TargetEvent {
  const { targetId, lifecycleEvents } = target;
  const next = advanceTarget(target, policy)[0];
  if (next && next.type !== "commandOffered") return next;
  const wasTouched = lifecycleEvents.some((event) => event.status !== "Pending");
  return { type: wasTouched ? "targetFailed" : "targetSkipped", targetId };
}

function completeWhenAllEnded(draft: Draft): void {
  const { state } = draft;
  const { targets, minimumHealthyHosts: minimum } = state;
  invariant(targets && minimum !== null, "a deployment in progress has targets and a minimum");
  const buckets = sortIntoBuckets(targets);
  if (buckets.waiting.length > 0 || buckets.running.length > 0) return;
  if (state.halt === "stop") {
    draft.decide({ type: "deploymentStopped", error: stopError(state, state.error) });
  } else if (state.error) {
    draft.decide({ type: "deploymentFailed", error: state.error });
  } else if (isHealthMet(buckets, minimum)) {
    if (buckets.failed.length > 0)
      draft.decide({ type: "statusMessageAdded", message: succeededWithFailures(buckets) });
    draft.decide({ type: "deploymentSucceeded" });
  } else {
    draft.decide({ type: "deploymentFailed", error: healthError(buckets, minimum) });
  }
}
