import type { ContainerEngine } from "@sluice/engine/ports/container-engine.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { isSameTargetGroup } from "@sluice/engine/ports/target-group-name.ts";
import type {
  EcsService,
  ServiceFacts,
  TaskDefinitionFacts,
  TaskSet,
  TaskSetCreation,
  TaskSetNetwork,
  TaskSetPlan,
  TaskSets,
  TasksPlan,
} from "@sluice/engine/ports/task-sets.ts";
import { parseEcsArn, taskDefinitionArn } from "@sluice/model/ecs-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import type { TargetHealth } from "../balancing/target-health.ts";
import { type NamedNetwork, SERVICE_DEFINITION, TASK_DEFINITION } from "../store/columns/ecs-columns.ts";
import type { TaskDefinition } from "../store/columns/task-definition.ts";
import { findService, lockService, type ServiceRow } from "../store/ecs/services.ts";
import { taskSetsOfServices } from "../store/ecs/task-sets.ts";
import { tasksOfServices } from "../store/ecs/tasks.ts";
import { readTargetGroups } from "../store/elb/target-groups.ts";
import type { Store } from "../store/open-store.ts";
import type { Database } from "../store/schema.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import { awsOnlyRefusal, NO_AWS_NETWORK } from "./aws-only.ts";
import { createTaskSet, drainTaskSet, makeTaskSetPrimary, type TaskSetChange } from "./change-task-sets.ts";
import type { ContainerWork } from "./container-work.ts";
import type { EngineView } from "./engine-view.ts";
import { readTargets } from "./known-targets.ts";
import { serviceOf, taskOf, taskSetOf } from "./stored-service.ts";
import { findDefinition, readDefinitions } from "./task-definitions.ts";
import { newestFailure } from "./task-set-detail.ts";
import { taskSetCounts, unsteadiness } from "./task-set-steadiness.ts";

export interface LocalTaskSetsDependencies {
  readonly store: Store;
  readonly engine: Pick<ContainerEngine, "logs">;
  readonly view: Pick<EngineView, "trouble">;
  readonly work: Pick<ContainerWork, "progress">;
  readonly targets: TargetHealth;
  readonly changes: WakeFeed;
  readonly scope: ArnScope;
  /** AppSpec files may name subnets and security groups of AWS, which mean nothing here. */
  readonly ignoresAwsOnly: boolean;
  /** `ecs-svc/` and 19 digits. */
  readonly newTaskSetId: () => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** How often a removal that is under way is worth asking about. */
const ASK_AGAIN_MILLISECONDS = 100;
const CONTROLLER = "CODE_DEPLOY";
const LATEST = "LATEST";

/** Task sets of services that this server runs itself. What is asked is written down; the service loop does it. */
export function localTaskSets(dependencies: LocalTaskSetsDependencies): TaskSets {
  const { store, changes, now } = dependencies;
  /** Undefined: there is no such service. */
  const change = async (
    asked: EcsService,
    taskSetId: string,
    apply: typeof makeTaskSetPrimary,
  ): Promise<{ readonly service: ServiceRow; readonly change: TaskSetChange } | undefined> => {
    const service = await findLiving(store.db, asked);
    if (!service) return undefined;
    return store.write(async (transaction) => {
      const locked = (await lockService(transaction, service.service_id)) ?? service;
      changes.publishAfter(transaction);
      return { service, change: await apply(transaction, locked, taskSetId, now()) };
    });
  };
  return {
    describe: async (asked, signal) => {
      signal.throwIfAborted();
      const service = await findLiving(store.db, asked);
      return service && describe(service, dependencies, signal);
    },
    inspectTaskDefinition: async (_service, plan, signal) => {
      signal.throwIfAborted();
      return inspect(plan, dependencies);
    },
    create: async (asked, plan, signal) => {
      signal.throwIfAborted();
      const service = await findLiving(store.db, asked);
      return service ? create(service, plan, dependencies) : unknownService(asked);
    },
    makePrimary: async (asked, taskSetId, signal) => {
      signal.throwIfAborted();
      const made = await change(asked, taskSetId, makeTaskSetPrimary);
      if (!made) return unknownService(asked);
      if (made.change.outcome === "missing") return failed(`there is no task set ${taskSetId} of the service`);
      return made.change.outcome === "refused" ? failed(made.change.reason) : { outcome: "done" };
    },
    remove: async (asked, taskSetId, signal) => {
      signal.throwIfAborted();
      const drained = await change(asked, taskSetId, drainTaskSet);
      if (!drained) return unknownService(asked);
      if (drained.change.outcome === "missing") return { outcome: "done" };
      if (drained.change.outcome === "refused") return failed(drained.change.reason);
      return stillDraining(store.db, drained.service, taskSetId);
    },
  };
}

async function stillDraining(db: Kysely<Database>, service: ServiceRow, taskSetId: string): Promise<PortOutcome> {
  const tasks = (await tasksOfServices(db, [service.service_id])).filter(
    (row) => row.task_set_id === taskSetId && row.stopped_at === null,
  );
  const draining = tasks.filter((row) => row.draining_since !== null && row.stopping_at === null).length;
  return {
    outcome: "pending",
    retryAfterMilliseconds: ASK_AGAIN_MILLISECONDS,
    detail: `${tasks.length} tasks are to stop, ${draining} of them finish their connections`,
  };
}

async function describe(
  row: ServiceRow,
  { store, engine, view, work, targets }: LocalTaskSetsDependencies,
  signal: AbortSignal,
): Promise<ServiceFacts> {
  if (view.trouble !== null) throw new Error(`the container engine cannot be reached: ${view.trouble}`);
  const { service_id } = row;
  const service = serviceOf(row);
  const targetOf = await readTargets(store, targets, service_id);
  const taskSetRows = await taskSetsOfServices(store.db, [service_id]);
  const allTasks = (await tasksOfServices(store.db, [service_id])).map(taskOf);
  const arns = taskSetRows.map((taskSet) => taskSet.task_definition_arn);
  const definitions = await readDefinitions(store.db, arns);
  const describeSet = async (taskSetRow: (typeof taskSetRows)[number]): Promise<TaskSet> => {
    const taskSet = taskSetOf(taskSetRow);
    const tasks = allTasks.filter(({ taskSetId }) => taskSetId === taskSet.taskSetId);
    const definition = definitions.get(taskSet.taskDefinitionArn);
    const situation = {
      service,
      taskSet,
      definition,
      tasks,
      targetOf: (task: (typeof tasks)[number]) => targetOf(taskSet, task),
    };
    const why = unsteadiness(situation);
    const progress = tasks.map(({ taskId }) => work.progress(taskId)).find((words) => words !== "");
    const failure = why === null ? undefined : await newestFailure(tasks, taskSet.failedTasks, { engine, signal });
    return {
      taskSetId: taskSet.taskSetId,
      externalId: taskSetRow.external_id,
      status: taskSet.status,
      isSteady: why === null,
      ...taskSetCounts(situation),
      failedTasks: taskSet.failedTasks,
      targetGroup: taskSet.targetGroupArn,
      detail: [why, progress, failure].filter((words) => words).join("; "),
    };
  };
  return {
    controller: CONTROLLER,
    scheduling: "REPLICA",
    desiredCount: service.desiredCount,
    taskSets: await Promise.all(taskSetRows.map(describeSet)),
  };
}

async function inspect(plan: TasksPlan, parts: LocalTaskSetsDependencies): Promise<TaskDefinitionFacts> {
  const { taskDefinition } = plan;
  const found = await findActiveDefinition(parts.store.db, taskDefinition, parts.scope);
  if (!found) return { outcome: "missing", reason: missingDefinition(taskDefinition) };
  const reason = refusalOf(plan, parts);
  if (reason !== null) return { outcome: "refused", reason };
  const containers = found.definition.containerDefinitions.map(({ name, portMappings }) => ({
    name,
    ports: portMappings.map(({ containerPort }) => containerPort),
  }));
  return { outcome: "found", taskDefinition: found.arn, containers };
}

async function create(
  service: ServiceRow,
  plan: TaskSetPlan,
  dependencies: LocalTaskSetsDependencies,
): Promise<TaskSetCreation> {
  const { store, changes, scope, now, newTaskSetId } = dependencies;
  const { externalId, containerName, containerPort } = plan;
  const reason = refusalOf(plan, dependencies);
  if (reason !== null) return failed(reason);
  const definition = await findActiveDefinition(store.db, plan.taskDefinition, scope);
  if (!definition) return failed(missingDefinition(plan.taskDefinition));
  const groups = await readTargetGroups(store.db);
  const group = groups.find(({ arn }) => isSameTargetGroup(arn, plan.targetGroup));
  if (!group) return failed(`there is no target group ${plan.targetGroup}`);
  if (group.targetType === "lambda")
    return failed(`the target group ${plan.targetGroup} is for functions: use one of the type ip`);
  const container = definition.definition.containerDefinitions.find(({ name }) => name === containerName);
  if (!container?.portMappings.some((port) => port.containerPort === containerPort)) {
    return failed(`${definition.arn} has no container ${containerName} with the port ${containerPort}`);
  }
  return store.write(async (transaction): Promise<TaskSetCreation> => {
    const locked = (await lockService(transaction, service.service_id)) ?? service;
    changes.publishAfter(transaction);
    const { launchType, network: usual } = SERVICE_DEFINITION.read(locked);
    const network = plan.network ? named(plan.network) : usual;
    const wish = {
      taskSetId: newTaskSetId(),
      externalId,
      status: "ACTIVE",
      taskDefinitionArn: definition.arn,
      loadBalancer: { targetGroupArn: group.arn, containerName, containerPort },
      scalePercent: 100,
      definition: { launchType, clientToken: null, startedBy: CONTROLLER, tags: [], ...(network ? { network } : {}) },
    } as const;
    const made = await createTaskSet(transaction, locked, wish, now());
    if (made.outcome === "done") return { outcome: "done", taskSetId: made.taskSet.task_set_id };
    return made.outcome === "refused" ? failed(made.reason) : unknownService(nameOf(locked));
  });
}

function named({ subnets, securityGroups, assignsPublicIp }: TaskSetNetwork): NamedNetwork {
  return { subnets, securityGroups, assignPublicIp: assignsPublicIp ? "ENABLED" : "DISABLED" };
}

/** What the AppSpec file asks of AWS that one machine does not have, and the cure; null: nothing. */
function refusalOf(
  { capacityProviders, platformVersion, network }: TasksPlan,
  { ignoresAwsOnly }: Pick<LocalTaskSetsDependencies, "ignoresAwsOnly">,
): string | null {
  if (capacityProviders) return "the driver docker has no capacity providers: remove CapacityProviderStrategy";
  if (platformVersion !== undefined && platformVersion !== LATEST) {
    return `the driver docker has no platform version ${platformVersion}: remove PlatformVersion, or say LATEST`;
  }
  return network && !ignoresAwsOnly ? awsOnlyRefusal("NetworkConfiguration in the AppSpec file", NO_AWS_NETWORK) : null;
}

interface FoundDefinition {
  readonly arn: string;
  readonly definition: TaskDefinition;
}

/** One that new tasks can be made of. */
async function findActiveDefinition(
  db: Kysely<Database>,
  asked: string,
  scope: ArnScope,
): Promise<FoundDefinition | undefined> {
  const row = await findDefinition(db, asked, scope);
  if (row?.status !== "ACTIVE") return undefined;
  return { arn: taskDefinitionArn(scope, row.family, row.revision), definition: TASK_DEFINITION.read(row) };
}

/** Called by its cluster's name and its own, or by ARNs. */
async function findLiving(db: Kysely<Database>, asked: EcsService): Promise<ServiceRow | undefined> {
  const cluster = parseEcsArn(asked.clusterName)?.resource;
  const service = parseEcsArn(asked.serviceName)?.resource;
  const clusterName = cluster?.type === "cluster" ? cluster.clusterName : asked.clusterName;
  const serviceName = service?.type === "service" ? service.serviceName : asked.serviceName;
  const row = await findService(db, { clusterName, serviceName });
  return row?.status === "INACTIVE" ? undefined : row;
}

function nameOf({ cluster_name, service_name }: ServiceRow): EcsService {
  return { clusterName: cluster_name, serviceName: service_name };
}

function missingDefinition(taskDefinition: string): string {
  return `there is no task definition ${taskDefinition} that is ACTIVE`;
}

function unknownService({ clusterName, serviceName }: EcsService) {
  return failed(`there is no service ${serviceName} in the cluster ${clusterName}`);
}

function failed(reason: string) {
  return { outcome: "failed", reason } as const;
}
