import type { TargetResolution } from "@sluice/engine/observation.ts";
import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import type { AlarmWatch } from "@sluice/engine/state.ts";
import type { ShiftFacts } from "@sluice/engine/strategies/shift/shift-facts.ts";
import type { ShiftStrategy } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { ShiftPorts } from "../platforms/shift-ports.ts";
import { gatherShiftFacts } from "./gather-shift-facts.ts";
import { checkAlarmsBefore } from "./rollout-facts.ts";

/** What a shift is to move, and what stands in its way. Rejects when somebody who has to be asked is away: it may pass. */
export async function resolveShift(
  { shiftPorts = {}, alarmReader }: { readonly shiftPorts?: ShiftPorts | undefined; readonly alarmReader: AlarmReader },
  strategy: ShiftStrategy,
  alarms: AlarmWatch | null,
  signal: AbortSignal,
): Promise<TargetResolution> {
  const [facts, check] = await Promise.all([
    shiftFacts(shiftPorts, strategy, signal),
    alarms && checkAlarmsBefore(alarmReader, alarms, signal),
  ]);
  return { ...facts, ...(facts.outcome === "failed" ? {} : check) };
}

/** Whoever says no when it is asked says no to the deployment: nothing was touched. */
async function shiftFacts(
  ports: ShiftPorts,
  strategy: ShiftStrategy,
  signal: AbortSignal,
): Promise<ShiftFacts | Extract<TargetResolution, { outcome: "failed" }>> {
  try {
    return await gatherShiftFacts(ports, strategy, signal);
  } catch (error) {
    if (!(error instanceof PortRefusal)) throw error;
    const { code, message } = error;
    return { outcome: "failed", error: { code, message: `${message}.` } };
  }
}
