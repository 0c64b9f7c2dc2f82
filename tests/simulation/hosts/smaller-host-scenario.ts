import { withoutFaults } from "../scenario.ts";
import { without } from "../without.ts";
import type { HostNature, HostScenario, ScenarioDeployment, ScenarioGroup } from "./host-scenario.ts";

/** Big steps first. Each candidate is smaller or simpler than the scenario, so that shrinking ends. */
export function* smallerThan(scenario: HostScenario): Generator<HostScenario> {
  const { groups, hosts, faults } = scenario;
  if (groups.length > 1) for (const group of groups) yield { ...scenario, groups: [group] };
  if (groups.length > 1) yield* without(groups).map((rest) => ({ ...scenario, groups: rest }));
  for (const [index, group] of groups.entries()) {
    for (const rest of without(group.deployments)) {
      yield { ...scenario, groups: groups.with(index, { ...group, deployments: rest }) };
    }
  }
  for (const rest of without(hosts)) yield withHosts(scenario, rest);
  const simple = hosts.map((host) => ({ ...host, nature: "honest" as HostNature, isOld: false }));
  if (hosts.some(({ nature, isOld }) => nature !== "honest" || isOld)) yield { ...scenario, hosts: simple };
  if (Object.values(faults).some((rate) => rate > 0)) yield { ...scenario, faults: withoutFaults(faults) };
  for (const [fault, rate] of Object.entries(faults)) {
    if (rate > 0) yield { ...scenario, faults: { ...faults, [fault]: 0 } };
  }
  for (const [index, host] of hosts.entries()) {
    if (host.nature !== "honest") yield { ...scenario, hosts: hosts.with(index, { ...host, nature: "honest" }) };
    if (host.isOld) yield { ...scenario, hosts: hosts.with(index, { ...host, isOld: false }) };
  }
  for (const [index, group] of groups.entries()) {
    for (const [place, deployment] of group.deployments.entries()) {
      for (const simpler of simplerThan(deployment)) {
        const deployments = group.deployments.with(place, simpler);
        yield { ...scenario, groups: groups.with(index, { ...group, deployments }) };
      }
    }
  }
}

function withHosts(scenario: HostScenario, hosts: HostScenario["hosts"]): HostScenario {
  const kept = new Set(hosts.map(({ hostId }) => hostId));
  const groups = scenario.groups.map(
    (group): ScenarioGroup => ({
      ...group,
      members: group.members.filter((hostId) => kept.has(hostId)),
      others: group.others.filter((hostId) => kept.has(hostId)),
      prior: new Map([...group.prior].filter(([hostId]) => kept.has(hostId))),
    }),
  );
  return { ...scenario, hosts, groups };
}

function simplerThan(deployment: ScenarioDeployment): ScenarioDeployment[] {
  const { scriptFailure, stopFailure, slowScripts } = deployment;
  const simpler: ScenarioDeployment[] = [];
  if (deployment.restarts) simpler.push({ ...deployment, restarts: false });
  if (deployment.onceTrafficMoves) simpler.push({ ...deployment, onceTrafficMoves: null });
  if (deployment.stopsRollback) simpler.push({ ...deployment, stopsRollback: false });
  if (deployment.isJostled) simpler.push({ ...deployment, isJostled: false });
  if (deployment.stopAfterMilliseconds !== null) simpler.push({ ...deployment, stopAfterMilliseconds: null });
  if (deployment.alarm) simpler.push({ ...deployment, alarm: null });
  if (deployment.watchesAlarm && !deployment.alarm) simpler.push({ ...deployment, watchesAlarm: false });
  if (deployment.rollbackEvents) simpler.push({ ...deployment, rollbackEvents: null });
  if (deployment.isAcknowledged) simpler.push({ ...deployment, isAcknowledged: false });
  if (scriptFailure > 0) simpler.push({ ...deployment, scriptFailure: 0 });
  if (stopFailure > 0) simpler.push({ ...deployment, stopFailure: 0 });
  if (slowScripts > 0) simpler.push({ ...deployment, slowScripts: 0 });
  return simpler;
}
