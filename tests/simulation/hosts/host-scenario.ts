import type { HealthRule } from "@sluice/engine/state.ts";
import { Random } from "../random.ts";
import type { DeploymentBase, FaultRates, GroupBase, RollbackEventName, ScenarioBase } from "../scenario.ts";

export interface HostScenario extends ScenarioBase {
  readonly platform: "hosts";
  readonly hosts: readonly ScenarioHost[];
  readonly groups: readonly ScenarioGroup[];
  readonly faults: HostFaultRates;
}

/** Probabilities, of what each happens at. */
export interface HostFaultRates extends FaultRates {
  // Of one host in one second.
  readonly agentCrash: number;
  readonly agentLeave: number;
  readonly networkCut: number;
  readonly hostRemoval: number;
  // Of one call of a load balancer.
  readonly balancerUnreachable: number;
  readonly balancerRefuses: number;
  readonly balancerSlow: number;
}

export interface ScenarioHost {
  readonly hostId: string;
  readonly nature: HostNature;
  readonly zone: string | null;
  /** Its agent is of a version that knows no restarts. */
  readonly isOld: boolean;
}

export type HostNature = "honest" | "reference" | "lying" | "declared" | "goesSilent";

export interface ScenarioGroup extends GroupBase {
  readonly strategy: ScenarioStrategy;
  /** The hosts that its tags select. */
  readonly members: readonly string[];
  /** The hosts that a blue/green deployment goes to first; empty in place. */
  readonly others: readonly string[];
  /** The load balancer knows them from the beginning, and sends them traffic. */
  readonly othersServe: boolean;
  readonly healthRule: HealthRule;
  /** Whether it has had a successful deployment. */
  readonly hasSuccess: boolean;
  readonly prior: ReadonlyMap<string, { readonly healthy: boolean; readonly revisionKey: string }>;
  readonly deployments: readonly ScenarioDeployment[];
}

export type ScenarioStrategy =
  | { readonly type: "in-place" }
  | { readonly type: "in-place with traffic" }
  | {
      readonly type: "zonal";
      readonly firstZoneMonitorSeconds: number;
      readonly monitorSeconds: number;
      readonly minimumPerZone: HealthRule | null;
    }
  /** Minutes; null: traffic does not wait, or the originals are kept. */
  | {
      readonly type: "blue/green";
      readonly readyWaitMinutes: number | null;
      readonly terminationWaitMinutes: number | null;
    };

export interface ScenarioDeployment extends DeploymentBase {
  /** It restarts what the group has, where that deploys in place; a group that has nothing refuses, and is deployed to. */
  readonly restarts: boolean;
  readonly ignoreApplicationStopFailures: boolean;
  readonly updateOutdatedInstancesOnly: boolean;
  /** Of one event on one host. */
  readonly scriptFailure: number;
  /** Of ApplicationStop alone. */
  readonly stopFailure: number;
  readonly slowScripts: number;
}

export function scenarioOf(seed: number): HostScenario {
  const random = new Random(seed);
  const isCalm = random.chance(0.15);
  const sometimes = (most: number) => (!isCalm && random.chance(0.4) ? most * random.fraction() ** 2 : 0);
  const faults: HostFaultRates = {
    requestLost: sometimes(0.2),
    answerLost: sometimes(0.2),
    duplicated: sometimes(0.3),
    late: sometimes(0.15),
    serverDeath: random.chance(0.7) ? sometimes(0.08) : 0,
    diskFailure: random.chance(0.7) ? sometimes(0.08) : 0,
    agentCrash: sometimes(0.02),
    agentLeave: sometimes(0.005),
    networkCut: sometimes(0.01),
    hostRemoval: sometimes(0.001),
    deafServer: sometimes(0.03),
    slowServer: sometimes(0.03),
    overrunServer: sometimes(0.03),
    longOutage: random.chance(0.3) ? sometimes(0.006) : 0,
    balancerUnreachable: sometimes(0.3),
    balancerRefuses: sometimes(0.05),
    balancerSlow: sometimes(0.3),
    alarmsUnreadable: sometimes(0.5),
    alarmsSlow: sometimes(0.3),
  };
  const lying = sometimes(0.4);
  const declared = sometimes(0.3);
  const goesSilent = sometimes(0.4);
  const zones = random.pick([1, 2, 3]);
  const hosts = Array.from({ length: fleetSize(random) }, (_, index): ScenarioHost => {
    const nature = random.chance(lying)
      ? "lying"
      : random.chance(declared)
        ? "declared"
        : random.chance(goesSilent)
          ? "goesSilent"
          : random.chance(0.3)
            ? "reference"
            : "honest";
    const zone = random.chance(0.05) ? null : `zone-${random.integer(1, zones)}`;
    return { hostId: `i-${String(index + 1).padStart(17, "0")}`, nature, zone, isOld: random.chance(0.04) };
  });
  const hostIds = hosts.map(({ hostId }) => hostId);
  const groups = random.integer(2, 6);
  return {
    platform: "hosts",
    runSeed: seed,
    tickMilliseconds: random.pick([5, 20, 20, 50]),
    isCalm,
    hosts,
    groups: Array.from({ length: groups }, (_, index) => group(random, index, hostIds)),
    faults,
    faultsMilliseconds: random.integer(60_000, 20 * 60_000),
  };
}

function fleetSize(random: Random): number {
  const size = random.fraction();
  if (size < 0.04) return 1;
  if (size < 0.1) return random.integer(2, 3);
  if (size < 0.2) return random.integer(4, 7);
  if (size < 0.92) return random.integer(8, 11);
  if (size < 0.98) return random.integer(12, 25);
  return random.integer(26, 50);
}

function group(random: Random, index: number, hostIds: readonly string[]): ScenarioGroup {
  const strategy = strategyOf(random);
  const share = random.pick([1, 1, 1, 1, 1, 0.6]);
  const chosen = random.chance(0.01) ? [] : hostIds.filter(() => random.chance(share));
  const half = strategy.type === "blue/green" ? Math.ceil(chosen.length / 2) : chosen.length;
  const members = chosen.slice(0, half);
  const hasSuccess = random.chance(0.85);
  const priorHealth = random.pick([0, 0.5, 0.9, 1]);
  const known = random.pick([0, 0.8, 1]);
  const prior = new Map(
    members
      .filter(() => random.chance(known))
      .map((hostId) => [
        hostId,
        {
          healthy: random.chance(priorHealth),
          revisionKey: random.pick(["s3://b/current#zip##", "s3://b/older#zip##"]),
        },
      ]),
  );
  const others = chosen.slice(half);
  return {
    name: `group-${index + 1}`,
    strategy,
    members,
    others,
    othersServe: random.chance(0.3),
    healthRule: healthRule(random, strategy.type === "blue/green" ? others.length : members.length),
    hasSuccess,
    prior,
    deployments: Array.from({ length: random.integer(2, 9) }, () => deployment(random, strategy)),
  };
}

function strategyOf(random: Random): ScenarioStrategy {
  const kind = random.fraction();
  if (kind < 0.4) return { type: "in-place" };
  if (kind < 0.65) return { type: "in-place with traffic" };
  if (kind < 0.8) {
    return {
      type: "zonal",
      firstZoneMonitorSeconds: random.integer(0, 8),
      monitorSeconds: random.integer(0, 5),
      minimumPerZone: random.chance(0.5) ? null : { type: "FLEET_PERCENT", value: random.integer(0, 60) },
    };
  }
  return {
    type: "blue/green",
    readyWaitMinutes: random.chance(0.3) ? 1 : null,
    terminationWaitMinutes: random.pick([null, null, 0, 0, 1]),
  };
}

function healthRule(random: Random, hosts: number): HealthRule {
  const kind = random.fraction();
  if (kind < 0.25) return { type: "MOST_CONCURRENCY", value: 1 };
  if (kind < 0.4) return { type: "FLEET_PERCENT", value: 0 };
  if (kind < 0.55) return { type: "FLEET_PERCENT", value: 50 };
  if (kind < 0.8) return { type: "FLEET_PERCENT", value: random.integer(0, 95) };
  // Now and then more than the fleet has.
  return { type: "HOST_COUNT", value: random.integer(0, Math.max(0, hosts - (random.chance(0.1) ? 0 : 1))) };
}

function deployment(random: Random, { type }: ScenarioStrategy): ScenarioDeployment {
  const watchesAlarm = random.chance(0.35);
  const onceTrafficMoves = watchesAlarm ? (["stop", "alarm", "alarm"] as const) : (["stop"] as const);
  return {
    restarts: type !== "blue/green" && random.chance(0.25),
    pauseBeforeMilliseconds: random.integer(0, 5_000),
    ignoreApplicationStopFailures: random.chance(0.3),
    updateOutdatedInstancesOnly: random.chance(0.08),
    scriptFailure: random.pick([0, 0, 0.005, 0.03, 0.2]),
    stopFailure: random.pick([0, 0, 0, 0.3]),
    slowScripts: random.pick([0, 0, 0.02, 0.1]),
    stopAfterMilliseconds: random.chance(0.15) ? random.integer(0, random.pick([200, 3_000, 60_000])) : null,
    rollBackAfterStop: random.pick([null, null, true, false]),
    onceTrafficMoves: random.chance(watchesAlarm ? 0.6 : 0.15) ? random.pick(onceTrafficMoves) : null,
    stopsRollback: random.chance(0.1),
    isJostled: random.chance(0.15),
    rollbackEvents: random.chance(0.7) ? rollbackEvents(random) : null,
    watchesAlarm,
    ignoresPollFailure: random.chance(0.5),
    alarm:
      watchesAlarm && random.chance(0.4)
        ? {
            afterMilliseconds: random.integer(0, random.pick([1_000, 20_000])),
            forMilliseconds: random.pick([1_000, 10_000, 60_000]),
          }
        : null,
    isContinued: random.chance(0.8),
    isAcknowledged: random.chance(0.3),
  };
}

/** Automatic rollback that is on and names no event is refused. */
function rollbackEvents(random: Random): readonly RollbackEventName[] | null {
  const all = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"] as const;
  const some = all.filter(() => random.chance(0.7));
  return some.length > 0 ? some : null;
}

/** The tags of a group's two fleets. In place there is only the first. */
export function fleetTag(group: string, fleet: 0 | 1): string {
  return fleet === 0 ? group : `${group}-others`;
}
