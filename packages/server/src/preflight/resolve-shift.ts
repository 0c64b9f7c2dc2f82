import type { TargetResolution } from "@sluice/engine/observation.ts";
import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import type { AlarmWatch } from "@sluice/engine/state.ts";
import type { ShiftFacts } from "@sluice/engine/strategies/shift/shift-facts.ts";
import type { ShiftStrategy } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { ShiftPorts } from "../platforms/shift-ports.ts";
import type { Store } from "../store/open-store.ts";
import { gatherShiftFacts } from "./gather-shift-facts.ts";
import { leaverOfWeights } from "./left-weights.ts";
import { checkAlarmsBefore } from "./rollout-facts.ts";

export interface ResolvingShiftParts {
  readonly store: Store;
  readonly alarmReader: AlarmReader;
  /** Absent: no driver of theirs is bound. */
  readonly shiftPorts?: ShiftPorts | undefined;
}

export interface IntendedShift {
  readonly strategy: ShiftStrategy;
  readonly alarms: AlarmWatch | null;
  readonly deploymentGroupId: string;
}

/** What a shift is to move, and what stands in its way. Rejects when somebody who has to be asked is away: it may pass. */
export async function resolveShift(
  parts: ResolvingShiftParts,
  { strategy, alarms, deploymentGroupId }: IntendedShift,
  signal: AbortSignal,
): Promise<TargetResolution> {
  const { shiftPorts = {}, alarmReader, store } = parts;
  const [facts, check] = await Promise.all([
    shiftFacts(shiftPorts, strategy, signal).then((found) => withLeaver(store, deploymentGroupId, strategy, found)),
    alarms && checkAlarmsBefore(alarmReader, alarms, signal),
  ]);
  return { ...facts, ...(facts.outcome === "failed" ? {} : check) };
}

type FactsOrRefusal = ShiftFacts | Extract<TargetResolution, { outcome: "failed" }>;

/** Whoever says no when it is asked says no to the deployment: nothing was touched. */
async function shiftFacts(ports: ShiftPorts, strategy: ShiftStrategy, signal: AbortSignal): Promise<FactsOrRefusal> {
  try {
    return await gatherShiftFacts(ports, strategy, signal);
  } catch (error) {
    if (!(error instanceof PortRefusal)) throw error;
    const { code, message } = error;
    return { outcome: "failed", error: { code, message: `${message}.` } };
  }
}

/** An alias that is weighted already was left so by somebody, whom the store may know. */
async function withLeaver(
  store: Store,
  deploymentGroupId: string,
  strategy: ShiftStrategy,
  found: FactsOrRefusal,
): Promise<FactsOrRefusal> {
  if (found.outcome !== "lambda-alias" || strategy.type !== "lambda-shift" || !found.facts.routing?.second)
    return found;
  const { facts } = found;
  const leftBy = await leaverOfWeights(store, deploymentGroupId, strategy.alias, found.facts.routing);
  return { ...found, facts: { ...facts, leftBy } };
}
