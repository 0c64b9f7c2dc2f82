import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { type AdvancePolicy, advanceTarget } from "./advance-target.ts";
import { applyToTarget } from "./apply.ts";
import type { TargetEvent } from "./event.ts";
import type { Executor } from "./planned-event.ts";
import type { TargetState } from "./state.ts";

/** What who carries a command out says of it. `event` and `attempt` name the command, `offer` the poll answer by which a host got it. */
export type CommandReport = {
  readonly event: LifecycleEventName;
  readonly attempt: number;
  readonly by: Executor;
} & (
  | { readonly type: "acknowledged"; readonly offer: string }
  | {
      readonly type: "completed";
      readonly succeeded: boolean;
      readonly diagnostics: Diagnostics;
      /**
       * The host takes what the deployment has for it next together with the answer, as acknowledged by this offer, which is the completed command's own:
       * the same completion, said again, gets the same answer. Absent: it polls for it.
       */
      readonly takesNextBy?: string | undefined;
    }
);

export interface ReportPolicy extends AdvancePolicy {
  /** Whether the next event may be made available at once. When not, the report is only recorded and the planner decides. */
  readonly advancing: boolean;
}

/** In the agent protocol's words: InProgress tells an acknowledging agent to run the command, anything else to skip it. */
export type ReportAnswer = "InProgress" | "Succeeded" | "Failed";

/** A command of the same target that a completion was answered with. */
export type NextCommand = Pick<CommandReport, "event" | "attempt">;

export interface ReportReply {
  readonly answer: ReportAnswer;
  /** What the host has taken with this answer; absent where it did not ask, or there is nothing yet. */
  readonly next?: NextCommand | undefined;
}

export interface ReportResult extends ReportReply {
  readonly target: TargetState;
  /** Empty when the report changes nothing: repeated, or too late. */
  readonly events: readonly TargetEvent[];
}

/**
 * One report on one target, mostly an agent's: what it changes, and what is answered. Only whoever the command names is heard. Reports may
 * come late, twice or out of order; the first completion of a command wins, and a command that was acknowledged once is never run for
 * another acknowledgement.
 */
export function receiveReport(
  target: TargetState,
  report: CommandReport,
  policy: ReportPolicy,
  now: number,
): ReportResult {
  const { command } = target;
  const isCurrent =
    command !== null &&
    command.event === report.event &&
    command.attempt === report.attempt &&
    command.by === report.by;
  if (!isCurrent) {
    const next = report.type === "completed" ? takenBy(target, report.takesNextBy) : undefined;
    return { target, events: [], answer: answerForPast(target, report.event), ...(next && { next }) };
  }
  if (report.type === "acknowledged") {
    if (command.acknowledgedOffer === report.offer) return { target, events: [], answer: "InProgress" };
    if (command.acknowledgedAt !== null) return { target, events: [], answer: "Succeeded" };
    return take(
      target,
      [{ type: "lifecycleEventStarted", targetId: target.targetId, event: report.event, offer: report.offer }],
      now,
    );
  }
  const completion: TargetEvent = report.succeeded
    ? {
        type: "lifecycleEventSucceeded",
        targetId: target.targetId,
        event: report.event,
        diagnostics: report.diagnostics,
      }
    : {
        type: "lifecycleEventFailed",
        targetId: target.targetId,
        event: report.event,
        diagnostics: report.diagnostics,
        agentIssue: false,
      };
  const completed = applyToTarget(target, completion, now);
  const advanced = take(target, [completion, ...(policy.advancing ? advanceTarget(completed, policy) : [])], now);
  return report.takesNextBy === undefined ? advanced : takeNext(advanced, report.takesNextBy, now);
}

/** What the target is to do now begins at once, if it is for the host that has asked. */
function takeNext(advanced: ReportResult, offer: string, now: number): ReportResult {
  const { target, events } = advanced;
  const { command, targetId } = target;
  if (command?.by !== "agent" || command.acknowledgedAt !== null) return advanced;
  const { event, attempt } = command;
  const started: TargetEvent = { type: "lifecycleEventStarted", targetId, event, offer };
  return {
    ...advanced,
    target: applyToTarget(target, started, now),
    events: [...events, started],
    next: { event, attempt },
  };
}

/** What was given with an answer to the same completion before, which may have been lost. */
function takenBy({ command }: TargetState, offer: string | undefined): NextCommand | undefined {
  if (offer === undefined || command?.by !== "agent" || command.acknowledgedOffer !== offer) return undefined;
  return { event: command.event, attempt: command.attempt };
}

function take(target: TargetState, events: readonly TargetEvent[], now: number): ReportResult {
  return {
    target: events.reduce((state, event) => applyToTarget(state, event, now), target),
    events,
    answer: "InProgress",
  };
}

/** Anything but InProgress: an agent that asks about a command that is over must not run it. */
function answerForPast(target: TargetState, event: LifecycleEventName): ReportAnswer {
  return target.lifecycleEvents.some((past) => past.name === event && past.status === "Succeeded")
    ? "Succeeded"
    : "Failed";
}
