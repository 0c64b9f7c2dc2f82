import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { newHostRow } from "@sluice/server/hosts/new-host.ts";
import { createDeployment } from "@sluice/server/operations/codedeploy/create-deployment.ts";
import { stopDeployment } from "@sluice/server/operations/codedeploy/stop-deployment.ts";
import { removeHost } from "@sluice/server/operations/sluice/remove-host.ts";
import type { Store } from "@sluice/server/store/open-store.ts";
import { Ledger } from "./ledger.ts";
import { LyingAgent } from "./lying-agent.ts";
import type { Random } from "./random.ts";
import { type Scenario, type ScenarioDeployment, type ScenarioGroup, scenarioOf } from "./scenario.ts";
import { SimulatedAgent } from "./simulated-agent.ts";
import { NO_NETWORK_FAULTS, Refused, type Request, SimulatedNetwork, Unanswered } from "./simulated-network.ts";
import { SimulatedServer } from "./simulated-server.ts";
import { openSimulatedStore, type SimulatedStore } from "./simulated-store.ts";
import { SimulatedTime } from "./simulated-time.ts";
import { type HostTruth, type WatchedGroup, Watcher } from "./watcher.ts";

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A world whose deployments have not ended by then never ends: the run time of each, and what may outlast it. */
const HOURS_PER_DEPLOYMENT = 20;
const STEPS_MAX = 5_000_000;
/** Steps at one moment: more of them are a loop that never sleeps. */
const STEPS_OF_A_MOMENT_MAX = 1_000;
const STOP_AIM_MILLISECONDS = 5_000;
const OPERATOR = "the operator";

export interface WorldReport {
  readonly seed: number;
  readonly hosts: number;
  readonly deployments: number;
  readonly isCalm: boolean;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  readonly steps: number;
  readonly simulatedMilliseconds: number;
  /** The first rule that was broken, or null. */
  readonly violation: string | null;
}

/** One seed's world from its first deployment to the end of its last. */
export async function simulateWorld(seed: number): Promise<WorldReport> {
  const { scenario, random } = scenarioOf(seed);
  const store = await openSimulatedStore();
  try {
    return await new World(scenario, random, store).run();
  } finally {
    await store.close();
  }
}

class World {
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #store: SimulatedStore;
  readonly #time: SimulatedTime;
  readonly #network: SimulatedNetwork;
  readonly #ledger: Ledger;
  readonly #watcher: Watcher;
  readonly #faults = new Map<string, number>();
  readonly #agents = new Map<string, SimulatedAgent>();
  readonly #liars: LyingAgent[] = [];
  readonly #removed = new Set<string>();
  readonly #underway = new Map<string, ScenarioDeployment>();
  readonly #aimedStops = new Map<string, () => void>();
  #server: SimulatedServer | null = null;
  #lives = 0;
  /** When the faults stopped. */
  #quietSince: number | null = null;
  /** Hosts without an agent, and since when. */
  readonly #goneSince = new Map<string, number>();
  #operatorsAtWork = 0;
  #violation: string | null = null;

  constructor(scenario: Scenario, random: Random, store: SimulatedStore) {
    this.#scenario = scenario;
    this.#random = random;
    this.#store = store;
    this.#time = new SimulatedTime(START, scenario.tickMilliseconds, random);
    const onViolation = (message: string) => {
      this.#violation ??= `at ${((this.#time.now() - START) / 1000).toFixed(3)} s: ${message}`;
    };
    this.#ledger = new Ledger(onViolation);
    this.#network = new SimulatedNetwork({
      time: this.#time,
      random,
      server: () => this.#server,
      onFault: (fault) => this.#count(fault),
    });
    this.#watcher = new Watcher({
      store,
      ledger: this.#ledger,
      now: this.#time.now,
      server: () => this.#server,
      groups: new Map(scenario.groups.map((group) => [group.name, watchedGroup(group)])),
      isCalm: scenario.isCalm,
      tickMilliseconds: scenario.tickMilliseconds,
      hostTruth: (hostId) => this.#hostTruth(hostId),
      onViolation,
    });
  }

  async run(): Promise<WorldReport> {
    const { hosts, groups, network, seed, isCalm } = this.#scenario;
    await furnish(this.#store, this.#scenario);
    this.#network.faults = network;
    this.#startServer();
    for (const host of hosts) this.#startHost(host.hostId, host.nature);
    for (const group of groups) void this.#operate(group);
    this.#haveFaults();
    this.#time.after(this.#random.integer(1, 20) * MINUTE, () => this.#calmDown());
    const planned = groups.reduce((sum, group) => sum + group.deployments.length, 0);
    const latest = START + planned * HOURS_PER_DEPLOYMENT * HOUR;
    let steps = 0;
    let stepsOfMoment = 0;
    while (this.#operatorsAtWork > 0 && this.#violation === null) {
      const before = this.#time.now();
      if (!(await this.#time.step())) this.#violate("nothing is left to happen, and deployments have not ended");
      await this.#watcher.check();
      steps++;
      stepsOfMoment = this.#time.now() === before ? stepsOfMoment + 1 : 0;
      if (stepsOfMoment > STEPS_OF_A_MOMENT_MAX)
        this.#violate("something spins: it never sleeps, and time stands still");
      if (steps > STEPS_MAX || this.#time.now() > latest) this.#violate("deployments do not end after the faults have");
    }
    this.#server?.die();
    return {
      seed,
      hosts: hosts.length,
      deployments: this.#watcher.deployments.size,
      isCalm,
      outcomes: this.#watcher.outcomes,
      faults: this.#faults,
      steps,
      simulatedMilliseconds: this.#time.now() - START,
      violation: this.#violation,
    };
  }

  #hostTruth(hostId: string): HostTruth {
    const agent = this.#agents.get(hostId);
    const isSound = this.#quietSince !== null && agent?.isRunning === true && !this.#removed.has(hostId);
    return {
      goneSince: this.#goneSince.get(hostId) ?? null,
      soundSince: isSound ? this.#quietSince : null,
      knows: (deploymentId, event) => agent?.knows(deploymentId, event) ?? false,
    };
  }

  #startServer(): void {
    const { serverDeath } = this.#scenario;
    this.#server = new SimulatedServer({
      store: this.#store,
      time: this.#time,
      random: this.#random,
      name: `server-${++this.#lives}`,
      fate: () => {
        if (this.#quietSince !== null || !this.#random.chance(serverDeath)) return null;
        return this.#random.pick(["beforeCommit", "afterCommit"] as const);
      },
      onDeath: () => {
        this.#server = null;
        if (this.#operatorsAtWork === 0) return;
        this.#count("serverDeath");
        this.#time.after(this.#random.pick([10, 1_000, 20_000, 60_000]), () => this.#startServer());
      },
      onTrouble: (message) => this.#violate(message),
    });
  }

  #startHost(hostId: string, nature: Scenario["hosts"][number]["nature"]): void {
    const { hosts } = this.#scenario;
    if (nature === "declared") {
      this.#count("declaredOnly");
      this.#goneSince.set(hostId, START);
      return;
    }
    const parts = {
      hostId,
      hostIdentifier: identifierOf(hostId),
      time: this.#time,
      random: this.#random,
      network: this.#network,
      ledger: this.#ledger,
      remembersEvents: nature !== "reference",
      groupOf: (deploymentId: string) => this.#groupOf(deploymentId),
      run: (deploymentId: string, event: LifecycleEventName) => this.#runEvent(deploymentId, event),
      onTrouble: (message: string) => this.#violate(message),
    };
    if (nature === "lying") {
      this.#count("lyingHost");
      const liar = new LyingAgent(
        parts,
        hosts.map((host) => host.hostId),
      );
      this.#liars.push(liar);
      liar.start();
      return;
    }
    const agent = new SimulatedAgent(parts);
    this.#agents.set(hostId, agent);
    agent.start();
    if (nature === "goesSilent") {
      this.#time.after(this.#random.integer(0, 2 * MINUTE), () => {
        this.#count("silentForGood");
        this.#agents.delete(hostId);
        this.#goneSince.set(hostId, this.#time.now());
        agent.crash({ losesJournal: true });
      });
    }
  }

  #groupOf(deploymentId: string): string {
    return this.#watcher.deployments.get(deploymentId)?.row.deployment_group_id ?? "";
  }

  #runEvent(deploymentId: string, event: LifecycleEventName): { succeeds: boolean; milliseconds: number } {
    const { scriptFailure, stopFailure, slowScripts } = this.#underway.get(this.#groupOf(deploymentId)) ?? NO_TROUBLE;
    const fails = this.#random.chance(
      event === "ApplicationStop" ? Math.max(scriptFailure, stopFailure) : scriptFailure,
    );
    if (fails) this.#count("scriptFailure");
    const milliseconds = this.#random.chance(slowScripts)
      ? this.#random.integer(1_000, this.#random.pick([5_000, 60_000]))
      : this.#random.integer(1, 200);
    const stop = this.#aimedStops.get(deploymentId);
    if (stop) this.#time.after(milliseconds, stop);
    return { succeeds: !fails, milliseconds };
  }

  /** A person who deploys to one group, again and again. */
  async #operate(group: ScenarioGroup): Promise<void> {
    this.#operatorsAtWork++;
    for (const [index, deployment] of group.deployments.entries()) {
      await this.#time.sleep(deployment.pauseBeforeMilliseconds + 1);
      this.#underway.set(group.name, deployment);
      const create = () => this.#create(group, deployment, index);
      await this.#insist(create, () => this.#watcher.activeOf(group.name) !== undefined);
      const deploymentId = this.#watcher.activeOf(group.name);
      if (deploymentId && deployment.stopAfterMilliseconds !== null)
        void this.#stop(deploymentId, deployment.stopAfterMilliseconds);
      if (deployment.isJostled) {
        await this.#time.sleep(this.#random.integer(1, 500));
        this.#count("jostle");
        await create().catch(() => {});
      }
      while (this.#watcher.activeOf(group.name)) await this.#time.sleep(500);
    }
    this.#operatorsAtWork--;
  }

  async #create(group: ScenarioGroup, deployment: ScenarioDeployment, index: number): Promise<void> {
    const key = this.#random.chance(0.15) ? "current" : `build-${index}`;
    await this.#ask((server) =>
      createDeployment(
        {
          applicationName: "app",
          deploymentGroupName: group.name,
          revision: { revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "zip" } },
          ignoreApplicationStopFailures: deployment.ignoreApplicationStopFailures,
          updateOutdatedInstancesOnly: deployment.updateOutdatedInstancesOnly,
        },
        server.codeDeploy,
      ),
    );
  }

  async #stop(deploymentId: string, afterMilliseconds: number): Promise<void> {
    await this.#time.sleep(afterMilliseconds);
    await Promise.race([this.#aim(deploymentId), this.#time.sleep(STOP_AIM_MILLISECONDS)]);
    this.#count("stopRequest");
    this.#watcher.stopIsRequested(deploymentId);
    const isOver = () => this.#watcher.deployments.get(deploymentId)?.row.active !== 1;
    await this.#insist(() => this.#ask((server) => stopDeployment({ deploymentId }, server.codeDeploy)), isOver);
  }

  /** Until a host is about to report on the deployment: where stop and report cross, there is most to get wrong. */
  #aim(deploymentId: string): Promise<void> {
    return new Promise((resolve) => this.#aimedStops.set(deploymentId, resolve));
  }

  #ask<T>(request: Request<T>): Promise<T> {
    return this.#network.call(OPERATOR, request);
  }

  /** Asks until answered, or until it can be seen that it was done. */
  async #insist(ask: () => Promise<unknown>, isDone: () => boolean): Promise<void> {
    for (;;) {
      try {
        await ask();
        return;
      } catch (error) {
        if (!(error instanceof Unanswered || error instanceof Refused)) {
          return this.#violate(`the operator was answered with ${error instanceof Error ? error.stack : error}`);
        }
        if (isDone()) return;
        await this.#time.sleep(this.#random.integer(100, 2_000));
      }
    }
  }

  /** Once a second, until the faults stop. */
  #haveFaults(): void {
    if (this.#quietSince !== null) return;
    const { agentCrash, agentLeave, networkCut, hostRemoval } = this.#scenario;
    for (const [hostId, agent] of this.#agents) {
      if (agent.isRunning && this.#random.chance(agentCrash)) this.#crash(hostId, agent);
      if (agent.isRunning && this.#random.chance(agentLeave)) this.#leave(hostId, agent);
      if (this.#random.chance(networkCut)) this.#cutOff(hostId);
      if (this.#random.chance(hostRemoval)) void this.#remove(hostId);
    }
    this.#time.after(1_000, () => this.#haveFaults());
  }

  #crash(hostId: string, agent: SimulatedAgent): void {
    const losesJournal = this.#random.chance(0.3);
    this.#count(losesJournal ? "agentCrashWithJournalLost" : "agentCrash");
    agent.crash({ losesJournal });
    this.#startAgain(hostId);
  }

  #leave(hostId: string, agent: SimulatedAgent): void {
    this.#count("agentGoodbye");
    void agent.leave();
    this.#startAgain(hostId);
  }

  #startAgain(hostId: string): void {
    this.#time.after(this.#random.pick([200, 3_000, 12_000, 90_000]), () => this.#agents.get(hostId)?.start());
  }

  #cutOff(hostId: string): void {
    this.#network.cut.add(hostId);
    this.#count("silentForAWhile");
    this.#time.after(this.#random.pick([2_000, 10_000, 40_000, 120_000]), () => this.#network.cut.delete(hostId));
  }

  async #remove(hostId: string): Promise<void> {
    if (this.#removed.has(hostId)) return;
    this.#removed.add(hostId);
    this.#count("hostRemoved");
    const remove: Request<unknown> = (server, line) => {
      this.#watcher.lastRemovalAt = this.#time.now();
      return removeHost(
        { host: hostId },
        { ...server.sluice(hostId, line.signal), principal: server.codeDeploy.principal },
      );
    };
    await this.#insist(
      () => this.#ask(remove),
      () => false,
    );
  }

  /** The faults stop. Who was silent for good stays so, and who lied falls silent. */
  #calmDown(): void {
    this.#quietSince = this.#time.now();
    this.#network.faults = NO_NETWORK_FAULTS;
    this.#network.cut.clear();
    for (const liar of this.#liars) liar.stop();
    for (const agent of this.#agents.values()) agent.start();
  }

  #count(fault: string): void {
    this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
  }

  #violate(message: string): void {
    this.#violation ??= `at ${((this.#time.now() - START) / 1000).toFixed(3)} s: ${message}`;
  }
}

const NO_TROUBLE = { scriptFailure: 0, stopFailure: 0, slowScripts: 0 };
const CURRENT_REVISION = {
  revisionType: "S3",
  s3Location: { bucket: "b", key: "current", bundleType: "zip" },
} as const;
const CURRENT_REVISION_KEY = "s3://b/current#zip##";

function watchedGroup({ members, prior }: ScenarioGroup): WatchedGroup {
  return { members, health: new Map(prior), currentRevisionKey: CURRENT_REVISION_KEY };
}

function identifierOf(hostId: string): string {
  return `arn:aws:ec2:us-east-1:111122223333:instance/${hostId}`;
}

/** The database as the past left it. */
async function furnish(store: Store, { hosts, groups }: Scenario): Promise<void> {
  await store.write(async ({ db }) => {
    await db
      .insertInto("applications")
      .values({ application_id: "app", application_name: "app", compute_platform: "Server", created_at: START })
      .execute();
    for (const { hostId, nature } of hosts) {
      const tags = groups
        .filter((group) => group.members.includes(hostId))
        .map(({ name }) => ({ Key: name, Value: "" }));
      const row = newHostRow({
        hostId,
        hostName: hostId,
        kind: "instance",
        hostIdentifier: identifierOf(hostId),
        tags,
        now: START - HOUR,
      });
      await db
        .insertInto("hosts")
        .values(nature === "declared" ? row : { ...row, agent: "sluice", enrolled_at: START - HOUR })
        .execute();
    }
    for (const group of groups) {
      await db
        .insertInto("deployment_configs")
        .values({
          deployment_config_id: group.name,
          deployment_config_name: group.name,
          fields_json: JSON.stringify({ computePlatform: "Server", minimumHealthyHosts: group.healthRule }),
          created_at: START,
        })
        .execute();
      await db
        .insertInto("deployment_groups")
        .values({
          deployment_group_id: group.name,
          application_id: "app",
          deployment_group_name: group.name,
          deployment_config_name: group.name,
          fields_json: JSON.stringify({ ec2TagFilters: [{ Key: group.name, Type: "KEY_ONLY" }] }),
          target_revision_json: JSON.stringify(CURRENT_REVISION),
          last_attempted_deployment_id: null,
          last_successful_deployment_id: null,
          created_at: START,
        })
        .execute();
      for (const [hostId, { healthy, revisionKey }] of group.prior) {
        await db
          .insertInto("group_hosts")
          .values({
            deployment_group_id: group.name,
            target_id: hostId,
            deployment_id: "d-000000000",
            healthy: healthy ? 1 : 0,
            revision_key: revisionKey,
          })
          .execute();
      }
    }
  });
}
