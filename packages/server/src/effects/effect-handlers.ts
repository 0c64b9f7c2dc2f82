import type { HostTerminator } from "@sluice/engine/ports/fleet.ts";
import type { EffectHandlers } from "./effect-handler.ts";
import { type ResolveTargetsParts, resolveTargetsHandler } from "./resolve-targets-handler.ts";
import type { RoutingParts } from "./route-traffic.ts";
import { routeTrafficHandler } from "./route-traffic-handler.ts";
import { terminateOriginalsHandler } from "./terminate-originals-handler.ts";
import { withholdReplacementsHandler } from "./withhold-replacements-handler.ts";

export interface EffectHandlersParts extends ResolveTargetsParts, RoutingParts {
  readonly hostTerminator: HostTerminator;
}

/** Who carries out which effect: a new effect is a new file, and a line here. */
export function effectHandlers(parts: EffectHandlersParts): EffectHandlers {
  const routing = { ...parts, now: parts.timers.now };
  return {
    resolveTargets: resolveTargetsHandler(parts),
    routeTraffic: routeTrafficHandler(routing),
    withholdReplacements: withholdReplacementsHandler(routing),
    terminateOriginals: terminateOriginalsHandler(parts.hostTerminator, parts.timers.now),
  };
}
