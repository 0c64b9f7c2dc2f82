import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { type AdvancePolicy, advanceTarget } from "../../advance-target.ts";
import type { Draft } from "../../draft.ts";
import type { EffectReport } from "../../effect-report.ts";
import type { TargetEvent } from "../../event.ts";
import { CATCH_UP_MILLISECONDS, deadlineAt, type HeardTime, lastGapSince, type TimeSpan } from "../../heard-time.ts";
import { hostTargets } from "../../host-targets.ts";
import {
  commandLost,
  commandNotFinished,
  commandNotTakenUp,
  interruptedByAlarm,
  interruptedTraffic,
  outcomeNotReported,
  reportMayBeLost,
  silentHost,
  trafficDone,
  trafficNotDone,
  trafficRefused,
} from "../../messages.ts";
import { darkAt, type HostLiveness, type Observation } from "../../observation.ts";
import type { CommandState, DeploymentState, HostTarget } from "../../state.ts";
import {
  ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS,
  BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS,
  COMMAND_FINISH_TIMEOUT_MILLISECONDS,
  COMMAND_START_TIMEOUT_MILLISECONDS,
  LOSES_REPORTS_AFTER_MILLISECONDS,
  MISSED_HEARTBEATS_UNTIL_LOST,
  STOP_CATCH_UP_MILLISECONDS,
  STOP_GRACE_MILLISECONDS,
} from "../../time-limits.ts";
import { stopGraceBegin, tellWaitAt } from "../../waiting.ts";
import { endsTargetsUnderWay } from "../halting.ts";
import { forgivenEvents } from "./forgiven-events.ts";
import { trafficReport } from "./host-effects.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Ends the events under way that cannot come to their end by an agent's report: the host fell silent, or the balancer answered. */
export function settleCommands(draft: Draft, observation: Observation): void {
  for (const target of hostTargets(draft.state)) {
    const { command } = target;
    if (!command) continue;
    if (command.by === "balancer") {
      settleTraffic(draft, target, command, command.event, observation);
    } else {
      settleLostCommand(draft, target, command, observation);
    }
  }
}

/** The moment at which time alone ends what the host is at. */
export function commandSettledAt(
  target: HostTarget,
  state: DeploymentState,
  observation: Observation,
  now: number,
): number {
  const { heard, hosts } = observation;
  const { command, targetId } = target;
  if (!command) return Number.POSITIVE_INFINITY;
  if (command.by === "balancer") {
    const report = trafficReport(state, target, observation);
    return Math.min(
      trafficDeadline(command, command.event, heard, now),
      tellWaitAt(report?.detail ?? "", command.availableAt, command.waiting),
    );
  }
  const lostKnownAt = mayBeLost(command, hosts.get(targetId), heard)?.knownAt ?? Number.POSITIVE_INFINITY;
  return Math.min(
    lostKnownAt > now ? lostKnownAt : Number.POSITIVE_INFINITY,
    commandDeadline(command, heard, now),
    darkAt(hosts.get(targetId), state.createdAt),
    stopGraceEnd(state, heard, now),
  );
}

/** When hosts that are still at work after a stop, or after the run time, are not waited for any longer. */
function stopGraceEnd(state: DeploymentState, heard: HeardTime, now: number): number {
  if (!endsTargetsUnderWay(state)) return Number.POSITIVE_INFINITY;
  const since = stopGraceBegin(state) ?? state.createdAt;
  return deadlineAt(heard, since, STOP_GRACE_MILLISECONDS, now, STOP_CATCH_UP_MILLISECONDS);
}

/**
 * After a halt nobody new starts. Spent health lets the hosts under way finish. A stop or time-out takes back what no agent has taken
 * up yet, ends what the load balancer is asked for, gives a running event its grace, and goes no further; an alarm waits for nothing. A
 * host left half-deployed is Failed, one never touched, or ready for traffic that does not come, is Skipped.
 */
export function windDown(draft: Draft, observation: Observation): void {
  const isEnding = endsTargetsUnderWay(draft.state);
  for (const target of hostTargets(draft.state)) {
    const { targetId, command } = target;
    if (target.status === "Pending" || target.status === "Ready") draft.decide({ type: "targetSkipped", targetId });
    if (target.status !== "InProgress" || !isEnding) continue;
    if (command === null || command.acknowledgedAt === null) {
      draft.decide(outcomeOfInterrupted(target, { forgiven: forgivenEvents(draft.state) }));
      continue;
    }
    const ended = endOfInterrupted(draft, target, command, observation);
    if (ended) draft.decide(ended, { type: "targetFailed", targetId });
  }
}

/** How an event ends that is under way when its deployment ends; null: it is waited for. */
function endOfInterrupted(
  { state, now }: Draft,
  target: HostTarget,
  command: CommandState,
  observation: Observation,
): TargetEvent | null {
  const { heard } = observation;
  const { targetId } = target;
  const { event } = command;
  if (command.by === "balancer") {
    const report = trafficReport(state, target, observation);
    const diagnostics = interruptedTraffic(target, event, state, report);
    return { type: "lifecycleEventFailed", targetId, event, diagnostics, agentIssue: false };
  }
  if (state.halt === "alarm") {
    const diagnostics = interruptedByAlarm(target, event);
    return { type: "lifecycleEventFailed", targetId, event, diagnostics, agentIssue: false };
  }
  if (now < stopGraceEnd(state, heard, now)) return null;
  const diagnostics = outcomeNotReported(target, event, state, STOP_GRACE_MILLISECONDS / SECOND);
  return { type: "lifecycleEventUnreported", targetId, event, diagnostics };
}

/** The server may have missed the report, and no other comes: who looks must not think that scripts are running. */
function tellLostReport(
  draft: Draft,
  { targetId }: HostTarget,
  command: CommandState,
  host: HostLiveness | undefined,
  heard: HeardTime,
): void {
  const lost = mayBeLost(command, host, heard);
  if (!lost || command.acknowledgedAt === null || draft.now < lost.knownAt) return;
  const reason = reportMayBeLost(draft.state, lost.gap);
  if (reason === command.waiting?.reason) return;
  const until = commandDeadline(command, heard, draft.now);
  draft.decide({ type: "targetWaiting", targetId, event: command.event, reason, since: command.acknowledgedAt, until });
}

/** `knownAt`: a report that was not lost has come by then. */
function mayBeLost(
  { acknowledgedAt }: CommandState,
  host: HostLiveness | undefined,
  heard: HeardTime,
): { readonly gap: TimeSpan; readonly knownAt: number } | undefined {
  if (acknowledgedAt === null || !host?.losesReports) return undefined;
  const gap = lastGapSince(heard, acknowledgedAt, LOSES_REPORTS_AFTER_MILLISECONDS);
  return gap && { gap, knownAt: gap.until + CATCH_UP_MILLISECONDS };
}

function settleLostCommand(draft: Draft, target: HostTarget, command: CommandState, observation: Observation): void {
  const host = observation.hosts.get(target.targetId);
  const isDark = darkAt(host, draft.state.createdAt) <= draft.now;
  const diagnostics = isDark
    ? silentHost(target, host, command.acknowledgedAt !== null)
    : overdue(target, command, observation.heard, draft.now);
  if (!diagnostics) {
    tellLostReport(draft, target, command, host, observation.heard);
    return;
  }
  const { targetId } = target;
  draft.decide({ type: "lifecycleEventFailed", targetId, event: command.event, diagnostics, agentIssue: isDark });
}

function settleTraffic(
  draft: Draft,
  target: HostTarget,
  command: CommandState,
  event: LifecycleEventName,
  observation: Observation,
): void {
  const { heard } = observation;
  const { targetId } = target;
  const current = trafficReport(draft.state, target, observation);
  if (current?.outcome === "done") {
    draft.decide({ type: "lifecycleEventSucceeded", targetId, event, diagnostics: trafficDone(current.detail) });
    return;
  }
  const isOverdue = draft.now >= trafficDeadline(command, event, heard, draft.now);
  if (current?.outcome !== "failed" && !isOverdue) {
    tellWait(draft, target, command, event, heard, current);
    return;
  }
  const diagnostics =
    current?.outcome === "failed"
      ? trafficRefused(target, event, current.detail)
      : trafficNotDone(target, event, trafficTimeout(event) / MINUTE, current?.detail ?? "");
  draft.decide({ type: "lifecycleEventFailed", targetId, event, diagnostics, agentIssue: false });
}

/** Why the event is not over yet, in the balancer's words. */
function tellWait(
  draft: Draft,
  { targetId }: HostTarget,
  command: CommandState,
  event: LifecycleEventName,
  heard: HeardTime,
  report: EffectReport | undefined,
): void {
  const reason = report?.detail ?? "";
  const since = command.availableAt;
  if (draft.now < tellWaitAt(reason, since, command.waiting)) return;
  const until = Math.min(trafficDeadline(command, event, heard, draft.now), report?.until ?? Number.POSITIVE_INFINITY);
  draft.decide({ type: "targetWaiting", targetId, event, reason, since, until });
}

function trafficTimeout(event: LifecycleEventName): number {
  return event === "BlockTraffic" ? BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS : ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS;
}

/** The balancer is asked by the server: what it was not asked for lately it cannot have done late. */
function trafficDeadline(command: CommandState, event: LifecycleEventName, heard: HeardTime, now: number): number {
  return deadlineAt(heard, command.availableAt, trafficTimeout(event), now);
}

function overdue(target: HostTarget, command: CommandState, heard: HeardTime, now: number): Diagnostics | null {
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

function outcomeOfInterrupted(target: HostTarget, policy: AdvancePolicy): TargetEvent {
  const { targetId, lifecycleEvents } = target;
  const next = advanceTarget(target, policy)[0];
  if (next && next.type !== "commandOffered") return next;
  const wasTouched = lifecycleEvents.some((event) => event.status !== "Pending");
  return { type: wasTouched ? "targetFailed" : "targetSkipped", targetId };
}
