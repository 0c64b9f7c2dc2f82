import { noOutside } from "@sluice/server/runner/runner.fixture.ts";
import { DEPLOYMENT_REQUEST } from "@sluice/server/store/columns/deployment-columns.ts";
import type { PlatformWorld } from "../platform.ts";
import { type Rule, startWatch, type Watch } from "../rules/rule.ts";
import type { Life, ServerPorts } from "../server-ports.ts";
import type { WatchParts } from "../watch-parts.ts";
import type { Watched } from "../watched.ts";
import type { WorldParts } from "../world-parts.ts";
import type { FaultyPort } from "./faulty-port.ts";
import { furnishGroups } from "./furnish-groups.ts";
import { GateKeeper } from "./gate-keeper.ts";
import { GateLedger } from "./gate-ledger.ts";
import { HookLedger } from "./hook-ledger.ts";
import { shiftGroups, takeIn } from "./shift-groups.ts";
import type { ShiftOutside } from "./shift-outside.ts";
import type { ShiftDeployment, ShiftFaultRates, ShiftGroupScenario, ShiftScenario } from "./shift-scenario.ts";
import { SimulatedHooks } from "./simulated-hooks.ts";
import { isForward, type Order, type ShiftGroup, type ShiftMoments, type ShiftWatchParts } from "./watched-shifts.ts";

const MINUTE = 60_000;
const ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Bugs that a test can plant in what is shifted. */
export interface ShiftPlants {
  /** Deployments play their schedule at twice its speed. */
  readonly hastens?: boolean;
  /** Weights that are set are ten less than what was asked for. */
  readonly losesWeight?: boolean;
  /** An answer of a hook is taken for one of the next hook's, too. */
  readonly countsAnswersTwice?: boolean;
  /** Hooks that have returned are taken for running. */
  readonly isBlindToReturns?: boolean;
  /** Going back leaves ten percent of the traffic on the new side. */
  readonly leavesWeight?: boolean;
  /** A pause that was taken is forgotten. */
  readonly forgetsPauses?: boolean;
  /** Whoever skips the wait of one step skips that of the next, too. */
  readonly skipsTwice?: boolean;
  /** An alias that somebody else has changed is shifted all the same. */
  readonly overwritesOthers?: boolean;
  /** Going back ends at the function's first version, whatever the alias was at. */
  readonly restoresAnother?: boolean;
  /** Tasks that keep stopping are not counted. */
  readonly isBlindToCrashes?: boolean;
  /** Tasks that have not started yet are counted as stopped. */
  readonly exaggeratesCrashes?: boolean;
  /** Task sets that ran once are said to be steady, whatever has become of them. */
  readonly isBlindToSickness?: boolean;
}

export interface ShiftWorldParts<Parts extends ShiftWatchParts, M extends ShiftMoments> {
  readonly scenario: ShiftScenario;
  readonly world: WorldParts<ShiftFaultRates>;
  readonly plants: ShiftPlants;
  readonly rules: readonly Rule<Parts, M>[];
  /** The way of all calls to the outside. */
  readonly way: FaultyPort;
  /** What is shifted. */
  readonly outside: ShiftOutside;
  /** What the rules of the platform look at beyond what those of all shifts do. */
  readonly watchParts: (parts: ShiftWatchParts) => Parts;
}

/** A world in which traffic is shifted by weights. */
export class ShiftWorld<Parts extends ShiftWatchParts, M extends ShiftMoments>
  implements PlatformWorld<ShiftGroupScenario>
{
  readonly groups: ReadonlyMap<string, ShiftGroup>;
  readonly outsideFaults = ["portUnreachable", "portAnswerLost"];
  readonly #parts: ShiftWorldParts<Parts, M>;
  readonly #outside: ShiftOutside;
  readonly #ledger = new HookLedger();
  readonly #hooks: SimulatedHooks;
  readonly #underway = new Map<string, ShiftDeployment>();
  readonly #orders = new Map<string, Order>();
  readonly #gates = new GateLedger();
  readonly #gateKeeper: GateKeeper;
  /** Deployments whose gates somebody keeps. */
  readonly #kept = new Set<string>();
  /** How many weights have come into force. */
  readonly #steps = new Map<string, number>();
  #rules: Watch<M> | null = null;

  constructor(parts: ShiftWorldParts<Parts, M>) {
    const { scenario, world, way, plants, outside } = parts;
    this.#parts = parts;
    this.groups = shiftGroups(scenario.groups, (groupId) => outside.currentRevisionOf(groupId));
    this.#outside = outside;
    this.#gateKeeper = new GateKeeper({
      ...world,
      ledger: this.#gates,
      forgetsPauses: plants.forgetsPauses ?? false,
      skipsTwice: plants.skipsTwice ?? false,
    });
    this.#hooks = new SimulatedHooks({
      ...world,
      way,
      ledger: this.#ledger,
      groupIds: scenario.groups.map(({ name }) => name),
      underway: (groupId) => this.#underway.get(groupId),
      countsTwice: plants.countsAnswersTwice ?? false,
      isBlindToReturns: plants.isBlindToReturns ?? false,
    });
  }

  /** Something happens in the outside that rules look at. */
  readonly tell: Watch<M>["tell"] = (moment, ...facts) => {
    this.#rules?.tell(moment, ...facts);
    if (moment === "trafficMoved") this.#countStep(facts[0] as string);
  };

  furnish(): Promise<void> {
    const { world, scenario } = this.#parts;
    const outside = this.#outside;
    const { computePlatform } = outside;
    return furnishGroups(world.store, computePlatform, scenario.groups, (groupId) =>
      outside.currentRevisionOf(groupId),
    );
  }

  ports(life: Life): ServerPorts {
    const { trafficRouter, hostTerminator } = noOutside();
    return {
      trafficRouter,
      hostTerminator,
      shiftPorts: {
        ...this.#outside.ports(life),
        hookInvoker: this.#hooks.port(life),
      },
    };
  }

  /** Hooks run when they are invoked, and nobody else is at work. */
  start(): void {}

  haveFaults(): void {
    this.#outside.haveFaults();
  }

  calmDown(): void {
    this.#outside.calmDown();
  }

  knocked(): void {}

  heard(): void {}

  prepare(group: ShiftGroupScenario, index: number): void {
    const { line } = this.#parts.world;
    const deployment = group.deployments[index];
    if (!deployment) return;
    this.#underway.set(group.name, deployment);
    if (!deployment.isTidied || this.#outside.isTidy(group.name)) return;
    line.note(`puts right what is left of earlier deployments to ${group.name}`);
    this.#outside.tidy(group.name);
  }

  async create(group: ShiftGroupScenario, index: number): Promise<void> {
    const { world, plants } = this.#parts;
    const { random, line, time } = world;
    const deployment = this.#underway.get(group.name);
    if (!deployment) throw new Error(`${group.name} has no deployment under way`);
    const revision = random.chance(0.15) ? "current" : `build-${index}`;
    const played = plants.hastens ? { ...deployment, schedule: hastened(deployment.schedule) } : deployment;
    const strategy = this.#outside.strategyOf(group.name, played, revision);
    line.note(`deploys ${revision} to ${group.name}`);
    await line.ask((server) => {
      const deploymentId = `d-${random.text(ID_LETTERS, 9)}`;
      this.#orders.set(deploymentId, { deployment, schedule: deployment.schedule });
      const shift = { deploymentId, group: group.name, revision, strategy, deployment };
      return this.#outside.create(server, shift, time.now());
    });
  }

  /** What was asked for. Where the server names deployments, the asker's name for it is in the description: a request may arrive late. */
  #orderOf(deploymentId: string): Order | undefined {
    const known = this.#orders.get(deploymentId);
    if (known) return known;
    // One that moves traffic may be younger than the watcher's last look.
    const row = this.#parts.world.deployments.row(deploymentId);
    const { description } = row ? DEPLOYMENT_REQUEST.read(row) : {};
    const order = description === undefined ? undefined : this.#orders.get(description);
    if (order) this.#orders.set(deploymentId, order);
    return order;
  }

  /** Somebody is at the gates once its traffic moves. */
  attend(deploymentId: string): void {
    const order = this.#orderOf(deploymentId);
    if (!order || this.#kept.has(deploymentId) || !this.isMovingTraffic(deploymentId)) return;
    this.#kept.add(deploymentId);
    if (order.deployment.gates.length > 0) void this.#gateKeeper.keep(deploymentId, order.deployment.gates);
  }

  #countStep(groupId: string): void {
    const { alarms, count, chronicle, deployments } = this.#parts.world;
    const deploymentId = deployments.activeOf(groupId);
    if (!deploymentId) return;
    const steps = (this.#steps.get(deploymentId) ?? 0) + 1;
    this.#steps.set(deploymentId, steps);
    if (this.#orderOf(deploymentId)?.deployment.alarmAfterSteps !== steps) return;
    count("alarm");
    chronicle.note(`alarm of ${groupId}`, `fires after ${steps} steps`);
    alarms.fire(groupId, MINUTE);
  }

  isMovingTraffic(deploymentId: string): boolean {
    const watched = this.#parts.world.deployments.active.get(deploymentId);
    if (!watched || !isForward(watched)) return false;
    return [...watched.targets.values()].some(({ lifecycleEvents }) =>
      lifecycleEvents.some(({ name, startedAt }) => name === "AllowTraffic" && startedAt !== null),
    );
  }

  lastUnnoticedAt(): number {
    return Number.NEGATIVE_INFINITY;
  }

  takeIn(watched: Watched): void {
    takeIn(this.groups, watched);
  }

  nameOf({ head: { strategy } }: Watched): string {
    return "schedule" in strategy ? strategy.schedule.type : "rollback";
  }

  watch(
    parts: WatchParts,
    onViolation: (rule: string, deploymentId: string | null, message: string) => void,
  ): Watch<M> {
    const watchParts = this.#parts.watchParts({
      ...parts,
      groups: this.groups,
      hooks: this.#ledger,
      orderOf: (deploymentId) => this.#orderOf(deploymentId),
      gatesOf: (deploymentId) => this.#gates.of(deploymentId),
      isRepeating: this.#parts.scenario.faults.duplicated > 0,
      newPercentOf: (watched) => this.#outside.newPercentOf(watched),
      isMeddledWith: (watched) => this.#outside.isMeddledWith(watched),
      weightsFault: (groupId) => this.#outside.weightsFault(groupId),
      canStart: (watched) => this.#outside.canStart(watched),
    });
    this.#rules = startWatch(this.#parts.rules, watchParts, onViolation);
    return this.#rules;
  }
}

function hastened(schedule: ShiftDeployment["schedule"]): ShiftDeployment["schedule"] {
  if (schedule.type === "all-at-once") return schedule;
  return { ...schedule, intervalMilliseconds: Math.floor(schedule.intervalMilliseconds / 2) };
}
