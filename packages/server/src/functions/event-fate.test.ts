import { CallerFault } from "@sluice/model/caller-fault.ts";
import { describe, expect, it } from "vitest";
import { fateAfterRefusal, fateAfterRun, MAX_EVENT_AGE_MILLISECONDS } from "./event-fate.ts";
import type { Invoked } from "./local-functions.ts";
import { ThrottledInvocation } from "./throttled-invocation.ts";

const MINUTE = 60_000;
const EVENT = { attempts: 1, created_at: 0, execution_id: null };
const HOOK = { ...EVENT, execution_id: "e1" };
const THROTTLED = new ThrottledInvocation("ConcurrentInvocationLimitExceeded", "too many");

function invoked(payload: string, change: Partial<Invoked> = {}): Invoked {
  return {
    requestId: "r",
    executedVersion: "1",
    outcome: "failed",
    payload: Buffer.from(payload),
    logTail: "",
    ...change,
  };
}
const FAULT = invoked('{"errorType":"TypeError","errorMessage":"no such charge"}');

describe("a function that failed", () => {
  it.each([
    [1, MINUTE],
    [2, 2 * MINUTE],
  ])("is tried again after attempt %i, in %i ms", (attempts, wait) => {
    expect(fateAfterRun({ ...EVENT, attempts }, FAULT, 500)).toEqual({
      fate: "again",
      postponement: { dueAt: 500 + wait, errorType: "TypeError", errorMessage: "no such charge", isUncounted: false },
    });
  });

  it.each([
    ["after the third attempt", { ...EVENT, attempts: 3 }, 500],
    ["when it is a hook", HOOK, 500],
    ["when the next attempt would come after six hours", EVENT, MAX_EVENT_AGE_MILLISECONDS - MINUTE + 1],
  ])("is not tried again %s", (_, event, now) => {
    const end = { state: "failed", ended_at: now, error_type: "TypeError", error_message: "no such charge" };
    expect(fateAfterRun(event, FAULT, now)).toMatchObject({ fate: "ended", end });
  });

  it.each([
    ["not json", "Error", "not json"],
    ["7", "Error", "7"],
    ['{"errorMessage":{"a":1}}', "Error", '{"errorMessage":{"a":1}}'],
    ['{"errorType":"E","errorMessage":"a\\u0000b\\ud800"}', "E", "a\ufffdb\ufffd"],
  ])("may say why in any way: %s", (payload, errorType, errorMessage) => {
    const { fate, ...rest } = fateAfterRun(HOOK, invoked(payload, { logTail: "x\0" }), 1);
    const end = { error_type: errorType, error_message: errorMessage, log_tail: "x\ufffd" };
    expect([fate, rest]).toMatchObject(["ended", { end }]);
  });
});

it("an answer ends it, and keeps its log", () => {
  const answer = invoked("null", { outcome: "answered", logTail: "done" });
  const end = { state: "answered", ended_at: 5, executed_version: "1", error_type: null, log_tail: "done" };
  expect(fateAfterRun({ ...EVENT, attempts: 9 }, answer, 5)).toMatchObject({ fate: "ended", end });
});

describe("what could not be begun", () => {
  const waitOf = (event: typeof EVENT | typeof HOOK, age: number, error: unknown = THROTTLED) => {
    const fate = fateAfterRefusal(event, error, age, false);
    return fate.fate === "again" ? fate.postponement.dueAt - age : fate.end.error_type;
  };

  it("is tried again after a second, and then after ever more, up to five minutes; a hook up to ten seconds", () => {
    expect([0, 1_000, 4_000, 30 * MINUTE].map((age) => waitOf(EVENT, age))).toEqual([1_000, 1_000, 4_000, 5 * MINUTE]);
    expect([0, 4_000, 30 * MINUTE].map((age) => waitOf(HOOK, age))).toEqual([1_000, 4_000, 10_000]);
  });

  it("is given up after six hours, with the reason", () => {
    expect(waitOf(EVENT, MAX_EVENT_AGE_MILLISECONDS)).toBe("TooManyRequestsException");
  });

  it("is told by whose fault it was: what may pass is tried again, what stays ends it", () => {
    for (const passing of [new Error("EIO"), new CallerFault("ServiceException", "no memory")]) {
      expect(waitOf(EVENT, 0, passing)).toBe(1_000);
    }
    for (const code of ["ResourceNotFoundException", "RequestTooLargeException"] as const) {
      expect(waitOf(EVENT, 0, new CallerFault(code, "no"))).toBe(code);
    }
  });

  it("is due at once when it was this server's own end", () => {
    const stopping = new CallerFault("ServiceUnavailableException", "The server is stopping.");
    const fate = fateAfterRefusal(HOOK, stopping, 2 * MAX_EVENT_AGE_MILLISECONDS, true);
    const postponement = { dueAt: 2 * MAX_EVENT_AGE_MILLISECONDS, isUncounted: true };
    expect(fate).toMatchObject({ fate: "again", postponement });
  });
});
