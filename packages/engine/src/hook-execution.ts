import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import { LIFECYCLE_EVENTS, type LifecycleEventName, TEST_TRAFFIC_EVENTS } from "@sluice/model/lifecycle-event.ts";
import type { CommandReport } from "./receive-report.ts";

const EVENTS: readonly LifecycleEventName[] = [...LIFECYCLE_EVENTS, ...TEST_TRAFFIC_EVENTS];

/** One run of a hook: the command that it is about. */
export interface HookExecution {
  readonly targetId: string;
  readonly event: LifecycleEventName;
  readonly attempt: number;
}

/** The LifecycleEventHookExecutionId that the hook is told, and names in its answer. It says all that has to be known again. */
export function hookExecutionId({ targetId, event, attempt }: HookExecution): string {
  return `${event}/${attempt}/${targetId}`;
}

/** Undefined: no id of ours. */
export function readHookExecutionId(id: string): HookExecution | undefined {
  const [, name, attempt, targetId = ""] = /^([A-Za-z]+)\/([1-9]\d{0,5})\/(.+)$/s.exec(id) ?? [];
  const event = EVENTS.find((known) => known === name);
  return event && { targetId, event, attempt: Number(attempt) };
}

/** A hook's answer, as it enters the deployment. The first counts. */
export function hookReport({ event, attempt }: HookExecution, succeeded: boolean): CommandReport {
  const message = succeeded ? "Succeeded" : "the hook answered Failed";
  const errorCode = succeeded ? "Success" : "ScriptFailed";
  const diagnostics: Diagnostics = { errorCode, scriptName: "", message, logTail: "" };
  return { type: "completed", event, by: "hook", attempt, succeeded, diagnostics };
}
