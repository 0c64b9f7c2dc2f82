import { boundPort } from "../platforms/shift-ports.ts";
import type { EffectHandler } from "./effect-handler.ts";
import { type PlatformParts, platformHandler } from "./platform-handler.ts";
import { steadiness } from "./task-set-steadiness.ts";

/** A task may stop once for a reason that passes; where so many stopped, more would. */
const FAILED_TASKS_UNTIL_EARLY_FAILURE = 3;

/** Waits until all tasks of a replacement task set run, and, with `failsEarly`, no longer than it takes to see that they do not. */
export function awaitTaskSetHandler(parts: PlatformParts): EffectHandler<"awaitTaskSet"> {
  return platformHandler(parts, async ({ effect: { service, taskSetId, failsEarly } }, signal) => {
    const { failedTasks = 0, ...answer } = await steadiness(
      boundPort(parts.ports, "taskSets"),
      service,
      taskSetId,
      signal,
    );
    if (answer.outcome !== "pending" || !failsEarly || failedTasks < FAILED_TASKS_UNTIL_EARLY_FAILURE) return answer;
    return { outcome: "failed", reason: answer.detail };
  });
}
