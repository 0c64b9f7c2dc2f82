import { boundPort } from "../platforms/shift-ports.ts";
import type { EffectHandler } from "./effect-handler.ts";
import { type PlatformParts, platformHandler } from "./platform-handler.ts";

/** Sends a test listener's traffic to one target group. */
export function setTestTrafficHandler(parts: PlatformParts): EffectHandler<"setTestTraffic"> {
  return platformHandler(parts, ({ effect: { pair, targetGroup } }, signal) =>
    boundPort(parts.ports, "weightedRouter").sendTest(pair, targetGroup, signal),
  );
}
