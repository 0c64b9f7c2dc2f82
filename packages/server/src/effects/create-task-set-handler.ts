import { boundPort } from "../platforms/shift-ports.ts";
import type { EffectHandler } from "./effect-handler.ts";
import { type PlatformParts, platformHandler } from "./platform-handler.ts";

/** Makes a deployment's replacement task set. */
export function createTaskSetHandler(parts: PlatformParts): EffectHandler<"createTaskSet"> {
  return platformHandler(parts, ({ effect: { service, plan } }, signal) =>
    boundPort(parts.ports, "taskSets").create(service, plan, signal),
  );
}
