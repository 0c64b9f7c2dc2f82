import type { EffectReport } from "@sluice/engine/effect-report.ts";
import type { Effect } from "@sluice/engine/event.ts";
import type { HookInvocation } from "@sluice/engine/ports/hook-invoker.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import { boundPort } from "../platforms/shift-ports.ts";
import type { HookProgress } from "../store/columns/effect-records.ts";
import { type Attempt, type EffectHandler, SUPERSEDED } from "./effect-handler.ts";
import { answerTo, isWanted, type PlatformParts } from "./platform-handler.ts";
import { attemptOf } from "./port-attempt.ts";

/** Between two looks at a hook that runs. */
const HOOK_LOOK_MILLISECONDS = 1_000;
/** Of what a hook that failed says of itself. */
export const MAX_HOOK_WORDS_CHARACTERS = 500;
/** As Lambda keeps of a log. */
export const MAX_HOOK_LOG_TAIL_CHARACTERS = 4_096;

type InvokeHook = Extract<Effect, { readonly kind: "invokeHook" }>;

/** The answer of a hook that has returned may still be on its way. */
const ANSWER_WAIT_MILLISECONDS = 10_000;

/**
 * Has a hook run, and watches it for as long as its event waits for its answer: of a hook that crashes, or returns without an answer, it is
 * known at once, and not after the hour that a hook may take. The answer itself is a report on the command, which ends the event and so this.
 */
export function invokeHookHandler({ store, ports, now }: PlatformParts): EffectHandler<"invokeHook"> {
  return {
    async attempt({ deploymentId, effect, progress }, signal) {
      if (!(await isWanted(store, deploymentId, effect))) return SUPERSEDED;
      return progress?.isInvoked ? watch(effect, progress, signal) : begin(effect.invocation, signal);
    },
    vainBy(error, { progress }) {
      return { error, progress: { ...progress, outcome: "pending", detail: reasonOf(error) } };
    },
  };

  async function begin(invocation: HookInvocation, signal: AbortSignal): Promise<Attempt<"invokeHook">> {
    const answer = await answerTo(boundPort(ports, "hookInvoker").invoke(invocation, signal));
    if (answer.outcome !== "done") return attemptOf(answer, now());
    return lookAgain({ outcome: "pending", detail: "", isInvoked: true });
  }

  async function watch(
    { invocation, mustAnswer }: InvokeHook,
    before: HookProgress,
    signal: AbortSignal,
  ): Promise<Attempt<"invokeHook">> {
    const { state, detail, logTail } = await boundPort(ports, "hookInvoker").observe(invocation, signal);
    switch (state) {
      case "running":
        return lookAgain({ outcome: "pending", detail, isInvoked: true });
      case "unknown":
        // Nothing more is to be seen of it: only its answer counts.
        return { ended: { outcome: "done", detail } satisfies EffectReport };
      case "broken":
        return { ended: failed(detail, logTail) };
      case "ended": {
        const { endedAt = now() } = before;
        if (now() < endedAt + ANSWER_WAIT_MILLISECONDS) {
          return lookAgain({ outcome: "pending", detail, isInvoked: true, endedAt });
        }
        const reason = `it returned without an answer${detail === "" ? "" : `: ${detail}`}`;
        if (mustAnswer) return { ended: failed(reason, logTail) };
        // Somebody else may know how it went, and has the rest of its time to say so.
        return { ended: { outcome: "done", detail: reason, hasReturned: true } satisfies EffectReport };
      }
      default: {
        const never: never = state;
        return never;
      }
    }
  }

  function lookAgain(progress: HookProgress): Attempt<"invokeHook"> {
    return { postponed: { runAt: now() + HOOK_LOOK_MILLISECONDS, progress, isUnderWay: true } };
  }
}

/** What a provider quotes of a hook is as long, and as strange, as the hook makes it. */
function failed(detail: string, logTail = ""): EffectReport {
  const shown = visibleLine(detail);
  const shortened = shown.length > MAX_HOOK_WORDS_CHARACTERS ? `${shown.slice(0, MAX_HOOK_WORDS_CHARACTERS)}…` : shown;
  const tail = logTail.slice(-MAX_HOOK_LOG_TAIL_CHARACTERS);
  return { outcome: "failed", detail: shortened, ...(tail === "" ? {} : { logTail: tail }) };
}
