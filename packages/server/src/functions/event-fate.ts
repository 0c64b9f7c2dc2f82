import { CallerFault } from "@sluice/model/caller-fault.ts";
import { FAULTS } from "@sluice/model/fault-codes.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { EventEnd, EventPostponement, EventRow } from "../store/lambda/events.ts";
import type { Invoked } from "./local-functions.ts";
import { ThrottledInvocation } from "./throttled-invocation.ts";

/** As Lambda's: an event is tried twice more when the function failed, one minute after the first attempt and two after the second. */
const RETRY_MILLISECONDS = [60_000, 120_000] as const;
/** As Lambda's: what could not be begun is tried for so long, at first after a second and then after ever more, up to five minutes. */
export const MAX_EVENT_AGE_MILLISECONDS = 6 * 60 * 60 * 1000;
const FIRST_BACK_OFF_MILLISECONDS = 1_000;
const MAX_BACK_OFF_MILLISECONDS = 5 * 60 * 1000;
/** A deployment waits for its hook, and nobody wants it to wait for minutes more. */
const MAX_HOOK_BACK_OFF_MILLISECONDS = 10_000;
const MAX_ERROR_TYPE_CHARACTERS = 200;
const MAX_ERROR_MESSAGE_CHARACTERS = 2_000;

/** What becomes of an event after an attempt. */
export type EventFate =
  | { readonly fate: "ended"; readonly end: EventEnd }
  | { readonly fate: "again"; readonly postponement: EventPostponement };

type Attempted = Pick<EventRow, "attempts" | "created_at" | "execution_id">;

/** The function was run. The execution of a hook is run once, whatever comes of it: a deployment decides what a failure means. */
export function fateAfterRun(event: Attempted, invoked: Invoked, now: number): EventFate {
  const { executedVersion: executed_version, outcome } = invoked;
  const log_tail = storable(invoked.logTail);
  if (outcome === "answered") {
    const end = { state: outcome, ended_at: now, executed_version, error_type: null, error_message: null, log_tail };
    return { fate: "ended", end };
  }
  const { errorType, errorMessage } = faultIn(invoked.payload);
  const wait = event.execution_id === null ? RETRY_MILLISECONDS[event.attempts - 1] : undefined;
  if (wait !== undefined && now + wait - event.created_at <= MAX_EVENT_AGE_MILLISECONDS) {
    return { fate: "again", postponement: { dueAt: now + wait, errorType, errorMessage, isUncounted: false } };
  }
  const fault = { error_type: errorType, error_message: errorMessage };
  return { fate: "ended", end: { state: outcome, ended_at: now, executed_version, ...fault, log_tail } };
}

/** The function was not reached. */
export function fateAfterRefusal(event: Attempted, error: unknown, now: number, isStopping: boolean): EventFate {
  const errorType = error instanceof CallerFault ? error.code : "ServiceException";
  const errorMessage = cut(reasonOf(error), MAX_ERROR_MESSAGE_CHARACTERS);
  const age = now - event.created_at;
  if (isPassing(error) && (isStopping || age < MAX_EVENT_AGE_MILLISECONDS)) {
    const most = event.execution_id === null ? MAX_BACK_OFF_MILLISECONDS : MAX_HOOK_BACK_OFF_MILLISECONDS;
    // As long again as it has waited: each wait is twice the one before.
    const wait = isStopping ? 0 : Math.min(Math.max(age, FIRST_BACK_OFF_MILLISECONDS), most);
    return { fate: "again", postponement: { dueAt: now + wait, errorType, errorMessage, isUncounted: true } };
  }
  const fault = { error_type: errorType, error_message: errorMessage };
  return { fate: "ended", end: { state: "failed", ended_at: now, executed_version: null, ...fault, log_tail: "" } };
}

/** The caller's own faults stay: the function is gone, say. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof CallerFault) || error instanceof ThrottledInvocation) return true;
  return FAULTS[error.code] >= 500;
}

/** Whatever a function's own runtime made of it. */
function faultIn(payload: Uint8Array): { readonly errorType: string; readonly errorMessage: string } {
  const text = Buffer.from(payload).toString();
  try {
    const fault: unknown = JSON.parse(text);
    if (typeof fault === "object" && fault !== null) {
      const { errorType, errorMessage } = fault as Record<string, unknown>;
      return {
        errorType: cut(typeof errorType === "string" ? errorType : "Error", MAX_ERROR_TYPE_CHARACTERS),
        errorMessage: cut(typeof errorMessage === "string" ? errorMessage : text, MAX_ERROR_MESSAGE_CHARACTERS),
      };
    }
  } catch {
    // Then it is what it is.
  }
  return { errorType: "Error", errorMessage: cut(text, MAX_ERROR_MESSAGE_CHARACTERS) };
}

function cut(text: string, most: number): string {
  return storable(text.length <= most ? text : `${text.slice(0, most - 1)}…`);
}

/** PostgreSQL stores no NUL, and no half of a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}
