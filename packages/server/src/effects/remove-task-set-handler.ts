import type { ShiftReport } from "@sluice/engine/strategies/shift/shift-effects.ts";
import { type EffectHandler, reasonOf } from "./effect-handler.ts";
import { type PlatformParts, platformHandler } from "./platform-handler.ts";
import { boundPort } from "./shift-ports.ts";

/** Removes a task set that serves nobody any more. Nothing else is wanted of the deployment then, so attempts run out. */
export function removeTaskSetHandler(parts: PlatformParts): EffectHandler<"removeTaskSet"> {
  const handler = platformHandler<"removeTaskSet">(parts, ({ effect: { service, taskSetId } }, signal) =>
    boundPort(parts.ports, "taskSets").remove(service, taskSetId, signal),
  );
  return {
    ...handler,
    vainBy: (error) => ({ error, failure: { outcome: "failed", detail: reasonOf(error) } satisfies ShiftReport }),
  };
}
