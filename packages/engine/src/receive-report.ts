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
  | { readonly type: "completed"; readonly succeeded: boolean; readonly diagnostics: Diagnostics }
);

export interface ReportPolicy extends AdvancePolicy {
  /** Whether the next event may be made available at once. When not, the report is only recorded and the planner decides. */
  readonly advancing: boolean;
}

/** In the agent protocol's words: InProgress tells an acknowledging agent to run the command, anything else to skip it. */
export type ReportAnswer = "InProgress" | "Succeeded" | "Failed";

export interface ReportResult {
  readonly target: TargetState;
  /** Empty when the report changes nothing: repeated, or too late. */
  readonly events: readonly TargetEvent[];
  readonly answer: ReportAnswer;
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
  if (!isCurrent) return { target, events: [], answer: answerForPast(target, report.event) };
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
  return take(target, [completion, ...(policy.advancing ? advanceTarget(completed, policy) : [])], now);
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
