import { CALLBACK_TIMED_OUT, HOOKS_FAILED } from "@sluice/model/aws-sentences.ts";
import { hookAnswerCommand } from "../../hook-answer-command.ts";
import { hookExecutionId } from "../../hook-execution.ts";
import { hookNamed } from "../../ports/hook-invoker.ts";
import type { CommandState } from "../../state.ts";
import { type AtWork, ofCommand, type Phase, succeeded } from "./phase.ts";
import type { Hooked } from "./shift-strategies.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Of a hook of which no answer will come by itself. */
const RETURNED = "returned without an answer";

/** Whether a hook's event waits for somebody who answers for it. */
export function isHookUnanswered({ by, waiting }: Pick<CommandState, "by" | "waiting">): boolean {
  return by === "hook" && (waiting?.reason.includes(RETURNED) ?? false);
}

/** An event without a hook is over as soon as it begins. Otherwise the hook is invoked, and its answer ends the event. */
export function hookPhase(
  at: AtWork,
  { hooks, serviceRoleArn, hookTimeoutMilliseconds: timeoutMilliseconds, hookMustAnswer: mustAnswer }: Hooked,
): Phase {
  const { target, command, state } = at;
  const { event, attempt, availableAt } = command;
  const hook = hooks[event];
  if (hook === undefined) return { kind: "decide", events: [succeeded(at)] };
  const executionId = hookExecutionId({ targetId: target.targetId, event, attempt });
  const effect = {
    kind: "invokeHook",
    ...ofCommand(at, "hook"),
    invocation: { ...hookNamed(hook, serviceRoleArn), deploymentId: state.deploymentId, executionId, event },
    mustAnswer,
  } as const;
  const trouble = {
    code: "HOOK_EXECUTION_FAILURE",
    refused: `${HOOKS_FAILED} The hook ${hook} of ${event} failed`,
    overdue: `${CALLBACK_TIMED_OUT} The hook ${hook} of ${event} did not answer within ${inWords(timeoutMilliseconds)}: a hook answers by PutLifecycleEventHookExecutionStatus`,
  };
  return {
    kind: "ask",
    asks: [{ effect, trouble }],
    whenDone: null,
    awaited: `the hook ${hook} has not answered yet`,
    returned: {
      fact: `the hook ${hook} ${RETURNED}`,
      cure: `to answer for it (Succeeded or Failed): ${hookAnswerCommand(state.deploymentId, executionId)}`,
    },
    since: availableAt,
    timeoutMilliseconds,
  };
}

function inWords(milliseconds: number): string {
  const minutes = milliseconds / MINUTE;
  return Number.isInteger(minutes) ? `${minutes} minutes` : `${milliseconds / SECOND} seconds`;
}
