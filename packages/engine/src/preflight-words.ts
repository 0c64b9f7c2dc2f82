import type { TargetCandidate } from "./observation.ts";
import type { HealthRule, Strategy, ZoneRule } from "./state.ts";
import { minimumHealthyHosts } from "./strategies/hosts/minimum-healthy-hosts.ts";
import { zoneMinimum } from "./strategies/hosts/zones.ts";
import type { LambdaShift } from "./strategies/shift/shift-strategies.ts";
import type { ShiftSchedule } from "./traffic-shift.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How a deployment goes about its work, in a sentence without a full stop. */
export function describeStrategy(strategy: Strategy): string {
  switch (strategy.type) {
    case "in-place": {
      const traffic = strategy.hasTrafficControl
        ? "in place, each host deregistered from its load balancer during its deployment"
        : "in place, without a load balancer";
      const way = strategy.restarts ? `${traffic}; stopped and started, nothing is installed` : traffic;
      return strategy.zones ? `${way}, one zone after the other` : way;
    }
    case "blue-green": {
      const { readyWaitMilliseconds: ready, terminationWaitMilliseconds: termination } = strategy;
      const leave =
        ready === null
          ? "traffic moves as soon as they are ready"
          : `traffic waits up to ${duration(ready)} for sluice continue`;
      const end =
        termination === null
          ? "the original hosts are kept"
          : `the original hosts are terminated ${termination === 0 ? "at once" : `after ${duration(termination)}`}`;
      return `blue/green: the replacement hosts get the revision, ${leave}, ${end}`;
    }
    case "blue-green-rollback":
      return "traffic back to the original hosts";
    case "ecs-blue-green":
      return `blue/green: a replacement task set gets the revision, and ${describeSchedule(strategy.schedule)}`;
    case "lambda-shift":
      return `${describeVersions(strategy)}: ${describeSchedule(strategy.schedule)}`;
    case "ecs-rollback":
      return "traffic back to the original task set";
    case "lambda-rollback":
      return `the alias back to version ${strategy.currentVersion}`;
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

function describeVersions({ currentVersion, targetVersion }: LambdaShift): string {
  return currentVersion === null
    ? `what the alias points at to version ${targetVersion}`
    : `version ${currentVersion} to ${targetVersion}`;
}

function describeSchedule(schedule: ShiftSchedule): string {
  switch (schedule.type) {
    case "all-at-once":
      return "all traffic moves at once";
    case "canary":
      return `${schedule.percent} % of the traffic moves, and the rest after ${duration(schedule.intervalMilliseconds)}`;
    case "linear":
      return `${schedule.percent} % of the traffic moves every ${duration(schedule.intervalMilliseconds)}`;
    default: {
      const never: never = schedule;
      return never;
    }
  }
}

/** The arithmetic of minimum healthy hosts, one line for each set of hosts that it is made for. */
export function describeArithmetic(
  strategy: Strategy,
  candidates: readonly Pick<TargetCandidate, "zone">[],
  replacements: readonly Pick<TargetCandidate, "zone">[],
): string[] {
  switch (strategy.type) {
    case "in-place":
      if (candidates.length === 0) return [];
      return [
        describeMinimum(strategy.healthRule, candidates.length),
        ...(strategy.zones ? zoneLines(strategy.zones, candidates) : []),
      ];
    case "blue-green":
      return [
        ...(replacements.length > 0
          ? [`replacement fleet: ${describeMinimum(strategy.healthRule, replacements.length)}`]
          : []),
        ...(candidates.length > 0
          ? [`original fleet: ${describeMinimum(strategy.healthRule, candidates.length, MOVING)}`]
          : []),
      ];
    case "blue-green-rollback":
    case "ecs-blue-green":
    case "ecs-rollback":
    case "lambda-shift":
    case "lambda-rollback":
      return [];
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

/** Taking traffic away never stands still: where the minimum leaves no room, hosts go one by one. */
const MOVING = 1;

/** `FLEET_PERCENT 40 of 9 hosts, rounded up, is 4: up to 5 at a time`. */
export function describeMinimum(rule: HealthRule, hostCount: number, roomAtLeast = 0): string {
  const minimum = minimumHealthyHosts(rule, hostCount);
  const room = Math.max(roomAtLeast, hostCount - minimum);
  const pace = room > 0 ? `up to ${room} at a time` : "no host can be taken out of service";
  return `${describeRule(rule, hostCount, minimum)}: ${pace}`;
}

/** Hosts that the last deployment left healthy have health to lose; what is said where there is none to spare. Null: there is. */
export function describeSpareCapacity(rule: HealthRule, candidates: readonly TargetCandidate[]): string | null {
  const minimum = minimumHealthyHosts(rule, candidates.length);
  const healthy = candidates.filter(({ wasHealthy }) => wasHealthy).length;
  if (healthy === 0 || healthy > minimum || minimum >= candidates.length) return null;
  return `${healthy} of ${count(candidates.length)} are healthy by their last deployment and at least ${minimum} must be: no healthy host is taken out of service before others have succeeded`;
}

function describeRule({ type, value }: HealthRule, hostCount: number, minimum: number): string {
  switch (type) {
    case "HOST_COUNT":
      return `HOST_COUNT ${value}, of ${count(hostCount)}`;
    case "FLEET_PERCENT":
      return hostCount === 1
        ? `FLEET_PERCENT ${value} of 1 host counts as 0, because it would round up to that host`
        : `FLEET_PERCENT ${value} of ${count(hostCount)}, rounded up, is ${minimum}`;
    case "MOST_CONCURRENCY":
      return `MOST_CONCURRENCY ${value} of ${count(hostCount)} keeps ${minimum}`;
    default: {
      const never: never = type;
      return never;
    }
  }
}

function zoneLines({ minimumPerZone }: ZoneRule, candidates: readonly Pick<TargetCandidate, "zone">[]): string[] {
  const zones = [...Map.groupBy(candidates, ({ zone }) => zone)].sort(([a], [b]) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return a < b ? -1 : 1;
  });
  return zones.map(([zone, members]) => {
    const name = zone === null ? "hosts without a zone" : `zone ${zone}`;
    const hosts = members.length;
    if (minimumPerZone === null) return `${name}: no minimum of its own, ${count(hosts)}`;
    const room = hosts - zoneMinimum(minimumPerZone, hosts);
    return `${name}: ${describeRule(minimumPerZone, hosts, hosts - room)}: ${room > 0 ? `up to ${room} at a time` : "no host can be taken out of service"}`;
  });
}

function count(hosts: number): string {
  return hosts === 1 ? "1 host" : `${hosts} hosts`;
}

/** `90 s`, `5 min`. */
export function duration(milliseconds: number): string {
  return milliseconds % MINUTE === 0 && milliseconds > 0
    ? `${milliseconds / MINUTE} min`
    : `${milliseconds / SECOND} s`;
}
