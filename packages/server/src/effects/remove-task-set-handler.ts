import { reasonOf } from "@sluice/model/reason-of.ts";
import { boundPort } from "../platforms/shift-ports.ts";
import { type EffectHandler, SUPERSEDED } from "./effect-handler.ts";
import { isWanted, type PlatformParts } from "./platform-handler.ts";
import { endedBy } from "./port-attempt.ts";

/** Its tasks have two minutes to end when they are stopped (ECS' longest stop time-out); the rest is for connections that drain. */
const MAX_DRAIN_MILLISECONDS = 15 * 60_000;

/** Removes a task set that serves nobody any more. Nothing else is wanted of the deployment then, so it is not waited for without end. */
export function removeTaskSetHandler({ store, ports, now }: PlatformParts): EffectHandler<"removeTaskSet"> {
  return {
    async attempt({ deploymentId, effect, progress }, signal) {
      if (!(await isWanted(store, deploymentId, effect))) return SUPERSEDED;
      const { since } = progress ?? { since: now() };
      const answer = await boundPort(ports, "taskSets").remove(effect.service, effect.taskSetId, signal);
      if (answer.outcome !== "pending") return endedBy(answer);
      const { outcome, detail, retryAfterMilliseconds } = answer;
      if (now() >= since + MAX_DRAIN_MILLISECONDS) return { ended: { outcome: "failed", detail } };
      const soFar = { outcome, detail, since };
      return { postponed: { runAt: now() + retryAfterMilliseconds, progress: soFar, isUnderWay: true } };
    },
    vainBy: (error) => ({ error, failure: { outcome: "failed", detail: reasonOf(error) } }),
  };
}
