import type { TerminationAnswer } from "@sluice/engine/ports/fleet.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { createDeployment } from "@sluice/server/operations/codedeploy/deployments/create-deployment.ts";
import type { Platform, PlatformWorld } from "../platform.ts";
import { HOST_RULES } from "../rules/hosts/host-rules.ts";
import { startWatch, type Watch } from "../rules/rule.ts";
import type { Life, ServerPorts } from "../server-ports.ts";
import type { WatchParts } from "../watch-parts.ts";
import type { Watched } from "../watched.ts";
import type { WorldParts } from "../world-parts.ts";
import { furnishHosts } from "./furnish-hosts.ts";
import { hostGroups, takeIn } from "./host-groups.ts";
import {
  fleetTag,
  type HostFaultRates,
  type HostScenario,
  type ScenarioDeployment,
  type ScenarioGroup,
  scenarioOf,
} from "./host-scenario.ts";
import { describeHosts, hostLines, namesIn } from "./host-story.ts";
import { Ledger } from "./ledger.ts";
import { SimulatedBalancer } from "./simulated-balancer.ts";
import { SimulatedFleet } from "./simulated-fleet.ts";
import { smallerThan } from "./smaller-host-scenario.ts";
import { type HostGroup, type HostMoments, hostsOf, isRefused, isRestart } from "./watched-hosts.ts";

/** Bugs that a test can plant in the hosts. */
export interface HostPlants {
  /** Called when an honest host begins an event. */
  readonly plant?: (ledger: Ledger, hostId: string, deploymentId: string, event: LifecycleEventName) => void;
}

/** Deployments to hosts: in place, by zones, blue/green, with load balancers in front of them. */
export const HOSTS: Platform<HostScenario, HostPlants> = {
  scenarioOf,
  smallerThan,
  describe: describeHosts,
  linesOf: hostLines,
  namesIn,
  begin: (scenario, parts, plants) => new HostWorld(scenario, parts, plants),
};

class HostWorld implements PlatformWorld<ScenarioGroup> {
  readonly groups: ReadonlyMap<string, HostGroup>;
  readonly outsideFaults = ["balancerUnreachable"];
  readonly #scenario: HostScenario;
  readonly #parts: WorldParts<HostFaultRates>;
  readonly #ledger: Ledger;
  readonly #balancer: SimulatedBalancer;
  readonly #fleet: SimulatedFleet;
  readonly #underway = new Map<string, ScenarioDeployment>();
  #rules: Watch<HostMoments> | null = null;

  constructor(scenario: HostScenario, parts: WorldParts<HostFaultRates>, { plant }: HostPlants) {
    const { time, random, faults, count, chronicle } = parts;
    this.#scenario = scenario;
    this.#parts = parts;
    this.groups = hostGroups(scenario);
    this.#ledger = new Ledger((...began) => this.#rules?.tell("hostBegan", ...began));
    this.#balancer = new SimulatedBalancer({
      time,
      random,
      faults,
      onFault: count,
      onWish: (...wish) => this.#rules?.tell("trafficAsked", ...wish),
      onChange: (group, hostId, traffic) => chronicle.note(`balancer of ${group}`, `${hostId} is ${traffic}`),
    });
    this.#fleet = new SimulatedFleet({
      ...parts,
      hosts: scenario.hosts,
      ledger: this.#ledger,
      underway: (groupId) => this.#underway.get(groupId),
      onRun: (...run) => plant?.(this.#ledger, ...run),
    });
  }

  async furnish(): Promise<void> {
    await furnishHosts(this.#parts.store, this.#scenario);
    for (const { name, members, others, othersServe } of this.#scenario.groups) {
      for (const hostId of members) this.#balancer.furnish(name, hostId, "serving");
      for (const hostId of others) this.#balancer.furnish(name, hostId, othersServe ? "serving" : "blocked");
    }
  }

  ports({ whileAlive, death }: Life): ServerPorts {
    const balancer = this.#balancer;
    return {
      trafficRouter: {
        // Calls end with their caller: what was not heeded by then never is.
        block: (host) => whileAlive(() => balancer.block(host, death)),
        allow: (host) => whileAlive(() => balancer.allow(host, death)),
        observe: (host) => whileAlive(() => balancer.observe(host)),
      },
      // Nothing else of the AWS agent is simulated: its hosts are as silent, and as soon missed, as the others.
      agentsOf: (agents) =>
        new Map(
          [...agents].map(([hostId, agent]) => [
            hostId,
            this.#fleet.isReference(hostId) ? { agent: "aws", agentVersion: null } : agent,
          ]),
        ),
      hostTerminator: { terminate: (hostIds) => whileAlive(() => this.#terminate(hostIds)) },
    };
  }

  start(): void {
    this.#fleet.start();
  }

  haveFaults(): void {
    this.#fleet.haveFaults();
  }

  calmDown(): void {
    this.#fleet.calmDown();
  }

  knocked(caller: string): void {
    this.#fleet.knocks.knocked(caller, this.#parts.time.now());
  }

  heard(caller: string): void {
    this.#fleet.knocks.heard(caller);
  }

  prepare(group: ScenarioGroup, index: number): void {
    const deployment = group.deployments[index];
    if (deployment) this.#underway.set(group.name, deployment);
  }

  async create(group: ScenarioGroup, index: number): Promise<void> {
    const { random, line } = this.#parts;
    const deployment = this.#underway.get(group.name);
    if (!deployment) throw new Error(`${group.name} has no deployment under way`);
    const key = random.chance(0.15) ? "current" : `build-${index}`;
    const { rollbackEvents, watchesAlarm, ignoresPollFailure } = deployment;
    const replacements = this.#replacementTagOf(group);
    const restart = { deploymentMode: "RESTART" } as const;
    const what =
      deployment.restarts && (await this.#hasWhatToRestart(group.name))
        ? restart
        : {
            revision: { revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "zip" } } as const,
            updateOutdatedInstancesOnly: deployment.updateOutdatedInstancesOnly,
          };
    line.note(what === restart ? `restarts ${group.name}` : `deploys ${key} to ${group.name}`);
    await line.ask((server) =>
      createDeployment(
        {
          applicationName: "app",
          deploymentGroupName: group.name,
          ...what,
          ignoreApplicationStopFailures: deployment.ignoreApplicationStopFailures,
          ...(replacements === null
            ? {}
            : { targetInstances: { tagFilters: [{ Key: replacements, Type: "KEY_ONLY" }] } }),
          autoRollbackConfiguration:
            rollbackEvents === null ? { enabled: false } : { enabled: true, events: [...rollbackEvents] },
          overrideAlarmConfiguration: {
            enabled: watchesAlarm,
            ignorePollAlarmFailure: ignoresPollFailure,
            alarms: [{ name: group.name }],
          },
        },
        server.codeDeploy,
      ),
    );
  }

  isMovingTraffic(deploymentId: string): boolean {
    const head = this.#parts.deployments.active.get(deploymentId)?.head;
    return head?.strategy.type === "blue-green" && ["allow", "block", "terminate"].includes(head.stage);
  }

  lastUnnoticedAt(): number {
    return this.#fleet.lastRemovalAt ?? Number.NEGATIVE_INFINITY;
  }

  takeIn(watched: Watched): void {
    for (const target of hostsOf(watched)) if (isRefused(target)) this.#parts.count("hostNotRestarted");
    takeIn(this.groups, watched);
  }

  nameOf(watched: Watched): string {
    const { row, head } = watched;
    const { strategy } = head;
    const suffix = row.creator !== "user" ? ", rollback" : isRestart(watched) ? ", restart" : "";
    switch (strategy.type) {
      case "in-place":
        return `in place${strategy.zones ? ", by zones" : strategy.hasTrafficControl ? ", with traffic" : ""}${suffix}`;
      case "blue-green":
        return "blue/green";
      case "blue-green-rollback":
        return "blue/green, rollback";
      default:
        throw new TypeError(`no host is deployed to by ${strategy.type}`);
    }
  }

  watch(
    parts: WatchParts,
    onViolation: (rule: string, deploymentId: string | null, message: string) => void,
  ): Watch<HostMoments> {
    const hostParts = {
      ...parts,
      groups: this.groups,
      ledger: this.#ledger,
      balancer: this.#balancer,
      hostTruth: (hostId: string) => this.#fleet.truthOf(hostId),
      hasRemovals: () => this.#fleet.lastRemovalAt !== null,
    };
    this.#rules = startWatch(HOST_RULES, hostParts, onViolation);
    return this.#rules;
  }

  /** A group that nothing was deployed to in this world has nothing to restart, and says so. */
  async #hasWhatToRestart(group: string): Promise<boolean> {
    const { line, count } = this.#parts;
    if (this.groups.get(group)?.lastSuccessId) return true;
    count("nothingToRestart");
    line.note(`restarts ${group}, which has nothing to restart`);
    const input = { applicationName: "app", deploymentGroupName: group, deploymentMode: "RESTART" } as const;
    await line.tryOnce(() => line.ask((server) => createDeployment(input, server.codeDeploy)));
    return false;
  }

  /** The tag of the fleet that the group's next blue/green deployment goes to; null: it deploys in place. */
  #replacementTagOf({ name, strategy }: ScenarioGroup): string | null {
    if (strategy.type !== "blue/green") return null;
    return fleetTag(name, this.groups.get(name)?.current === 0 ? 1 : 0);
  }

  /** No machine of the simulation can be switched off. */
  async #terminate(hostIds: readonly string[]): Promise<TerminationAnswer> {
    this.#rules?.tell("originalsTerminated", hostIds);
    const kept = hostIds.map((hostId) => ({ hostId, reason: "it is nobody's to terminate" }));
    return { terminated: [], kept, unanswered: [] };
  }
}
