import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type {
  DefinedContainer,
  EcsService,
  ServiceFacts,
  TaskDefinitionFacts,
  TaskSet,
  TaskSetCreation,
  TaskSetPlan,
  TaskSets,
} from "@sluice/engine/ports/task-sets.ts";
import type { Driver, NoSettings } from "../driver.ts";

/** One task set. Its tasks start `startMilliseconds` after it was made. */
export interface MemoryTaskSet {
  readonly taskSetId: string;
  /** Null: it was there before any deployment. */
  readonly plan: Omit<TaskSetPlan, "externalId"> | null;
  readonly externalId: string | null;
  readonly targetGroup: string | null;
  readonly madeAt: number;
  status: TaskSet["status"];
  /** Null: its tasks start, and stay up; else why they do not. The test's to change. */
  sickness: string | null;
  /** The test's to change. */
  failedTasks: number;
  /** Epoch milliseconds; null: nobody wants it gone. */
  removedAt: number | null;
}

export interface MemoryService {
  readonly controller: string;
  /** Absent: REPLICA. */
  readonly scheduling?: ServiceFacts["scheduling"];
  desiredCount: number;
  /** In the order in which they were made; what is gone is not among them. */
  readonly taskSets: MemoryTaskSet[];
}

export interface MemoryTaskSetsDependencies {
  /** By `cluster:service`, read at every call. */
  readonly services: ReadonlyMap<string, MemoryService>;
  /** By ARN, or family and revision; absent: nobody may look. */
  readonly taskDefinitions?: ReadonlyMap<string, readonly DefinedContainer[]> | undefined;
  /** Until a new set's tasks run. */
  readonly startMilliseconds: number;
  /** Until a removed set's tasks are gone. */
  readonly drainMilliseconds: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** What a new task set is called, which must be new. */
  readonly newTaskSetId: () => string;
}

const RETRY_AFTER_MILLISECONDS = 10;

export function newMemoryTaskSet(
  taskSetId: string,
  values: Partial<Omit<MemoryTaskSet, "taskSetId">> = {},
): MemoryTaskSet {
  return {
    taskSetId,
    plan: null,
    externalId: null,
    targetGroup: null,
    madeAt: 0,
    status: "ACTIVE",
    sickness: null,
    failedTasks: 0,
    removedAt: null,
    ...values,
  };
}

export function serviceKey({ clusterName, serviceName }: EcsService): string {
  return `${clusterName}:${serviceName}`;
}

/** Container services in memory, for tests and simulations. */
export const memoryTaskSets: Driver<"task-sets", NoSettings, MemoryTaskSetsDependencies, TaskSets> = {
  port: "task-sets",
  name: "memory",
  create: (_settings, dependencies) => ({
    describe: async (service, signal) => {
      signal.throwIfAborted();
      const found = dependencies.services.get(serviceKey(service));
      return found && describe(found, dependencies);
    },
    inspectTaskDefinition: async (_service, { taskDefinition }, signal) => {
      signal.throwIfAborted();
      return inspect(taskDefinition, dependencies);
    },
    create: async (service, plan, signal) => {
      signal.throwIfAborted();
      const found = dependencies.services.get(serviceKey(service));
      if (!found) return unknownService(service);
      return makeTaskSet(found, plan, dependencies);
    },
    makePrimary: async (service, taskSetId, signal) => {
      signal.throwIfAborted();
      const found = dependencies.services.get(serviceKey(service));
      if (!found) return unknownService(service);
      return makePrimary(found, taskSetId);
    },
    remove: async (service, taskSetId, signal) => {
      signal.throwIfAborted();
      const found = dependencies.services.get(serviceKey(service));
      if (!found) return unknownService(service);
      return remove(found, taskSetId, dependencies);
    },
  }),
};

function inspect(taskDefinition: string, { taskDefinitions }: MemoryTaskSetsDependencies): TaskDefinitionFacts {
  if (!taskDefinitions) return { outcome: "unchecked", reason: "nobody may look at task definitions" };
  const containers = taskDefinitions.get(taskDefinition);
  if (!containers) return { outcome: "missing", reason: `there is no task definition ${taskDefinition}` };
  return { outcome: "found", taskDefinition, containers };
}

function describe(
  { controller, scheduling = "REPLICA", desiredCount, taskSets }: MemoryService,
  { now, startMilliseconds }: MemoryTaskSetsDependencies,
): ServiceFacts {
  return {
    controller,
    scheduling,
    desiredCount,
    taskSets: taskSets.map(({ taskSetId, externalId, status, targetGroup, madeAt, sickness, failedTasks }) => {
      const isSteady = sickness === null && now() >= madeAt + startMilliseconds;
      const runningCount = isSteady ? desiredCount : 0;
      return {
        taskSetId,
        externalId,
        status,
        isSteady,
        desiredCount,
        pendingCount: desiredCount - runningCount,
        runningCount,
        failedTasks,
        targetGroup,
        detail: sickness ?? (isSteady ? "" : "its tasks are starting"),
      };
    }),
  };
}

function makeTaskSet(
  service: MemoryService,
  { externalId, ...plan }: TaskSetPlan,
  { now, newTaskSetId }: MemoryTaskSetsDependencies,
): TaskSetCreation {
  const before = service.taskSets.find((taskSet) => taskSet.externalId === externalId);
  if (before) return { outcome: "done", taskSetId: before.taskSetId };
  if (service.controller !== "CODE_DEPLOY") {
    return { outcome: "failed", reason: `the service's deployment controller is ${service.controller}` };
  }
  const { targetGroup } = plan;
  const made = newMemoryTaskSet(newTaskSetId(), { plan, externalId, targetGroup, madeAt: now() });
  service.taskSets.push(made);
  return { outcome: "done", taskSetId: made.taskSetId };
}

function makePrimary({ taskSets }: MemoryService, taskSetId: string): PortOutcome {
  const chosen = taskSets.find((taskSet) => taskSet.taskSetId === taskSetId);
  if (!chosen) return { outcome: "failed", reason: `there is no task set ${taskSetId}` };
  if (chosen.removedAt !== null) return { outcome: "failed", reason: `the task set ${taskSetId} is being removed` };
  for (const taskSet of taskSets) {
    if (taskSet.status === "PRIMARY") taskSet.status = "ACTIVE";
  }
  chosen.status = "PRIMARY";
  return { outcome: "done" };
}

function remove(
  { taskSets }: MemoryService,
  taskSetId: string,
  { now, drainMilliseconds }: MemoryTaskSetsDependencies,
): PortOutcome {
  const index = taskSets.findIndex((taskSet) => taskSet.taskSetId === taskSetId);
  const chosen = taskSets[index];
  if (!chosen) return { outcome: "done" };
  if (chosen.status === "PRIMARY") return { outcome: "failed", reason: `the task set ${taskSetId} is the primary` };
  chosen.removedAt ??= now();
  chosen.status = "DRAINING";
  if (now() < chosen.removedAt + drainMilliseconds) {
    return { outcome: "pending", retryAfterMilliseconds: RETRY_AFTER_MILLISECONDS, detail: "its tasks are stopping" };
  }
  taskSets.splice(index, 1);
  return { outcome: "done" };
}

function unknownService(service: EcsService): { readonly outcome: "failed"; readonly reason: string } {
  return { outcome: "failed", reason: `there is no service ${serviceKey(service)}` };
}
