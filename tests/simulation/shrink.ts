import {
  type HostNature,
  NO_FAULTS,
  type Scenario,
  type ScenarioDeployment,
  type ScenarioGroup,
} from "./hosts/host-scenario.ts";
import type { Rule } from "./violation.ts";
import { simulateWorld, type WorldOptions, type WorldReport } from "./world.ts";

/** Steps that shrinking may take in all, so that a failure is told within a minute or two. */
const MAX_STEPS = 500_000;
/** A smaller scenario draws its chances otherwise: it is given a few seeds to break the rule again. */
const SEEDS_A_CANDIDATE = 3;

/** Fewer hosts, groups, deployments and faults, and an earlier end, for as long as the same rule is broken. Returns the smallest world found. */
export async function shrink(report: WorldReport, rule: Rule, options: WorldOptions = {}): Promise<WorldReport> {
  let smallest = report;
  let stepsLeft = MAX_STEPS;
  for (let hasShrunk = true; hasShrunk && stepsLeft > 0; ) {
    hasShrunk = false;
    for (const candidate of smallerThan(smallest.scenario)) {
      if (stepsLeft <= 0) break;
      const found = await breaksAgain(candidate, rule, { ...options, stepsMax: smallest.steps + 500 }, (steps) => {
        stepsLeft -= steps;
      });
      if (!found) continue;
      smallest = found;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}

async function breaksAgain(
  candidate: Scenario,
  rule: Rule,
  options: WorldOptions,
  onTry: (steps: number) => void,
): Promise<WorldReport | null> {
  for (let offset = 0; offset < SEEDS_A_CANDIDATE; offset++) {
    const report = await simulateWorld({ ...candidate, runSeed: candidate.runSeed + offset * 7_919 }, options);
    onTry(report.steps);
    if (report.violation?.rule === rule) return report;
  }
  return null;
}

/** Big steps first. Each candidate is smaller or simpler than the scenario, so that shrinking ends. */
function* smallerThan(scenario: Scenario): Generator<Scenario> {
  const { groups, hosts, faults } = scenario;
  if (groups.length > 1) for (const group of groups) yield { ...scenario, groups: [group] };
  if (groups.length > 1) yield* without(groups).map((rest) => ({ ...scenario, groups: rest }));
  for (const [index, group] of groups.entries()) {
    for (const rest of without(group.deployments)) {
      yield { ...scenario, groups: groups.with(index, { ...group, deployments: rest }) };
    }
  }
  for (const rest of without(hosts)) yield withHosts(scenario, rest);
  const simple = hosts.map((host) => ({ ...host, nature: "honest" as HostNature }));
  if (hosts.some(({ nature }) => nature !== "honest")) yield { ...scenario, hosts: simple };
  if (Object.values(faults).some((rate) => rate > 0)) yield { ...scenario, faults: NO_FAULTS };
  for (const [fault, rate] of Object.entries(faults)) {
    if (rate > 0) yield { ...scenario, faults: { ...faults, [fault]: 0 } };
  }
  for (const [index, host] of hosts.entries()) {
    if (host.nature !== "honest") yield { ...scenario, hosts: hosts.with(index, { ...host, nature: "honest" }) };
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

/** The first half, the second half, and all but one. */
function without<T>(things: readonly T[]): T[][] {
  if (things.length < 2) return [];
  const half = things.length >> 1;
  const halves = things.length > 3 ? [things.slice(0, half), things.slice(half)] : [];
  return [...halves, ...things.map((_, index) => things.toSpliced(index, 1))];
}

function withHosts(scenario: Scenario, hosts: Scenario["hosts"]): Scenario {
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
