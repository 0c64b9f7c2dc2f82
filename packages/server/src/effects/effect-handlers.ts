import type { HostTerminator } from "@sluice/engine/ports/fleet.ts";
import type { ShiftPorts } from "../platforms/shift-ports.ts";
import { awaitTaskSetHandler } from "./await-task-set-handler.ts";
import { createTaskSetHandler } from "./create-task-set-handler.ts";
import type { EffectHandlers } from "./effect-handler.ts";
import { invokeHookHandler } from "./invoke-hook-handler.ts";
import { promoteTaskSetHandler } from "./promote-task-set-handler.ts";
import { removeTaskSetHandler } from "./remove-task-set-handler.ts";
import { type ResolveTargetsParts, resolveTargetsHandler } from "./resolve-targets-handler.ts";
import type { RoutingParts } from "./route-traffic.ts";
import { routeTrafficHandler } from "./route-traffic-handler.ts";
import { setAliasWeightsHandler } from "./set-alias-weights-handler.ts";
import { setTestTrafficHandler } from "./set-test-traffic-handler.ts";
import { setWeightsHandler } from "./set-weights-handler.ts";
import { terminateOriginalsHandler } from "./terminate-originals-handler.ts";
import { withholdReplacementsHandler } from "./withhold-replacements-handler.ts";

export interface EffectHandlersParts extends ResolveTargetsParts, RoutingParts {
  readonly hostTerminator: HostTerminator;
  /** Absent: no driver of theirs is bound. */
  readonly shiftPorts?: ShiftPorts | undefined;
}

/** Who carries out which effect: a new effect is a new file, and a line here. */
export function effectHandlers(parts: EffectHandlersParts): EffectHandlers {
  const routing = { ...parts, now: parts.timers.now };
  const platform = { store: parts.store, ports: parts.shiftPorts ?? {}, now: parts.timers.now };
  return {
    resolveTargets: resolveTargetsHandler(parts),
    routeTraffic: routeTrafficHandler(routing),
    withholdReplacements: withholdReplacementsHandler(routing),
    terminateOriginals: terminateOriginalsHandler(parts.hostTerminator, parts.timers.now),
    createTaskSet: createTaskSetHandler(platform),
    awaitTaskSet: awaitTaskSetHandler(platform),
    setTestTraffic: setTestTrafficHandler(platform),
    setWeights: setWeightsHandler(platform),
    promoteTaskSet: promoteTaskSetHandler(platform),
    removeTaskSet: removeTaskSetHandler(platform),
    setAliasWeights: setAliasWeightsHandler(platform),
    invokeHook: invokeHookHandler(platform),
  };
}
