import type { TerminationAnswer } from "@sluice/engine/ports/fleet.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { newHostRow } from "@sluice/server/hosts/new-host.ts";
import { continueDeployment } from "@sluice/server/operations/codedeploy/deployments/continue-deployment.ts";
import { createDeployment } from "@sluice/server/operations/codedeploy/deployments/create-deployment.ts";
import { stopDeployment } from "@sluice/server/operations/codedeploy/deployments/stop-deployment.ts";
import { acknowledge } from "@sluice/server/operations/sluice/list-rolled-back-groups.ts";
import { removeHost } from "@sluice/server/operations/sluice/remove-host.ts";
import type { SluiceContext } from "@sluice/server/operations/sluice/sluice-context.ts";
import { CONFIG_FIELDS, type DeploymentConfigFields } from "@sluice/server/store/columns/catalogue-columns.ts";
import {
  type DeploymentGroupFields,
  GROUP_FIELDS,
  TARGET_REVISION,
} from "@sluice/server/store/columns/group-columns.ts";
import type { Store } from "@sluice/server/store/open-store.ts";
import { Chronicle } from "./chronicle.ts";
import {
  type FaultRates,
  fleetTag,
  NO_FAULTS,
  type Scenario,
  type ScenarioDeployment,
  type ScenarioGroup,
} from "./hosts/host-scenario.ts";
import { Knocks } from "./hosts/knocks.ts";
import { Ledger } from "./hosts/ledger.ts";
import { LyingAgent } from "./hosts/lying-agent.ts";
import { SimulatedAgent } from "./hosts/simulated-agent.ts";
import { SimulatedBalancer } from "./hosts/simulated-balancer.ts";
import { Outages } from "./outages.ts";
import { Random } from "./random.ts";
import { ServerDoor } from "./server-door.ts";
import { SimulatedAlarms } from "./simulated-alarms.ts";
import { type Line, Refused, type Request, SimulatedNetwork, Unanswered } from "./simulated-network.ts";
import { SimulatedServer } from "./simulated-server.ts";
import { openSimulatedStore, type SimulatedStore } from "./simulated-store.ts";
import { SimulatedTime } from "./simulated-time.ts";
import { RULES, type Rule, type Violation } from "./violation.ts";
import { type HostTruth, type WatchedGroup, Watcher } from "./watcher.ts";

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A world whose deployments have not ended by then never ends: the run time of each, and what may outlast it. */
const HOURS_PER_DEPLOYMENT = 20;
const MAX_STEPS = 5_000_000;
/** Steps at one moment: more of them are a loop that never sleeps. */
const MAX_STEPS_OF_A_MOMENT = 1_000;
/** Each beyond one of the deadlines: to take an event up, to let traffic in, to finish an event or take traffic away. */
const LONG_OUTAGES_MILLISECONDS = [6, 6, 6, 6, 6, 6, 6, 17, 17, 17, 67].map((minutes) => minutes * MINUTE);
const STOP_AIM_MILLISECONDS = 5_000;
const OPERATOR = "the operator";
/** After these the server waits before it tries again. */
const OUTSIDE_FAULTS: ReadonlySet<string> = new Set(["diskFailure", "balancerUnreachable", "alarmsUnreadable"]);

export interface WorldReport {
  readonly scenario: Scenario;
  readonly deployments: number;
  /** Targets of each deployment that found any. */
  readonly fleets: readonly number[];
  readonly outcomes: ReadonlyMap<string, number>;
  readonly strategies: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  readonly steps: number;
  readonly simulatedMilliseconds: number;
  /** The first rule that was broken, or null. */
  readonly violation: Violation | null;
  /** Empty unless it was asked for. */
  readonly chronicle: readonly string[];
}

export interface WorldOptions {
  readonly keepsChronicle?: boolean;
  /** More steps than that are not worth taking; the world then ends without a violation. */
  readonly stepsMax?: number;
  /** A fault of the simulation itself, to see that it is found: called when an honest host begins an event. */
  /** The server counts all silence, as if it always heard. */
  readonly alwaysHears?: boolean;
  /** Deadlines count all time. */
  readonly countsOutages?: boolean;
  readonly plant?: (ledger: Ledger, hostId: string, deploymentId: string, event: LifecycleEventName) => void;
}

/** One world from its first deployment to the end of its last. */
export async function simulateWorld(scenario: Scenario, options: WorldOptions = {}): Promise<WorldReport> {
  const store = await openSimulatedStore();
  try {
    return await new World(scenario, store, options).run();
  } finally {
    await store.close();
  }
}

class World {
  readonly #scenario: Scenario;
  readonly #options: WorldOptions;
  readonly #random: Random;
  readonly #store: SimulatedStore;
  readonly #time: SimulatedTime;
  readonly #network: SimulatedNetwork;
  readonly #outages: Outages;
  readonly #door: ServerDoor;
  readonly #knocks = new Knocks();
  readonly #balancer: SimulatedBalancer;
  readonly #alarms: SimulatedAlarms;
  readonly #ledger: Ledger;
  readonly #watcher: Watcher;
  readonly #chronicle: Chronicle;
  readonly #faultCounts = new Map<string, number>();
  readonly #agents = new Map<string, SimulatedAgent>();
  readonly #liars: LyingAgent[] = [];
  readonly #removed = new Set<string>();
  readonly #underway = new Map<string, ScenarioDeployment>();
  readonly #aimedStops = new Map<string, () => void>();
  #faults: FaultRates;
  #server: SimulatedServer | null = null;
  #lives = 0;
  /** When the faults stopped. */
  #quietSince: number | null = null;
  #lastOutsideFaultAt = 0;
  #outageUntil = 0;
  /** Hosts without an agent, and since when. */
  readonly #goneSince = new Map<string, number>();
  #operatorsAtWork = 0;
  #violation: Violation | null = null;

  constructor(scenario: Scenario, store: SimulatedStore, options: WorldOptions) {
    this.#scenario = scenario;
    this.#options = options;
    this.#random = new Random(scenario.runSeed + 1_000_003);
    this.#store = store;
    this.#faults = scenario.faults;
    const random = this.#random;
    const time = new SimulatedTime(START, scenario.tickMilliseconds, random);
    this.#time = time;
    this.#chronicle = new Chronicle(options.keepsChronicle ?? false, () => time.now() - START);
    const onViolation = (rule: Rule, deploymentId: string | null, message: string) =>
      this.#violate(rule, deploymentId, message);
    const onFault = (fault: string) => this.#count(fault);
    const faults = () => this.#faults;
    this.#ledger = new Ledger(onViolation);
    this.#outages = new Outages(time.now);
    this.#door = new ServerDoor(time, random, this.#outages);
    this.#network = new SimulatedNetwork({
      time,
      random,
      faults,
      server: () => this.#server,
      door: this.#door,
      knocks: this.#knocks,
      onFault,
    });
    this.#alarms = new SimulatedAlarms({ time, random, faults, onFault });
    this.#balancer = new SimulatedBalancer({
      time,
      random,
      faults,
      onFault,
      onWish: (wish, group, hostId) => this.#watcher.trafficIsMoved(wish, group, hostId),
      onChange: (group, hostId, traffic) => this.#chronicle.note(`balancer of ${group}`, `${hostId} is ${traffic}`),
    });
    this.#watcher = new Watcher({
      store,
      ledger: this.#ledger,
      balancer: this.#balancer,
      alarms: this.#alarms,
      chronicle: this.#chronicle,
      now: time.now,
      server: () => this.#server,
      groups: new Map(scenario.groups.map((group) => [group.name, watchedGroup(scenario, group)])),
      isCalm: scenario.isCalm,
      tickMilliseconds: scenario.tickMilliseconds,
      lastOutsideFaultAt: () => Math.max(this.#lastOutsideFaultAt, this.#alarms.unreadableUntil),
      hostTruth: (hostId) => this.#hostTruth(hostId),
      door: this.#door,
      outages: this.#outages,
      onViolation,
    });
  }

  async run(): Promise<WorldReport> {
    const { hosts, groups, faultsMilliseconds } = this.#scenario;
    await furnish(this.#store, this.#scenario);
    for (const { name, members, others, othersServe } of groups) {
      for (const hostId of members) this.#balancer.furnish(name, hostId, "serving");
      for (const hostId of others) this.#balancer.furnish(name, hostId, othersServe ? "serving" : "blocked");
    }
    this.#startServer();
    for (const host of hosts) this.#startHost(host.hostId, host.nature);
    for (const group of groups) void this.#operate(group);
    this.#haveFaults();
    this.#time.after(faultsMilliseconds, () => this.#calmDown());
    const steps = await this.#passTime();
    this.#server?.die();
    return {
      scenario: this.#scenario,
      deployments: this.#watcher.deployments.size,
      fleets: this.#watcher.fleets(),
      outcomes: this.#watcher.outcomes,
      strategies: this.#watcher.strategies(),
      faults: this.#faultCounts,
      steps,
      simulatedMilliseconds: this.#time.now() - START,
      violation: this.#violation,
      chronicle: this.#chronicle.lines,
    };
  }

  async #passTime(): Promise<number> {
    const planned = this.#scenario.groups.reduce((sum, group) => sum + group.deployments.length, 0);
    const latest = START + planned * HOURS_PER_DEPLOYMENT * HOUR;
    const { stepsMax = MAX_STEPS } = this.#options;
    let steps = 0;
    let stepsOfMoment = 0;
    while (this.#operatorsAtWork > 0 && this.#violation === null) {
      const before = this.#time.now();
      if (!(await this.#time.step())) {
        this.#violate(RULES.ends, null, "nothing is left to happen, and deployments have not ended");
      }
      this.#watcher.check();
      if (this.#watcher.hasEnded) await this.#watcher.checkAnswers();
      steps++;
      stepsOfMoment = this.#time.now() === before ? stepsOfMoment + 1 : 0;
      if (stepsOfMoment > MAX_STEPS_OF_A_MOMENT) {
        this.#violate(RULES.due, null, "something spins: it never sleeps, and time stands still");
      }
      if (steps >= MAX_STEPS || this.#time.now() > latest) {
        this.#violate(RULES.ends, null, "deployments do not end after the faults have");
      }
      if (steps >= stepsMax) return steps;
    }
    return steps;
  }

  #hostTruth(hostId: string): HostTruth {
    const agent = this.#agents.get(hostId);
    const isSound = this.#quietSince !== null && agent?.isRunning === true && !this.#removed.has(hostId);
    return {
      steadyMilliseconds: this.#removed.has(hostId) ? 0 : this.#knocks.steadyMilliseconds(hostId, this.#time.now()),
      goneSince: this.#goneSince.get(hostId) ?? null,
      soundSince: isSound ? this.#quietSince : null,
      knows: (deploymentId, event) => agent?.knows(deploymentId, event) ?? false,
      hasGivenUp: (deploymentId, event) => agent?.hasGivenUp(deploymentId, event) ?? false,
    };
  }

  #startServer(): void {
    this.#server = new SimulatedServer({
      store: this.#store,
      time: this.#time,
      random: this.#random,
      balancer: this.#balancer,
      alarms: this.#alarms,
      door: this.#door,
      alwaysHears: this.#options.alwaysHears ?? false,
      countsOutages: this.#options.countsOutages ?? false,
      terminator: { terminate: (hostIds) => this.#terminate(hostIds) },
      name: `server-${++this.#lives}`,
      fate: () => {
        const { serverDeath, diskFailure } = this.#faults;
        if (this.#random.chance(serverDeath)) return this.#random.pick(["beforeCommit", "afterCommit"] as const);
        if (!this.#random.chance(diskFailure)) return null;
        this.#count("diskFailure");
        return "diskFailure";
      },
      onDeath: () => {
        this.#server = null;
        if (this.#operatorsAtWork === 0) return;
        this.#count("serverDeath");
        this.#chronicle.note("server", "dies");
        this.#outages.begin();
        const usual = this.#random.pick([10, 1_000, 20_000, 60_000]);
        this.#time.after(Math.max(usual, this.#outageUntil - this.#time.now()), () => {
          this.#chronicle.note("server", "starts again");
          this.#outages.end();
          this.#startServer();
        });
      },
      onTrouble: (message) => this.#violate(RULES.trouble, null, message),
    });
  }

  /** No machine of the simulation can be switched off. */
  async #terminate(hostIds: readonly string[]): Promise<TerminationAnswer> {
    this.#watcher.originalsAreTerminated(hostIds);
    const kept = hostIds.map((hostId) => ({ hostId, reason: "it is nobody's to terminate" }));
    return { terminated: [], kept, unanswered: [] };
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
      run: (deploymentId: string, event: LifecycleEventName) => this.#runEvent(hostId, deploymentId, event),
      onTrouble: (message: string) => this.#violate(RULES.trouble, null, message),
      onReportGivenUp: (deploymentId: string, event: LifecycleEventName) => {
        this.#count("reportGivenUp");
        this.#chronicle.note(hostId, `gives up its report on ${event} of ${deploymentId}`);
      },
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
        this.#chronicle.note(hostId, "falls silent for good");
        this.#agents.delete(hostId);
        this.#goneSince.set(hostId, this.#time.now());
        agent.crash({ losesJournal: true });
      });
    }
  }

  #groupOf(deploymentId: string): string {
    return this.#watcher.deployments.get(deploymentId)?.row.deployment_group_id ?? "";
  }

  #runEvent(
    hostId: string,
    deploymentId: string,
    event: LifecycleEventName,
  ): { succeeds: boolean; milliseconds: number } {
    this.#options.plant?.(this.#ledger, hostId, deploymentId, event);
    this.#watcher.hostBegan(hostId, deploymentId, event);
    const { scriptFailure, stopFailure, slowScripts } = this.#underway.get(this.#groupOf(deploymentId)) ?? NO_TROUBLE;
    const fails = this.#random.chance(
      event === "ApplicationStop" ? Math.max(scriptFailure, stopFailure) : scriptFailure,
    );
    if (fails) this.#count("scriptFailure");
    const milliseconds = this.#random.chance(slowScripts)
      ? this.#random.integer(1_000, this.#random.pick([5_000, 60_000]))
      : this.#random.integer(1, 200);
    this.#chronicle.note(
      hostId,
      `runs ${event} of ${deploymentId} for ${milliseconds} ms${fails ? ", and it fails" : ""}`,
    );
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
        void this.#stop(deploymentId, deployment, deployment.stopAfterMilliseconds);
      if (deployment.alarm) this.#fireLater(group.name, deployment.alarm);
      if (deployment.isJostled) {
        await this.#time.sleep(this.#random.integer(1, 500));
        this.#count("jostle");
        await create().catch(() => {});
      }
      let active = this.#watcher.activeOf(group.name);
      let { onceTrafficMoves, stopsRollback } = deployment;
      while (active) {
        if (onceTrafficMoves && this.#watcher.isMovingFleets(active)) {
          const afterMilliseconds = this.#random.integer(0, this.#random.pick([2_000, 10_000]));
          if (onceTrafficMoves === "stop") void this.#stop(active, deployment, afterMilliseconds);
          else this.#fireLater(group.name, { afterMilliseconds, forMilliseconds: MINUTE });
          onceTrafficMoves = null;
        }
        if (stopsRollback && active !== deploymentId) {
          stopsRollback = false;
          void this.#stop(active, { ...deployment, rollBackAfterStop: true }, this.#random.integer(0, 2_000));
        }
        if (deployment.isContinued && this.#random.chance(0.3)) await this.#continue(active);
        await this.#time.sleep(500);
        active = this.#watcher.activeOf(group.name);
      }
      if (deployment.isAcknowledged && this.#watcher.isMarked(group.name)) await this.#acknowledge(group.name);
    }
    this.#operatorsAtWork--;
  }

  async #create(group: ScenarioGroup, deployment: ScenarioDeployment, index: number): Promise<void> {
    const key = this.#random.chance(0.15) ? "current" : `build-${index}`;
    const { rollbackEvents, watchesAlarm, ignoresPollFailure } = deployment;
    const replacements = this.#watcher.replacementTagOf(group.name);
    this.#chronicle.note(OPERATOR, `deploys ${key} to ${group.name}`);
    await this.#ask((server) =>
      createDeployment(
        {
          applicationName: "app",
          deploymentGroupName: group.name,
          revision: { revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "zip" } },
          ignoreApplicationStopFailures: deployment.ignoreApplicationStopFailures,
          updateOutdatedInstancesOnly: deployment.updateOutdatedInstancesOnly,
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

  async #stop(
    deploymentId: string,
    { rollBackAfterStop }: ScenarioDeployment,
    afterMilliseconds: number,
  ): Promise<void> {
    await this.#time.sleep(afterMilliseconds);
    await Promise.race([this.#aim(deploymentId), this.#time.sleep(STOP_AIM_MILLISECONDS)]);
    this.#count("stopRequest");
    this.#watcher.stopIsRequested(deploymentId);
    this.#chronicle.note(OPERATOR, `stops ${deploymentId}`);
    const autoRollbackEnabled = rollBackAfterStop ?? undefined;
    const isOver = () => this.#watcher.deployments.get(deploymentId)?.row.active !== 1;
    await this.#insist(
      () => this.#ask((server) => stopDeployment({ deploymentId, autoRollbackEnabled }, server.codeDeploy)),
      isOver,
    );
  }

  #fireLater(group: string, { afterMilliseconds, forMilliseconds }: NonNullable<ScenarioDeployment["alarm"]>): void {
    this.#time.after(afterMilliseconds, () => {
      this.#count("alarm");
      this.#chronicle.note(`alarm of ${group}`, `fires for ${forMilliseconds} ms`);
      this.#alarms.fire(group, forMilliseconds);
    });
  }

  /** Whoever waits for a person is told to go on; asking too late or twice is refused, and that is that. */
  async #continue(deploymentId: string): Promise<void> {
    const wait = this.#watcher.waitOf(deploymentId);
    if (wait !== "ready" && wait !== "termination") return;
    this.#chronicle.note(OPERATOR, `continues ${deploymentId} from its ${wait} wait`);
    const deploymentWaitType = wait === "ready" ? "READY_WAIT" : "TERMINATION_WAIT";
    await this.#ask((server) => continueDeployment({ deploymentId, deploymentWaitType }, server.codeDeploy)).catch(
      (error: unknown) => {
        if (!(error instanceof Unanswered || error instanceof Refused))
          this.#violate(RULES.trouble, null, String(error));
      },
    );
  }

  async #acknowledge(group: string): Promise<void> {
    const input = { applicationName: "app", deploymentGroupName: group };
    await this.#insist(
      () => {
        this.#chronicle.note(OPERATOR, `acknowledges the rollback of ${group}`);
        this.#watcher.acknowledgementIsAsked(group);
        return this.#ask((server, line) => acknowledge(input, asRoot(server, "", line)));
      },
      () => false,
    );
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
          return this.#violate(
            RULES.trouble,
            null,
            `the operator was answered with ${error instanceof Error ? error.stack : error}`,
          );
        }
        this.#chronicle.note(OPERATOR, `is told: ${error.message}`);
        if (isDone()) return;
        await this.#time.sleep(this.#random.integer(100, 2_000));
      }
    }
  }

  /** Once a second, until the faults stop. */
  #haveFaults(): void {
    if (this.#quietSince !== null) return;
    const { agentCrash, agentLeave, networkCut, hostRemoval, deafServer, slowServer, overrunServer, longOutage } =
      this.#faults;
    if (this.#random.chance(deafServer)) this.#troubleDoor("deaf");
    if (this.#random.chance(slowServer)) this.#troubleDoor("slow");
    if (this.#random.chance(overrunServer)) this.#troubleDoor("overrun");
    if (this.#random.chance(longOutage)) this.#breakDown();
    for (const [hostId, agent] of this.#agents) {
      if (agent.isRunning && this.#random.chance(agentCrash)) this.#crash(hostId, agent);
      if (agent.isRunning && this.#random.chance(agentLeave)) this.#leave(hostId, agent);
      if (this.#random.chance(networkCut)) this.#cutOff(hostId);
      if (this.#random.chance(hostRemoval)) void this.#remove(hostId);
    }
    this.#time.after(1_000, () => this.#haveFaults());
  }

  #troubleDoor(state: "deaf" | "slow" | "overrun"): void {
    if (!this.#door.isOpen) return;
    const milliseconds = this.#door.trouble(state);
    this.#count(`${state}Server`);
    this.#chronicle.note("server", `is ${state} for ${milliseconds} ms`);
    this.#time.after(milliseconds, () => this.#door.open());
  }

  /** The server is down, or deaf, for longer than hosts have for what they do. */
  #breakDown(): void {
    if (this.#server === null || !this.#door.isOpen) return;
    const milliseconds = this.#random.pick(LONG_OUTAGES_MILLISECONDS);
    this.#outageUntil = this.#time.now() + milliseconds;
    this.#count("longOutage");
    if (this.#random.chance(0.5)) {
      this.#server.die();
      return;
    }
    this.#door.trouble("deaf");
    this.#chronicle.note("server", `is deaf for ${milliseconds} ms`);
    this.#time.after(milliseconds, () => this.#door.open());
  }

  #crash(hostId: string, agent: SimulatedAgent): void {
    const losesJournal = this.#random.chance(0.3);
    this.#count(losesJournal ? "agentCrashWithJournalLost" : "agentCrash");
    this.#chronicle.note(hostId, `its agent crashes${losesJournal ? ", and its journal is lost" : ""}`);
    agent.crash({ losesJournal });
    this.#startAgain(hostId);
  }

  #leave(hostId: string, agent: SimulatedAgent): void {
    this.#count("agentGoodbye");
    this.#chronicle.note(hostId, "its agent says goodbye");
    this.#knocks.left(hostId);
    void agent.leave();
    this.#startAgain(hostId);
  }

  #startAgain(hostId: string): void {
    this.#time.after(this.#random.pick([200, 3_000, 12_000, 90_000]), () => this.#agents.get(hostId)?.start());
  }

  #cutOff(hostId: string): void {
    this.#network.cut.add(hostId);
    this.#count("silentForAWhile");
    this.#chronicle.note(hostId, "is cut off for a while");
    this.#time.after(this.#random.pick([2_000, 10_000, 40_000, 120_000]), () => this.#network.cut.delete(hostId));
  }

  async #remove(hostId: string): Promise<void> {
    if (this.#removed.has(hostId)) return;
    this.#removed.add(hostId);
    this.#count("hostRemoved");
    this.#chronicle.note(OPERATOR, `removes ${hostId}`);
    const remove: Request<unknown> = (server, line) => {
      this.#watcher.lastRemovalAt = this.#time.now();
      return removeHost({ host: hostId }, asRoot(server, hostId, line));
    };
    await this.#insist(
      () => this.#ask(remove),
      () => false,
    );
  }

  /** The faults stop. Who was silent for good stays so, and who lied falls silent. */
  #calmDown(): void {
    if (this.#outageUntil > this.#time.now()) {
      this.#time.after(this.#outageUntil - this.#time.now(), () => this.#calmDown());
      return;
    }
    this.#quietSince = this.#time.now();
    this.#faults = NO_FAULTS;
    this.#chronicle.note("the faults", "end");
    this.#network.cut.clear();
    this.#door.open();
    for (const liar of this.#liars) liar.stop();
    for (const agent of this.#agents.values()) agent.start();
  }

  #count(fault: string): void {
    if (OUTSIDE_FAULTS.has(fault)) this.#lastOutsideFaultAt = this.#time.now();
    this.#faultCounts.set(fault, (this.#faultCounts.get(fault) ?? 0) + 1);
  }

  #violate(rule: Rule, deploymentId: string | null, message: string): void {
    if (this.#violation) return;
    this.#violation = { rule, atMilliseconds: this.#time.now() - START, deploymentId, message };
    this.#chronicle.note("the watcher", `${deploymentId ?? ""} ${message}`.trim());
  }
}

function asRoot(server: SimulatedServer, hostId: string, line: Line): SluiceContext {
  return { ...server.sluice(hostId, line.signal), principal: server.codeDeploy.principal };
}

const NO_TROUBLE = { scriptFailure: 0, stopFailure: 0, slowScripts: 0 };
const CURRENT_REVISION = {
  revisionType: "S3",
  s3Location: { bucket: "b", key: "current", bundleType: "zip" },
} as const;
const CURRENT_REVISION_KEY = "s3://b/current#zip##";

function watchedGroup({ hosts }: Scenario, group: ScenarioGroup): WatchedGroup {
  return {
    scenario: group,
    zones: new Map(hosts.map(({ hostId, zone }) => [hostId, zone])),
    fleets: [group.members, group.others],
    current: 0,
    health: new Map(group.prior),
    currentRevisionKey: group.hasSuccess ? CURRENT_REVISION_KEY : null,
    mark: null,
    acknowledgedAt: null,
  };
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
    for (const { hostId, nature, zone } of hosts) {
      const tags = groups.flatMap(({ name, members, others }) =>
        [members, others].flatMap((fleet, index) =>
          fleet.includes(hostId) ? [{ Key: fleetTag(name, index === 0 ? 0 : 1), Value: "" }] : [],
        ),
      );
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
        .values(nature === "declared" ? { ...row, zone } : { ...row, zone, agent: "sluice", enrolled_at: START - HOUR })
        .execute();
    }
    for (const group of groups) {
      await db
        .insertInto("deployment_configs")
        .values({
          deployment_config_id: group.name,
          deployment_config_name: group.name,
          fields_json: CONFIG_FIELDS.write(configOf(group)),
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
          fields_json: GROUP_FIELDS.write(fieldsOf(group)),
          target_revision_json: group.hasSuccess ? TARGET_REVISION.write(CURRENT_REVISION) : null,
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

function configOf({ healthRule, strategy }: ScenarioGroup): DeploymentConfigFields {
  const zonalConfig =
    strategy.type === "zonal"
      ? {
          firstZoneMonitorDurationInSeconds: strategy.firstZoneMonitorSeconds,
          monitorDurationInSeconds: strategy.monitorSeconds,
          ...(strategy.minimumPerZone ? { minimumHealthyHostsPerZone: strategy.minimumPerZone } : {}),
        }
      : undefined;
  return { computePlatform: "Server", minimumHealthyHosts: healthRule, ...(zonalConfig ? { zonalConfig } : {}) };
}

function fieldsOf({ name, strategy }: ScenarioGroup): DeploymentGroupFields {
  const fields: DeploymentGroupFields = {
    serviceRoleArn: "",
    ec2TagFilters: [{ Key: fleetTag(name, 0), Type: "KEY_ONLY" }],
  };
  const loadBalancerInfo = { targetGroupInfoList: [{ name }] };
  switch (strategy.type) {
    case "in-place":
    case "zonal":
      return fields;
    case "in-place with traffic": {
      const deploymentStyle = { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" } as const;
      return { ...fields, deploymentStyle, loadBalancerInfo };
    }
    case "blue/green":
      return {
        ...fields,
        deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
        loadBalancerInfo,
        blueGreenDeploymentConfiguration: {
          deploymentReadyOption:
            strategy.readyWaitMinutes === null
              ? { actionOnTimeout: "CONTINUE_DEPLOYMENT" }
              : { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: strategy.readyWaitMinutes },
          greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
          terminateBlueInstancesOnDeploymentSuccess:
            strategy.terminationWaitMinutes === null
              ? { action: "KEEP_ALIVE" }
              : { action: "TERMINATE", terminationWaitTimeInMinutes: strategy.terminationWaitMinutes },
        },
      };
  }
}
