import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import { startTarget } from "../../advance-target.ts";
import type { Draft } from "../../draft.ts";
import type { EffectReport } from "../../effect-report.ts";
import type { DeploymentEvent, TargetEvent } from "../../event.ts";
import { ALWAYS_HEARD, deadlineAt, type HeardTime } from "../../heard-time.ts";
import type { Observation } from "../../observation.ts";
import type { DeploymentError, DeploymentState } from "../../state.ts";
import { tellWaitAt } from "../../waiting.ts";
import { type AtWork, type Phase, shiftTarget } from "./phase.ts";
import type { ShiftEffect } from "./shift-effects.ts";
import { failedBy, hookFailedError, refusedError, shiftInterrupted, troubleError } from "./shift-messages.ts";

/** What the strategy says of the event under way. */
export type PhaseOf = (at: AtWork) => Phase;

type AskPhase = Extract<Phase, { kind: "ask" }>;

/** What is to be asked of the outside for the event under way. The same at every plan, until its reports have come. */
export function phaseEffects(state: DeploymentState, phaseOf: PhaseOf): readonly ShiftEffect[] {
  // What is asked for is in the state already: no time makes a difference to it.
  const at = atWork(state, ALWAYS_HEARD, Number.NEGATIVE_INFINITY);
  if (!at || state.halt !== null) return [];
  const phase = phaseOf(at);
  return phase.kind === "ask" ? phase.asks.map(({ effect }) => effect) : [];
}

/** Begins with the first event. */
export function beginShift(draft: Draft): void {
  const target = shiftTarget(draft.state);
  if (target?.status === "Pending") draft.decide(startTarget(target));
}

/** Brings the event under way on, as far as reports and time allow. After a halt it only takes note of what has been done. */
export function settlePhases(draft: Draft, observation: Observation, phaseOf: PhaseOf): void {
  const { heard } = observation;
  const { now } = draft;
  for (let at = atWork(draft.state, heard, now); at !== undefined; at = atWork(draft.state, heard, now)) {
    const events = settlePhase(at, phaseOf(at), observation);
    if (events.length === 0) return;
    draft.decide(...events);
  }
}

function settlePhase(at: AtWork, phase: Phase, observation: Observation): readonly DeploymentEvent[] {
  const isHalted = at.state.halt !== null;
  switch (phase.kind) {
    case "decide":
      return isHalted ? [] : phase.events;
    case "wait":
      return isHalted ? [] : tell(at, phase.reason, phase.since, phase.until);
    case "ask": {
      const reports = phase.asks.map(({ effect }) => observation.reports.get(effect.key));
      const done = reports.filter((report): report is EffectReport => report?.outcome === "done");
      if (phase.whenDone && done.length === phase.asks.length) return phase.whenDone(done);
      return isHalted ? [] : (failureOf(at, phase, observation) ?? tellAsk(at, phase, observation));
    }
    default: {
      const never: never = phase;
      return never;
    }
  }
}

/** When time alone changes something about the event under way. */
export function phaseSettledAt(
  state: DeploymentState,
  observation: Observation,
  phaseOf: PhaseOf,
  now: number,
): number {
  const at = atWork(state, observation.heard, now);
  if (!at || state.halt !== null) return Number.POSITIVE_INFINITY;
  const phase = phaseOf(at);
  const { waiting } = at.command;
  switch (phase.kind) {
    case "decide":
      return now;
    case "wait":
      return Math.min(phase.until ?? Number.POSITIVE_INFINITY, tellWaitAt(phase.reason, phase.since, waiting));
    case "ask":
      return Math.min(
        deadlineOf(phase, observation.heard, now),
        tellWaitAt(wordsOf(phase, observation), phase.since, waiting),
      );
    default: {
      const never: never = phase;
      return never;
    }
  }
}

/** A hook said no: its report has ended the event, and the deployment follows. */
export function haltWhenFailed(draft: Draft): void {
  const target = shiftTarget(draft.state);
  const failed = target?.lifecycleEvents.find(({ status }) => status === "Failed");
  if (!failed || draft.state.halt !== null) return;
  draft.decide({ type: "admissionHalted", halt: "health", error: hookFailedError(failed) });
}

/** After a halt the event under way ends: nobody waits for a platform, or a hook, that works for nothing. */
export function windShiftDown(draft: Draft, observation: Observation, phaseOf: PhaseOf): void {
  const target = shiftTarget(draft.state);
  if (!target) return;
  const { targetId, status } = target;
  if (status === "Pending" || status === "Ready") draft.decide({ type: "targetSkipped", targetId });
  if (status !== "InProgress") return;
  const at = atWork(draft.state, observation.heard, draft.now);
  if (at) {
    const phase = phaseOf(at);
    const asked = phase.kind === "ask" ? (returnedOf(phase, observation)?.fact ?? wordsOf(phase, observation)) : null;
    draft.decide(eventFailed(at, shiftInterrupted(draft.state, at.command.event, asked)));
  }
  draft.decide({ type: "targetFailed", targetId });
}

function atWork(state: DeploymentState, heard: HeardTime, now: number): AtWork | undefined {
  const target = shiftTarget(state);
  return target?.command ? { state, target, command: target.command, heard, now } : undefined;
}

/** Who said no, or has not done in time what was asked; undefined: nobody. */
function failureOf(at: AtWork, phase: AskPhase, { heard, reports }: Observation): DeploymentEvent[] | undefined {
  const isOverdue = at.now >= deadlineOf(phase, heard, at.now);
  for (const { effect, trouble } of phase.asks) {
    const report = reports.get(effect.key);
    if (report?.outcome === "failed") return failWith(at, refusedError(trouble, report), report.logTail);
    if (isOverdue && (report?.outcome !== "done" || phase.whenDone === null)) {
      const { overdueCode = trouble.code, overdue } = trouble;
      return failWith(at, troubleError(report?.code ?? overdueCode, overdue, report?.detail ?? ""));
    }
  }
  return undefined;
}

function failWith(at: AtWork, error: DeploymentError, logTail?: string): DeploymentEvent[] {
  return [eventFailed(at, failedBy(error, logTail)), { type: "admissionHalted", halt: "health", error }];
}

function eventFailed({ target: { targetId }, command: { event } }: AtWork, diagnostics: Diagnostics): TargetEvent {
  return { type: "lifecycleEventFailed", targetId, event, diagnostics, agentIssue: false };
}

function tellAsk(at: AtWork, phase: AskPhase, observation: Observation): DeploymentEvent[] {
  return tell(at, wordsOf(phase, observation), phase.since, deadlineOf(phase, observation.heard, at.now));
}

/** Why the event is not over yet. */
function tell(
  { target, command, now }: AtWork,
  reason: string,
  since: number,
  until: number | null,
): DeploymentEvent[] {
  if (now < tellWaitAt(reason, since, command.waiting)) return [];
  return [{ type: "targetWaiting", targetId: target.targetId, event: command.event, reason, since, until }];
}

/** What is waited for, in the words of those who were asked, and have not done it. */
function wordsOf(phase: AskPhase, { reports }: Pick<Observation, "reports">): string {
  const { asks, awaited } = phase;
  const returned = returnedOf(phase, { reports });
  if (returned) return `${returned.fact}; ${returned.cure}`;
  const pending = asks
    .flatMap(({ effect }) => reports.get(effect.key) ?? [])
    .filter(({ outcome }) => outcome === "pending");
  const said = pending
    .map(({ detail }) => detail)
    .filter(Boolean)
    .join("; ");
  return [awaited, said].filter(Boolean).join(": ");
}

/** Undefined: nobody who was asked has returned without an answer. */
function returnedOf({ asks, returned }: AskPhase, { reports }: Pick<Observation, "reports">): AskPhase["returned"] {
  return asks.some(({ effect }) => reports.get(effect.key)?.hasReturned) ? returned : undefined;
}

/** The outside is asked by the server: what it was not asked for lately it cannot have done late. */
function deadlineOf({ since, timeoutMilliseconds }: AskPhase, heard: HeardTime, now: number): number {
  return deadlineAt(heard, since, timeoutMilliseconds, now);
}
