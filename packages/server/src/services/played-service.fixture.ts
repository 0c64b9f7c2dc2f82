import { factsOf, type MemoryBehaviour, type MemoryContainer } from "@sluice/drivers/memory/memory-container.ts";
import { memoryContainerEngine } from "@sluice/drivers/memory/memory-container-engine.ts";
import type { ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import type { ContainerDefinition, TaskDefinition } from "../store/columns/task-definition.ts";
import { planService, type ServicePlan, type ServiceSituation } from "./plan-service.ts";
import type { ContainerAction } from "./plan-task.ts";
import type { ServiceState, TaskSetState, TaskState, TaskTarget } from "./service-state.ts";

const never = new AbortController().signal;

export const DEFINITION_ARN = "arn:aws:ecs:us-east-1:111122223333:task-definition/web:1";

export function containerDefinition(name: string, values: Partial<ContainerDefinition> = {}): ContainerDefinition {
  return {
    name,
    image: name,
    essential: true,
    cpu: 0,
    portMappings: [],
    environment: [],
    secrets: [],
    mountPoints: [],
    dependsOn: [],
    ulimits: [],
    readonlyRootFilesystem: false,
    droppedCapabilities: [],
    initProcessEnabled: false,
    ...values,
  };
}

export function taskDefinition(...containerDefinitions: readonly ContainerDefinition[]): TaskDefinition {
  return { networkMode: "awsvpc", containerDefinitions, volumes: [] };
}

export const CHECK = { command: ["CMD", "true"], interval: 1, timeout: 1, retries: 1, startPeriod: 0 } as const;

export function newService(values: Partial<ServiceState> = {}): ServiceState {
  return {
    serviceId: "service-1",
    serviceName: "web",
    status: "ACTIVE",
    desiredCount: 2,
    healthCheckGraceSeconds: 0,
    ...values,
  };
}

export function newTaskSet(taskSetId: string, values: Partial<TaskSetState> = {}): TaskSetState {
  return {
    taskSetId,
    status: "ACTIVE",
    taskDefinitionArn: DEFINITION_ARN,
    targetGroupArn: null,
    containerPort: null,
    scalePercent: 100,
    createdAt: 0,
    stability: "STABILIZING",
    failedTasks: 0,
    ...values,
  };
}

/** A service whose planner is asked turn after turn, on an engine in memory. What would be rows is kept here, and time is the test's. */
export class PlayedService {
  now = 1_000_000;
  service: ServiceState = newService();
  taskSets: TaskSetState[] = [newTaskSet("blue", { status: "PRIMARY" })];
  tasks = new Map<string, TaskState>();
  readonly definitions: Map<string, TaskDefinition>;
  readonly events: string[] = [];
  readonly containers: MemoryContainer[] = [];
  behave: (plan: ContainerPlan) => MemoryBehaviour | undefined;
  targetOf: (taskSet: TaskSetState, task: TaskState) => TaskTarget | null = () => null;
  /** Every container that the engine was told to start, each time. */
  readonly startsAsked: string[] = [];
  startFailures = new Map<string, Map<string, string>>();
  lastPlan: ServicePlan | undefined;
  readonly #engine;
  #made = 0;

  constructor(definition: TaskDefinition, behave: (plan: ContainerPlan) => MemoryBehaviour | undefined) {
    this.definitions = new Map([[DEFINITION_ARN, definition]]);
    this.behave = behave;
    this.#engine = memoryContainerEngine.create(
      {},
      { containers: this.containers, behave: (plan) => this.behave(plan), now: () => this.now },
    );
  }

  get facts() {
    return this.containers.map((container) => factsOf(container, this.now));
  }

  situation(): ServiceSituation {
    return {
      service: this.service,
      taskSets: this.taskSets,
      tasks: [...this.tasks.values()],
      definitions: this.definitions,
      facts: Map.groupBy(this.facts, ({ taskId }) => taskId),
      starting: new Map(),
      startFailures: this.startFailures,
      targetOf: this.targetOf,
      labelsOf: () => ({}),
      spareTaskIds: Array.from({ length: 20 }, (_, index) => `task-${this.#made + index + 1}`),
      now: this.now,
    };
  }

  /** Plans, and writes what is to be written. */
  plan(): ServicePlan {
    const plan = planService(this.situation());
    this.service = { ...this.service, status: plan.status };
    for (const task of [...plan.changedTasks, ...plan.newTasks]) this.tasks.set(task.taskId, task);
    for (const taskId of plan.forgottenTaskIds) this.tasks.delete(taskId);
    this.taskSets = this.taskSets
      .filter(({ taskSetId }) => !plan.removedTaskSetIds.includes(taskSetId))
      .map((taskSet) => plan.changedTaskSets.find(({ taskSetId }) => taskSetId === taskSet.taskSetId) ?? taskSet);
    this.events.push(...plan.events);
    this.#made += plan.newTasks.length;
    this.lastPlan = plan;
    return plan;
  }

  /** Plans, writes and acts. */
  async turn(): Promise<ServicePlan> {
    const plan = this.plan();
    for (const action of plan.actions) await this.act(action);
    return plan;
  }

  async act(action: ContainerAction): Promise<void> {
    if (action.kind !== "start") {
      await this.#engine[action.kind](action.containerId, never);
      return;
    }
    const { taskId, containerName } = action.plan;
    this.startsAsked.push(`${taskId}/${containerName}`);
    const outcome = await this.#engine.start(action.plan, never);
    if (outcome.outcome !== "failed") return;
    const ofTask = this.startFailures.get(taskId) ?? new Map();
    this.startFailures.set(taskId, ofTask.set(containerName, outcome.reason));
  }

  /** Turn after turn at the present time, until nothing is left to do. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) {
      const before = JSON.stringify([[...this.tasks.values()], this.taskSets, this.facts, this.service]);
      await this.turn();
      const after = JSON.stringify([[...this.tasks.values()], this.taskSets, this.facts, this.service]);
      if (before === after) return;
    }
    throw new Error("it does not come to rest");
  }

  /** Time goes on by steps, and whatever is due is done. */
  async pass(milliseconds: number, stepMilliseconds = 500): Promise<void> {
    const until = this.now + milliseconds;
    while (this.now < until) {
      this.now = Math.min(until, this.now + stepMilliseconds);
      await this.settle();
    }
  }

  wanted(taskSetId = "blue"): TaskState[] {
    return [...this.tasks.values()].filter((task) => task.taskSetId === taskSetId && task.desiredStatus === "RUNNING");
  }

  taskSet(taskSetId = "blue"): TaskSetState {
    return this.taskSets.find((taskSet) => taskSet.taskSetId === taskSetId)!;
  }
}
