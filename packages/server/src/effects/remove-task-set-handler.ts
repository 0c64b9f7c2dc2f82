import type { ShiftReport } from "@sluice/engine/strategies/shift/shift-effects.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type EffectHandler, SUPERSEDED } from "./effect-handler.ts";
import { attemptOf, isWanted, type PlatformParts } from "./platform-handler.ts";
import { boundPort } from "./shift-ports.ts";

/** Its tasks have two minutes to end when they are stopped (ECS' longest stop time-out); the rest is for connections that drain. */
const MAX_DRAIN_MILLISECONDS = 15 * 60_000;

interface RemovalProgress extends ShiftReport {
  /** When it was asked for first, epoch milliseconds. */
  readonly since: number;
}

/** Removes a task set that serves nobody any more. Nothing else is wanted of the deployment then, so it is not waited for without end. */
export function removeTaskSetHandler({ store, ports, now }: PlatformParts): EffectHandler<"removeTaskSet"> {
  return {
    async attempt({ deploymentId, effect, progress }, signal) {
      if (!(await isWanted(store, deploymentId, effect))) return SUPERSEDED;
      const { since } = (progress as RemovalProgress | undefined) ?? { since: now() };
      const answer = await boundPort(ports, "taskSets").remove(effect.service, effect.taskSetId, signal);
      if (answer.outcome !== "pending") return attemptOf(answer, now());
      const { outcome, detail, retryAfterMilliseconds } = answer;
      if (now() >= since + MAX_DRAIN_MILLISECONDS)
        return { ended: { outcome: "failed", detail } satisfies ShiftReport };
      const soFar: RemovalProgress = { outcome, detail, since };
      return { postponed: { runAt: now() + retryAfterMilliseconds, progress: soFar, isUnderWay: true } };
    },
    vainBy: (error) => ({ error, failure: { outcome: "failed", detail: reasonOf(error) } satisfies ShiftReport }),
  };
}
