import { withoutFaults } from "../scenario.ts";
import { without } from "../without.ts";
import type { ShiftDeployment, ShiftScenario } from "./shift-scenario.ts";

/** Big steps first. Each candidate is smaller or simpler than the scenario, so that shrinking ends. */
export function* smallerShifts<S extends ShiftScenario>(scenario: S): Generator<S> {
  const { groups, faults } = scenario;
  if (groups.length > 1) for (const group of groups) yield { ...scenario, groups: [group] };
  if (groups.length > 1) yield* without(groups).map((rest) => ({ ...scenario, groups: rest }));
  for (const [index, group] of groups.entries()) {
    for (const rest of without(group.deployments)) {
      yield { ...scenario, groups: groups.with(index, { ...group, deployments: rest }) };
    }
  }
  if (Object.values(faults).some((rate) => rate > 0)) yield { ...scenario, faults: withoutFaults(faults) };
  for (const [fault, rate] of Object.entries(faults)) {
    if (rate > 0) yield { ...scenario, faults: { ...faults, [fault]: 0 } };
  }
  for (const [index, group] of groups.entries()) {
    if (group.hooks.length > 0) yield { ...scenario, groups: groups.with(index, { ...group, hooks: [] }) };
    for (const rest of without(group.hooks)) {
      yield { ...scenario, groups: groups.with(index, { ...group, hooks: rest }) };
    }
    for (const [place, deployment] of group.deployments.entries()) {
      for (const simpler of simplerThan(deployment)) {
        const deployments = group.deployments.with(place, simpler);
        yield { ...scenario, groups: groups.with(index, { ...group, deployments }) };
      }
    }
  }
}

function simplerThan(deployment: ShiftDeployment): ShiftDeployment[] {
  const simpler: ShiftDeployment[] = [];
  for (const rate of [
    "hookFails",
    "hookLate",
    "hookTwice",
    "hookLies",
    "hookCrashes",
    "hookEndsSilently",
    "hookNeverEnds",
    "hookAnsweredFor",
  ] as const) {
    if (deployment[rate] > 0) simpler.push({ ...deployment, [rate]: 0 });
  }
  if (deployment.onceTrafficMoves) simpler.push({ ...deployment, onceTrafficMoves: null });
  if (deployment.stopsRollback) simpler.push({ ...deployment, stopsRollback: false });
  if (deployment.isJostled) simpler.push({ ...deployment, isJostled: false });
  if (deployment.stopAfterMilliseconds !== null) simpler.push({ ...deployment, stopAfterMilliseconds: null });
  if (deployment.alarm) simpler.push({ ...deployment, alarm: null });
  if (deployment.watchesAlarm && !deployment.alarm) simpler.push({ ...deployment, watchesAlarm: false });
  if (deployment.rollbackEvents) simpler.push({ ...deployment, rollbackEvents: null });
  for (const rest of without(deployment.gates)) simpler.push({ ...deployment, gates: rest });
  if (deployment.alarmAfterSteps !== null) simpler.push({ ...deployment, alarmAfterSteps: null });
  if (deployment.isAcknowledged) simpler.push({ ...deployment, isAcknowledged: false });
  if (deployment.schedule.type !== "all-at-once") simpler.push({ ...deployment, schedule: { type: "all-at-once" } });
  return simpler;
}
