import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import { isTrafficEvent, type TrafficEventName } from "@sluice/model/lifecycle-event.ts";
import { type AdvancePolicy, advanceTarget } from "../advance-target.ts";
import type { Draft } from "../draft.ts";
import type { TargetEvent } from "../event.ts";
import { deadlineAt, type HeardTime } from "../heard-time.ts";
import {
  ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS,
  BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS,
  COMMAND_FINISH_TIMEOUT_MILLISECONDS,
  COMMAND_START_TIMEOUT_MILLISECONDS,
  MISSED_HEARTBEATS_UNTIL_LOST,
} from "../limits.ts";
import {
  commandLost,
  commandNotFinished,
  commandNotTakenUp,
  interruptedByAlarm,
  silentHost,
  trafficDone,
  trafficNotDone,
  trafficRefused,
} from "../messages.ts";
import { darkAt, type Observation } from "../observation.ts";
import type { CommandState, DeploymentState, TargetState } from "../state.ts";

const MINUTE = 60_000;

/** Ends the events under way that cannot come to their end by an agent's report: the host fell silent, or the balancer answered. */
export function settleCommands(draft: Draft, observation: Observation): void {
  for (const target of draft.state.targets ?? []) {
    const { command } = target;
    if (!command) continue;
    if (isTrafficEvent(command.event)) {
      settleTraffic(draft, target, command, command.event, observation);
    } else {
      settleLostCommand(draft, target, command, observation);
    }
  }
}

/** The moment at which time alone ends what the host is at. */
export function commandSettledAt(
  target: TargetState,
  state: DeploymentState,
  { heard, hosts }: Observation,
  now: number,
): number {
  const { command, targetId } = target;
  if (!command) return Number.POSITIVE_INFINITY;
  if (isTrafficEvent(command.event)) return trafficDeadline(command, command.event, heard, now);
  return Math.min(commandDeadline(command, heard, now), darkAt(hosts.get(targetId), state.createdAt));
}

export function advanceTargets(draft: Draft): void {
  for (const target of draft.state.targets ?? []) draft.decide(...advanceTarget(target, draft.state));
}

/** Spent health lets hosts under way finish their events; a stop, time-out or alarm, also a stop that comes later, does not. */
export function endsHostsUnderWay(state: DeploymentState): boolean {
  if (state.halt === null) return false;
  return state.halt !== "health" || state.stopRequestedAt !== null;
}

/**
 * After a halt nobody new starts. Spent health lets the hosts under way finish; a stop or time-out takes back what no agent has
 * taken up yet, lets a running event end, and goes no further; an alarm does not wait for that end. A host left half-deployed is
 * Failed, one never touched, or ready for traffic that does not come, is Skipped.
 */
export function windDown(draft: Draft): void {
  const isEnding = endsHostsUnderWay(draft.state);
  for (const target of draft.state.targets ?? []) {
    const { targetId, command } = target;
    if (target.status === "Pending" || target.status === "Ready") draft.decide({ type: "targetSkipped", targetId });
    if (target.status !== "InProgress" || !isEnding) continue;
    if (command !== null && command.acknowledgedAt !== null) {
      if (draft.state.halt !== "alarm") continue;
      const diagnostics = interruptedByAlarm(target, command.event);
      draft.decide({ type: "lifecycleEventFailed", targetId, event: command.event, diagnostics, agentIssue: false });
      draft.decide({ type: "targetFailed", targetId });
      continue;
    }
    draft.decide(outcomeOfInterrupted(target, draft.state));
  }
}

function settleLostCommand(draft: Draft, target: TargetState, command: CommandState, observation: Observation): void {
  const host = observation.hosts.get(target.targetId);
  const isDark = darkAt(host, draft.state.createdAt) <= draft.now;
  const diagnostics = isDark
    ? silentHost(target, host, command.acknowledgedAt !== null)
    : overdue(target, command, observation.heard, draft.now);
  if (!diagnostics) return;
  const { targetId } = target;
  draft.decide({ type: "lifecycleEventFailed", targetId, event: command.event, diagnostics, agentIssue: isDark });
}

function settleTraffic(
  draft: Draft,
  target: TargetState,
  command: CommandState,
  event: TrafficEventName,
  { heard, traffic }: Observation,
): void {
  const { targetId } = target;
  const report = traffic?.get(targetId);
  const current = report?.event === event && report.attempt === command.attempt ? report : undefined;
  if (current?.outcome === "done") {
    draft.decide({ type: "lifecycleEventSucceeded", targetId, event, diagnostics: trafficDone(current.detail) });
    return;
  }
  const isOverdue = draft.now >= trafficDeadline(command, event, heard, draft.now);
  if (current?.outcome !== "failed" && !isOverdue) return;
  const diagnostics =
    current?.outcome === "failed"
      ? trafficRefused(target, event, current.detail)
      : trafficNotDone(target, event, trafficTimeout(event) / MINUTE, current?.detail ?? "");
  draft.decide({ type: "lifecycleEventFailed", targetId, event, diagnostics, agentIssue: false });
}

function trafficTimeout(event: TrafficEventName): number {
  return event === "BlockTraffic" ? BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS : ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS;
}

/** The balancer is asked by the server: what it was not asked for lately it cannot have done late. */
function trafficDeadline(command: CommandState, event: TrafficEventName, heard: HeardTime, now: number): number {
  return deadlineAt(heard, command.availableAt, trafficTimeout(event), now);
}

function overdue(target: TargetState, command: CommandState, heard: HeardTime, now: number): Diagnostics | null {
  if (command.missedHeartbeats >= MISSED_HEARTBEATS_UNTIL_LOST) return commandLost(target);
  if (now < commandDeadline(command, heard, now)) return null;
  return command.acknowledgedAt === null
    ? commandNotTakenUp(target, COMMAND_START_TIMEOUT_MILLISECONDS / MINUTE)
    : commandNotFinished(target, COMMAND_FINISH_TIMEOUT_MILLISECONDS / MINUTE);
}

function commandDeadline({ acknowledgedAt, availableAt }: CommandState, heard: HeardTime, now: number): number {
  return acknowledgedAt === null
    ? deadlineAt(heard, availableAt, COMMAND_START_TIMEOUT_MILLISECONDS, now)
    : deadlineAt(heard, acknowledgedAt, COMMAND_FINISH_TIMEOUT_MILLISECONDS, now);
}

function outcomeOfInterrupted(target: TargetState, policy: AdvancePolicy): TargetEvent {
  const { targetId, lifecycleEvents } = target;
  const next = advanceTarget(target, policy)[0];
  if (next && next.type !== "commandOffered") return next;
  const wasTouched = lifecycleEvents.some((event) => event.status !== "Pending");
  return { type: wasTouched ? "targetFailed" : "targetSkipped", targetId };
}
