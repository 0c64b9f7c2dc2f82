import type { ShiftSchedule } from "@sluice/engine/traffic-shift.ts";
import type { ShiftScenario } from "./shift-scenario.ts";

export function shiftLines({ groups }: ShiftScenario): string[] {
  return groups.map(({ name, hooks, deployments }) => {
    const schedules = deployments.map(({ schedule }) => describe(schedule)).join(", then ");
    return `  ${name}: ${schedules}; hooks: ${hooks.join(", ") || "none"}`;
  });
}

export function namesIn({ groups }: ShiftScenario): string[] {
  return groups.map(({ name }) => name);
}

function describe(schedule: ShiftSchedule): string {
  if (schedule.type === "all-at-once") return schedule.type;
  return `${schedule.type} ${schedule.percent} % every ${schedule.intervalMilliseconds} ms`;
}
