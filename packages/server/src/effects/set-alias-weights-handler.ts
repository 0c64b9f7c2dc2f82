import { boundPort } from "../platforms/shift-ports.ts";
import type { EffectHandler } from "./effect-handler.ts";
import { type PlatformParts, platformHandler } from "./platform-handler.ts";

/** Weighs the two versions of an alias. */
export function setAliasWeightsHandler(parts: PlatformParts): EffectHandler<"setAliasWeights"> {
  return platformHandler(parts, ({ effect: { alias, shift } }, signal) =>
    boundPort(parts.ports, "functionAlias").shift(alias, shift, signal),
  );
}
