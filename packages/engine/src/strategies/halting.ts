import { invariant } from "@sluice/model/invariant.ts";
import type { Draft } from "../draft.ts";
import { deadlineAt, type HeardTime } from "../heard-time.ts";
import { alarmError, alarmsUnreadable, alarmsUnreadableError, runTimeoutError, stopError } from "../messages.ts";
import type { AlarmObservation, Observation } from "../observation.ts";
import { type DeploymentState, isUnderWay } from "../state.ts";
import { ALARMS_CATCH_UP_MILLISECONDS, ALARMS_UNREADABLE_MILLISECONDS } from "../time-limits.ts";

const HOUR = 3_600_000;

type UnreadableAlarms = Extract<AlarmObservation, { outcome: "unreadable" }>;

/**
 * Nothing ends a deployment early whose originals are being terminated: a rollback would bring in hosts that are about to disappear,
 * and take out those that serve.
 */
export function isPastReturn({ stage, wait, halt }: Pick<DeploymentState, "stage" | "wait" | "halt">): boolean {
  return stage === "terminate" && wait === null && halt === null;
}

/** A deployment whose health was spent already is failing; stopping it then only ends it sooner. */
export function haltWhenStopped(draft: Draft): void {
  const { state } = draft;
  if (state.stopRequestedAt === null || state.halt !== null) return;
  draft.decide({ type: "admissionHalted", halt: "stop", error: stopError(state, null) });
}

/** An alarm is looked at for as long as the deployment could still do or undo something. */
export function haltOnAlarm(draft: Draft, { alarms, heard }: Observation): void {
  const { state } = draft;
  if (state.halt !== null || state.alarms === null || !alarms) return;
  if (alarms.outcome === "read") {
    if (alarms.firing.length > 0)
      draft.decide({ type: "admissionHalted", halt: "alarm", error: alarmError(alarms.firing) });
    else if (state.waiting?.about === "alarms") draft.decide({ type: "deploymentWaitOver" });
    return;
  }
  if (state.alarms.ignoresPollFailure) return;
  const since = unreadableSince(state, alarms);
  const until = unreadableUntil(state, alarms, heard, draft.now);
  if (draft.now < until) {
    if (state.waiting !== undefined) return;
    const reason = alarmsUnreadable(state.alarms.names, alarms.reason);
    draft.decide({ type: "deploymentWaiting", reason, since, until, about: "alarms" });
    return;
  }
  const error = alarmsUnreadableError(state.alarms.names, { ...alarms, since });
  draft.decide({ type: "admissionHalted", halt: "alarm", error });
}

/** A server that starts knows only what it sees itself; what was told before it started still holds. */
function unreadableSince({ waiting }: DeploymentState, { since }: UnreadableAlarms): number {
  return waiting?.about === "alarms" ? Math.min(waiting.since, since) : since;
}

/** When a deployment stops because its alarms cannot be read. */
export function alarmsUnreadableUntil(state: DeploymentState, { alarms, heard }: Observation, now: number): number {
  if (state.alarms === null || state.alarms.ignoresPollFailure || alarms?.outcome !== "unreadable") {
    return Number.POSITIVE_INFINITY;
  }
  return unreadableUntil(state, alarms, heard, now);
}

/** When it is enough that alarms cannot be read. A server that was stopped has not read them either. */
function unreadableUntil(state: DeploymentState, alarms: UnreadableAlarms, heard: HeardTime, now: number): number {
  return deadlineAt(
    heard,
    unreadableSince(state, alarms),
    ALARMS_UNREADABLE_MILLISECONDS,
    now,
    ALARMS_CATCH_UP_MILLISECONDS,
  );
}

export function haltWhenOverdue(draft: Draft, timeoutMilliseconds: number, { heard }: Observation): void {
  const { state } = draft;
  if (state.halt !== null || draft.now < runTimeoutAt(state, timeoutMilliseconds, heard, draft.now)) return;
  draft.decide({ type: "admissionHalted", halt: "timeout", error: runTimeoutError(timeoutMilliseconds / HOUR) });
}

/** When the deployment has taken all the time that one of its type may take. */
export function runTimeoutAt(
  { status, startedAt }: DeploymentState,
  timeoutMilliseconds: number,
  heard: HeardTime,
  now: number,
): number {
  invariant(isUnderWay(status) && startedAt !== null, "a deployment under way has a start");
  return deadlineAt(heard, startedAt, timeoutMilliseconds, now);
}

/** Spent health lets targets under way finish their events; a stop, time-out or alarm, also a stop that comes later, does not. */
export function endsTargetsUnderWay(state: DeploymentState): boolean {
  if (state.halt === null) return false;
  return state.halt !== "health" || state.stopRequestedAt !== null;
}
