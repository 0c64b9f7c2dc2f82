import { boundPort } from "../platforms/shift-ports.ts";
import type { EffectHandler } from "./effect-handler.ts";
import { type PlatformParts, platformHandler } from "./platform-handler.ts";

/** Makes a task set its service's primary. */
export function promoteTaskSetHandler(parts: PlatformParts): EffectHandler<"promoteTaskSet"> {
  return platformHandler(parts, ({ effect: { service, taskSetId } }, signal) =>
    boundPort(parts.ports, "taskSets").makePrimary(service, taskSetId, signal),
  );
}
