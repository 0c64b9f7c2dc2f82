import type { HealthRule } from "@sluice/engine/state.ts";
import { Random } from "./random.ts";
import { type NetworkFaults, NO_NETWORK_FAULTS } from "./simulated-network.ts";

/** Everything that a seed decides before the first moment. What happens then is drawn from the same source as it happens. */
export interface Scenario {
  readonly seed: number;
  /** The grid of the simulated time. A fine one separates what happens; on a coarse one, much happens at once. */
  readonly tickMilliseconds: number;
  /** Nothing goes wrong but scripts. */
  readonly isCalm: boolean;
  readonly hosts: readonly ScenarioHost[];
  readonly groups: readonly ScenarioGroup[];
  readonly network: NetworkFaults;
  /** Of one commit, that the server dies at it. */
  readonly serverDeath: number;
  /** Of one host in one second. */
  readonly agentCrash: number;
  readonly agentLeave: number;
  readonly networkCut: number;
  readonly hostRemoval: number;
}

export interface ScenarioHost {
  readonly hostId: string;
  readonly nature: "honest" | "reference" | "lying" | "declared" | "goesSilent";
}

export interface ScenarioGroup {
  readonly name: string;
  readonly members: readonly string[];
  readonly healthRule: HealthRule;
  readonly prior: ReadonlyMap<string, { readonly healthy: boolean; readonly revisionKey: string }>;
  readonly deployments: readonly ScenarioDeployment[];
}

export interface ScenarioDeployment {
  readonly pauseBeforeMilliseconds: number;
  readonly ignoreApplicationStopFailures: boolean;
  readonly updateOutdatedInstancesOnly: boolean;
  /** Of one event on one host. */
  readonly scriptFailure: number;
  /** Of ApplicationStop alone. */
  readonly stopFailure: number;
  readonly slowScripts: number;
  /** After its creation; null: never. */
  readonly stopAfterMilliseconds: number | null;
  /** Another deployment of the group is asked for while this one is under way. */
  readonly isJostled: boolean;
}

export function scenarioOf(seed: number): { readonly scenario: Scenario; readonly random: Random } {
  const random = new Random(seed);
  const isCalm = random.chance(0.15);
  const sometimes = (most: number) => (!isCalm && random.chance(0.4) ? most * random.fraction() ** 2 : 0);
  const network = isCalm
    ? NO_NETWORK_FAULTS
    : {
        requestLost: sometimes(0.2),
        answerLost: sometimes(0.2),
        duplicated: sometimes(0.3),
        late: sometimes(0.15),
      };
  const lying = sometimes(0.4);
  const declared = sometimes(0.3);
  const goesSilent = sometimes(0.4);
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
    return { hostId: `i-${String(index + 1).padStart(17, "0")}`, nature };
  });
  const hostIds = hosts.map(({ hostId }) => hostId);
  return {
    random,
    scenario: {
      seed,
      isCalm,
      tickMilliseconds: random.pick([5, 20, 20, 50]),
      hosts,
      groups: Array.from({ length: random.integer(2, 6) }, (_, index) => group(random, index, hostIds)),
      network,
      serverDeath: random.chance(0.7) ? sometimes(0.15) : 0,
      agentCrash: sometimes(0.02),
      agentLeave: sometimes(0.005),
      networkCut: sometimes(0.01),
      hostRemoval: sometimes(0.001),
    },
  };
}

function fleetSize(random: Random): number {
  const size = random.fraction();
  if (size < 0.05) return 1;
  if (size < 0.13) return random.integer(2, 3);
  if (size < 0.28) return random.integer(4, 7);
  if (size < 0.88) return random.integer(8, 12);
  if (size < 0.97) return random.integer(13, 25);
  return random.integer(26, 50);
}

function group(random: Random, index: number, hostIds: readonly string[]): ScenarioGroup {
  const share = random.pick([1, 1, 1, 1, 0.9, 0.5]);
  const members = random.chance(0.02) ? [] : hostIds.filter(() => random.chance(share));
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
  return {
    name: `group-${index + 1}`,
    members,
    healthRule: healthRule(random, members.length),
    prior,
    deployments: Array.from({ length: random.integer(2, 9) }, () => deployment(random)),
  };
}

function healthRule(random: Random, hosts: number): HealthRule {
  const kind = random.fraction();
  if (kind < 0.25) return { type: "MOST_CONCURRENCY", value: 1 };
  if (kind < 0.4) return { type: "FLEET_PERCENT", value: 0 };
  if (kind < 0.55) return { type: "FLEET_PERCENT", value: 50 };
  if (kind < 0.8) return { type: "FLEET_PERCENT", value: random.integer(0, 99) };
  return { type: "HOST_COUNT", value: random.integer(0, Math.max(0, hosts)) };
}

function deployment(random: Random): ScenarioDeployment {
  return {
    pauseBeforeMilliseconds: random.integer(0, 5_000),
    ignoreApplicationStopFailures: random.chance(0.3),
    updateOutdatedInstancesOnly: random.chance(0.1),
    scriptFailure: random.pick([0, 0, 0.005, 0.03, 0.2]),
    stopFailure: random.pick([0, 0, 0, 0.3]),
    slowScripts: random.pick([0, 0, 0.05, 0.3]),
    stopAfterMilliseconds: random.chance(0.2) ? random.integer(0, random.pick([200, 3_000, 60_000])) : null,
    isJostled: random.chance(0.15),
  };
}
