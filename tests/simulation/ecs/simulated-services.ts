import {
  type MemoryService,
  type MemoryTaskSet,
  memoryTaskSets,
  newMemoryTaskSet,
  serviceKey,
} from "@sluice/drivers/memory/memory-task-sets.ts";
import { type MemoryListener, memoryWeightedRouter } from "@sluice/drivers/memory/memory-weighted-router.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { EcsService, ServiceFacts, TaskSetPlan, TaskSets } from "@sluice/engine/ports/task-sets.ts";
import type { PairWeights, TargetGroupPair, WeightedRouter } from "@sluice/engine/ports/weighted-router.ts";
import { type EcsBlueGreen, type HookNames, otherGroup } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { HOOK_TIMEOUT_MILLISECONDS } from "@sluice/engine/time-limits.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { ShiftPorts } from "@sluice/server/platforms/shift-ports.ts";
import type { Life } from "../server-ports.ts";
import type { NewShift } from "../shift/create-shift.ts";
import type { FaultyPort } from "../shift/faulty-port.ts";
import type { ShiftOutside } from "../shift/shift-outside.ts";
import type { ShiftDeployment } from "../shift/shift-scenario.ts";
import type { ShiftPlants } from "../shift/shift-world.ts";
import { hookName } from "../shift/simulated-hooks.ts";
import type { SimulatedServer } from "../simulated-server.ts";
import { START } from "../simulated-time.ts";
import type { Watched } from "../watched.ts";
import type { WorldParts } from "../world-parts.ts";
import { appSpecRevision, createEcsShift } from "./create-ecs-shift.ts";
import type { EcsDeployment, EcsFaultRates, EcsScenario } from "./ecs-scenario.ts";
import { serviceOf, type TaskSetTruth } from "./watched-services.ts";

const CLUSTER = "cluster";
/** Hooks that an AppSpec may name though there is no test traffic. */
const NEVER_RUN = ["AfterAllowTestTraffic"] as const;
/** For how long tasks stop that have run. */
const SICK_MILLISECONDS = [500, 5_000, 30_000, 120_000];
/** More than a group has deployments. */
const MAX_BUILDS = 20;
/** Tasks of one set that stopped, after which more would. */
const LOOPING_TASKS = 3;
/** What planted bugs take from a weight, and leave on the side that is gone back from. */
const LOST_PERCENT = 10;

export interface ServicesParts {
  readonly world: WorldParts<EcsFaultRates>;
  readonly scenario: EcsScenario;
  readonly way: FaultyPort;
  readonly plants: ShiftPlants;
  readonly onMoved: (groupId: string) => void;
  readonly onRemoval: (groupId: string, taskSetId: string) => void;
}

/** Services, one a group, and the load balancers in front of them: what those forward is the truth that the watcher knows. */
export class SimulatedServices implements ShiftOutside {
  readonly computePlatform = "ECS";
  readonly #parts: ServicesParts;
  readonly #services: ReadonlyMap<string, MemoryService>;
  readonly #listeners = new Map<string, MemoryListener>();
  /** By task set. */
  readonly #sickSince = new Map<string, number>();
  /** By task set whose tasks keep stopping: since when so many had that more would; null: not so many yet. */
  readonly #loopsSince = new Map<string, number | null>();
  /** By task set that was made the primary: the one before it. */
  readonly #primaryBefore = new Map<string, string>();
  readonly #taskSets: TaskSets;
  readonly #router: WeightedRouter;
  #made = 0;

  constructor(parts: ServicesParts) {
    this.#parts = parts;
    const { scenario, world } = parts;
    const { startMilliseconds, drainMilliseconds } = scenario;
    this.#services = new Map(
      scenario.groups.map(({ name }) => {
        const { productionListener, testListener, targetGroups } = this.#pairOf(name);
        this.#listeners.set(productionListener, new Map([[targetGroups[0], 100]]));
        if (testListener !== null) this.#listeners.set(testListener, new Map([[targetGroups[0], 100]]));
        const first = newMemoryTaskSet(`${name}-set-0`, {
          status: "PRIMARY",
          targetGroup: targetGroups[0],
          madeAt: START - startMilliseconds,
        });
        return [serviceKey(ecsService(name)), { controller: "CODE_DEPLOY", desiredCount: 2, taskSets: [first] }];
      }),
    );
    this.#taskSets = memoryTaskSets.create(
      {},
      {
        services: this.#services,
        startMilliseconds,
        drainMilliseconds,
        taskDefinitions: new Map(
          ["current", ...Array.from({ length: MAX_BUILDS }, (_, index) => `build-${index}`)].map((revision) => [
            taskDefinitionOf(revision),
            [{ name: "app", ports: [80] }],
          ]),
        ),
        now: world.time.now,
        newTaskSetId: () => `set-${++this.#made}`,
      },
    );
    this.#router = memoryWeightedRouter.create({}, { listeners: this.#listeners });
  }

  ports({ whileAlive, death }: Life): ShiftPorts {
    const { way, plants } = this.#parts;
    const taskSets = this.#taskSets;
    const router = this.#router;
    return {
      taskSets: {
        describe: (service) =>
          whileAlive(() =>
            way.look(async () => {
              const facts = await taskSets.describe(service, death);
              return facts && this.#spoiled(service, facts, plants);
            }),
          ),
        inspectTaskDefinition: (service, plan) =>
          whileAlive(() => way.look(() => taskSets.inspectTaskDefinition(service, plan, death))),
        create: (service, plan) => whileAlive(() => way.change(death, () => this.#create(service, plan, death))),
        makePrimary: (service, id) => whileAlive(() => way.change(death, () => this.#promote(service, id, death))),
        remove: (service, id) => whileAlive(() => way.change(death, () => this.#remove(service, id, death))),
      },
      weightedRouter: {
        describe: (pair) => whileAlive(() => way.look(() => router.describe(pair, death))),
        splitProduction: (pair, weights) =>
          whileAlive(() => way.change(death, () => this.#split(pair, weights, death))),
        sendTest: (pair, targetGroup) =>
          whileAlive(() => way.change(death, () => router.sendTest(pair, targetGroup, death))),
      },
    };
  }

  strategyOf(groupId: string, deployment: ShiftDeployment): EcsBlueGreen {
    const group = this.#parts.scenario.groups.find(({ name }) => name === groupId);
    const hooks = this.#hooksOf(groupId);
    const { schedule, readyWaitMilliseconds, terminationWaitMilliseconds } = deployment as EcsDeployment;
    return {
      type: "ecs-blue-green",
      schedule,
      service: ecsService(groupId),
      taskSet: { taskDefinition: "app:1", containerName: "app", containerPort: 80 },
      pair: this.#pairOf(groupId),
      hooks,
      readyWaitMilliseconds,
      terminationWaitMilliseconds,
      hookTimeoutMilliseconds: HOOK_TIMEOUT_MILLISECONDS,
      hookMustAnswer: group?.hooksMustAnswer ?? false,
      failsEarly: group?.failsEarly ?? true,
    };
  }

  currentRevisionOf(groupId: string): RevisionLocation {
    return appSpecRevision({ hooks: this.#hooksOf(groupId), taskDefinition: taskDefinitionOf("current") });
  }

  create(server: SimulatedServer, shift: NewShift, now: number): Promise<void> {
    const { strategy, revision } = shift;
    if (strategy.type !== "ecs-blue-green") throw new Error("a service is deployed to by its strategy");
    return createEcsShift(server, { ...shift, strategy, taskDefinition: taskDefinitionOf(revision) }, now);
  }

  newPercentOf(watched: Watched): number | null {
    const target = serviceOf(watched);
    if (!target) return null;
    const pair = this.#pairOf(watched.row.deployment_group_id);
    return this.#percentOf(pair.productionListener, otherGroup(pair, target.originalTargetGroup));
  }

  weightsFault(groupId: string): string | null {
    const { productionListener } = this.#pairOf(groupId);
    const percents = [...(this.#listeners.get(productionListener) ?? new Map<string, number>()).values()];
    const sum = percents.reduce((total, percent) => total + percent, 0);
    return sum === 100 && percents.every((percent) => percent >= 0) ? null : `forwards ${percents.join(" and ")}`;
  }

  isTidy(groupId: string): boolean {
    const { taskSets } = this.#serviceOf(groupId);
    const [only, ...others] = taskSets;
    if (others.length > 0 || !only?.targetGroup) return false;
    const { productionListener } = this.#pairOf(groupId);
    return this.#percentOf(productionListener, only.targetGroup) === 100;
  }

  canStart({ row }: Watched): boolean {
    return this.isTidy(row.deployment_group_id);
  }

  isMeddledWith(): boolean {
    return false;
  }

  /** The primary gets all the traffic, and what else there is is removed. */
  tidy(groupId: string): void {
    const { taskSets } = this.#serviceOf(groupId);
    const primary = taskSets.find(({ status }) => status === "PRIMARY");
    const pair = this.#pairOf(groupId);
    if (!primary?.targetGroup) return;
    for (const taskSet of taskSets.filter((one) => one !== primary)) taskSets.splice(taskSets.indexOf(taskSet), 1);
    const other = otherGroup(pair, primary.targetGroup);
    for (const listener of [pair.productionListener, pair.testListener]) {
      if (listener !== null) this.#listeners.get(listener)?.set(primary.targetGroup, 100).set(other, 0);
    }
  }

  haveFaults(): void {
    const { random, faults } = this.#parts.world;
    for (const { taskSets } of this.#services.values()) {
      for (const taskSet of taskSets) {
        if (this.#loopsSince.has(taskSet.taskSetId)) this.#crash(taskSet);
        else if (random.chance(faults().sickness)) this.#fallSick(taskSet);
      }
    }
  }

  #crash(taskSet: MemoryTaskSet): void {
    taskSet.failedTasks += 1;
    if (taskSet.failedTasks === LOOPING_TASKS) this.#loopsSince.set(taskSet.taskSetId, this.#parts.world.time.now());
  }

  /** What never started never will; what stopped runs again by itself. */
  calmDown(): void {}

  taskSetOf(groupId: string, taskSetId: string): TaskSetTruth | undefined {
    const taskSet = this.#serviceOf(groupId).taskSets.find((one) => one.taskSetId === taskSetId);
    if (!taskSet) return undefined;
    const { productionListener } = this.#pairOf(groupId);
    return {
      lastSteadyAt: this.#lastSteadyAt(taskSet),
      isPrimary: taskSet.status === "PRIMARY",
      failedTasks: taskSet.failedTasks,
      loopsSince: this.#loopsSince.get(taskSetId) ?? null,
      percent: taskSet.targetGroup === null ? 0 : this.#percentOf(productionListener, taskSet.targetGroup),
    };
  }

  primaryOf(groupId: string): MemoryTaskSet | null {
    return this.#serviceOf(groupId).taskSets.find(({ status }) => status === "PRIMARY") ?? null;
  }

  servedBefore({ id, row }: Watched): string | undefined {
    const primary = this.primaryOf(row.deployment_group_id);
    return primary?.externalId === id ? this.#primaryBefore.get(primary.taskSetId) : primary?.taskSetId;
  }

  testPercentOf(watched: Watched): number | null {
    const target = serviceOf(watched);
    const pair = this.#pairOf(watched.row.deployment_group_id);
    if (!target || pair.testListener === null) return null;
    return this.#percentOf(pair.testListener, otherGroup(pair, target.originalTargetGroup));
  }

  async #create(service: EcsService, plan: TaskSetPlan, signal: AbortSignal) {
    const { random, faults, count } = this.#parts.world;
    const { taskSets } = this.#serviceOf(service.serviceName);
    const before = taskSets.length;
    const creation = await this.#taskSets.create(service, plan, signal);
    const made = taskSets[before];
    if (made && random.chance(faults().stillbirth)) {
      count("stillbirth");
      made.sickness = "its tasks do not start";
      this.#sickSince.set(made.taskSetId, Number.NEGATIVE_INFINITY);
    }
    if (made && made.sickness === null && random.chance(faults().crashLoop)) {
      count("crashLoop");
      made.sickness = "Essential container in task exited: exit code 1";
      this.#sickSince.set(made.taskSetId, Number.NEGATIVE_INFINITY);
      this.#loopsSince.set(made.taskSetId, null);
    }
    return creation;
  }

  #promote(service: EcsService, taskSetId: string, signal: AbortSignal): Promise<PortOutcome> {
    const before = this.primaryOf(service.serviceName);
    if (before && before.taskSetId !== taskSetId) this.#primaryBefore.set(taskSetId, before.taskSetId);
    return this.#taskSets.makePrimary(service, taskSetId, signal);
  }

  #remove(service: EcsService, taskSetId: string, signal: AbortSignal): Promise<PortOutcome> {
    this.#parts.onRemoval(service.serviceName, taskSetId);
    return this.#taskSets.remove(service, taskSetId, signal);
  }

  async #split(pair: TargetGroupPair, weights: PairWeights, signal: AbortSignal): Promise<PortOutcome> {
    const { plants, world, onMoved } = this.#parts;
    const listener = this.#listeners.get(pair.productionListener);
    const shown = () => JSON.stringify([...(listener ?? [])].filter(([, percent]) => percent > 0).sort());
    const before = shown();
    const outcome = await this.#router.splitProduction(pair, weights, signal);
    if (outcome.outcome === "done") this.#spoil(listener, weights, plants);
    if (shown() !== before) {
      const groupId = pair.productionListener;
      world.chronicle.note(`listener of ${groupId}`, `forwards ${shown()}`);
      onMoved(groupId);
    }
    return outcome;
  }

  /** As planted bugs do. */
  #spoil(listener: MemoryListener | undefined, weights: PairWeights, plants: ShiftPlants): void {
    const whole = weights.find(({ percent }) => percent === 100);
    if (plants.losesWeight && !whole) {
      const [{ targetGroup, percent }] = weights;
      listener?.set(targetGroup, percent - LOST_PERCENT);
    }
    const primary = this.primaryOf(listener ? this.#groupOf(listener) : "")?.targetGroup;
    if (plants.leavesWeight && whole && whole.targetGroup === primary) {
      for (const { targetGroup, percent } of weights) {
        listener?.set(targetGroup, percent === 100 ? 100 - LOST_PERCENT : LOST_PERCENT);
      }
    }
  }

  #groupOf(listener: MemoryListener): string {
    for (const [name, one] of this.#listeners) if (one === listener) return name;
    throw new Error("a listener of the simulation has a name");
  }

  /** As planted bugs see them. */
  #spoiled(service: EcsService, facts: ServiceFacts, plants: ShiftPlants): ServiceFacts {
    const seen = plants.isBlindToSickness ? this.#unseeing(service, facts) : facts;
    if (!plants.isBlindToCrashes && !plants.exaggeratesCrashes) return seen;
    const counted = (failedTasks: number, isSteady: boolean) =>
      plants.isBlindToCrashes ? 0 : isSteady ? failedTasks : LOOPING_TASKS;
    return {
      ...seen,
      taskSets: seen.taskSets.map((taskSet) => ({
        ...taskSet,
        failedTasks: counted(taskSet.failedTasks, taskSet.isSteady),
      })),
    };
  }

  /** As a planted bug sees them: what ran once runs. */
  #unseeing({ serviceName }: EcsService, facts: ServiceFacts): ServiceFacts {
    const hasRun = (id: string) => Number.isFinite(this.taskSetOf(serviceName, id)?.lastSteadyAt);
    return {
      ...facts,
      taskSets: facts.taskSets.map((taskSet) => ({ ...taskSet, isSteady: hasRun(taskSet.taskSetId) })),
    };
  }

  #fallSick(taskSet: MemoryTaskSet): void {
    const { time, random, chronicle, count } = this.#parts.world;
    if (taskSet.sickness !== null) return;
    const milliseconds = random.pick(SICK_MILLISECONDS);
    count("sickness");
    chronicle.note(taskSet.taskSetId, `loses its tasks for ${milliseconds} ms`);
    this.#sickSince.set(taskSet.taskSetId, this.#lastSteadyAt(taskSet));
    taskSet.sickness = "its tasks stop: exit code 1";
    time.after(milliseconds, () => {
      taskSet.sickness = null;
    });
  }

  #lastSteadyAt({ taskSetId, sickness, madeAt }: MemoryTaskSet): number {
    const now = this.#parts.world.time.now();
    if (sickness !== null) return this.#sickSince.get(taskSetId) ?? Number.NEGATIVE_INFINITY;
    return now >= madeAt + this.#parts.scenario.startMilliseconds ? now : Number.NEGATIVE_INFINITY;
  }

  #percentOf(listener: string, targetGroup: string): number {
    return this.#listeners.get(listener)?.get(targetGroup) ?? 0;
  }

  #hooksOf(groupId: string): HookNames {
    const group = this.#parts.scenario.groups.find(({ name }) => name === groupId);
    const events: readonly LifecycleEventName[] = [
      ...(group?.hooks ?? []),
      ...(group?.hasTestListener ? [] : NEVER_RUN),
    ];
    return Object.fromEntries(events.map((event) => [event, hookName(groupId, event)]));
  }

  #serviceOf(groupId: string): MemoryService {
    const service = this.#services.get(serviceKey(ecsService(groupId)));
    if (!service) throw new Error(`${groupId} has no service in the simulation`);
    return service;
  }

  #pairOf(groupId: string): TargetGroupPair {
    const group = this.#parts.scenario.groups.find(({ name }) => name === groupId);
    return {
      targetGroups: [`${groupId}-one`, `${groupId}-two`],
      productionListener: groupId,
      testListener: group?.hasTestListener ? `${groupId}-test` : null,
    };
  }
}

/** Of `current`, and of `build-0` and so on. */
function taskDefinitionOf(revision: string): string {
  return revision === "current" ? "app:1" : `app:${Number(revision.replace("build-", "")) + 2}`;
}

function ecsService(groupId: string): EcsService {
  return { clusterName: CLUSTER, serviceName: groupId };
}
