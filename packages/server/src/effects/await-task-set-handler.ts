import { boundPort } from "../platforms/shift-ports.ts";
import type { EffectHandler } from "./effect-handler.ts";
import { type PlatformParts, platformHandler } from "./platform-handler.ts";
import { steadiness } from "./task-set-steadiness.ts";

/** Waits until all tasks of a replacement task set run. */
export function awaitTaskSetHandler(parts: PlatformParts): EffectHandler<"awaitTaskSet"> {
  return platformHandler(parts, ({ effect: { service, taskSetId } }, signal) =>
    steadiness(boundPort(parts.ports, "taskSets"), service, taskSetId, signal),
  );
}
