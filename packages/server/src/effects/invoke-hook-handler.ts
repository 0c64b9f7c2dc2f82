import type { HookInvocation } from "@sluice/engine/ports/hook-invoker.ts";
import type { ShiftReport } from "@sluice/engine/strategies/shift/shift-effects.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type Attempt, type EffectHandler, SUPERSEDED } from "./effect-handler.ts";
import { attemptOf, isWanted, type PlatformParts } from "./platform-handler.ts";
import { boundPort } from "./shift-ports.ts";

/** Between two looks at a hook that runs. */
const HOOK_LOOK_MILLISECONDS = 1_000;
/** The answer of a hook that has ended may still be on its way. */
const ANSWER_WAIT_MILLISECONDS = 10_000;

/** What is known of a hook that was taken to be run. */
interface HookProgress extends ShiftReport {
  /** Absent: it was not taken yet. */
  readonly isInvoked?: true | undefined;
  /** When it was first seen to have ended without an answer, epoch milliseconds; absent: it was not. */
  readonly endedAt?: number | undefined;
}

/**
 * Has a hook run, and watches it for as long as its event waits for its answer: of a hook that crashes, or ends without an answer, it is
 * known at once, and not after the hour that a hook may take. The answer itself is a report on the command, which ends the event and so this.
 */
export function invokeHookHandler({ store, ports, now }: PlatformParts): EffectHandler<"invokeHook"> {
  return {
    async attempt({ deploymentId, effect, progress }, signal) {
      if (!(await isWanted(store, deploymentId, effect))) return SUPERSEDED;
      const before = progress as HookProgress | undefined;
      return before?.isInvoked ? watch(effect.invocation, before, signal) : begin(effect.invocation, signal);
    },
    vainBy(error, { progress }) {
      const before = progress as HookProgress | undefined;
      return { error, progress: { ...before, outcome: "pending", detail: reasonOf(error) } satisfies HookProgress };
    },
  };

  async function begin(invocation: HookInvocation, signal: AbortSignal): Promise<Attempt> {
    const answer = await boundPort(ports, "hookInvoker").invoke(invocation, signal);
    if (answer.outcome !== "done") return attemptOf(answer, now());
    return lookAgain({ outcome: "pending", detail: "", isInvoked: true });
  }

  async function watch(invocation: HookInvocation, before: HookProgress, signal: AbortSignal): Promise<Attempt> {
    const { state, detail } = await boundPort(ports, "hookInvoker").observe(invocation, signal);
    switch (state) {
      case "running":
        return lookAgain({ outcome: "pending", detail, isInvoked: true });
      case "unknown":
        // Nothing more is to be seen of it: only its answer counts.
        return { ended: { outcome: "done", detail } satisfies ShiftReport };
      case "broken":
        return { ended: { outcome: "failed", detail } satisfies ShiftReport };
      case "ended": {
        const { endedAt = now() } = before;
        if (now() < endedAt + ANSWER_WAIT_MILLISECONDS) {
          return lookAgain({ outcome: "pending", detail, isInvoked: true, endedAt });
        }
        const reason = `it ended without an answer${detail === "" ? "" : `: ${detail}`}`;
        return { ended: { outcome: "failed", detail: reason } satisfies ShiftReport };
      }
      default: {
        const never: never = state;
        return never;
      }
    }
  }

  function lookAgain(progress: HookProgress): Attempt {
    return { postponed: { runAt: now() + HOOK_LOOK_MILLISECONDS, progress, isUnderWay: true } };
  }
}
