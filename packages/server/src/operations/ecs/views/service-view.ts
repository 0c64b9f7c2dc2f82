import type { Service } from "@aws-sdk/client-ecs";
import { clusterArn, ecsServiceArn } from "@sluice/model/ecs-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import { SERVICE_DEFINITION, SERVICE_TAGS } from "../../../store/columns/ecs-columns.ts";
import { eventsOfServices, type ServiceEventRow } from "../../../store/ecs/service-events.ts";
import type { ServiceRow } from "../../../store/ecs/services.ts";
import { taskSetsOfServices } from "../../../store/ecs/task-sets.ts";
import { countTasks } from "../../../store/ecs/tasks.ts";
import type { Database } from "../../../store/schema.ts";
import { shownNetwork } from "../checks/network-input.ts";
import { primaryDeployment, type TaskSetParts, taskSetView } from "./task-set-view.ts";

/** Services as they are now, in the order given. */
export async function serviceViews(
  db: Kysely<Database>,
  rows: readonly ServiceRow[],
  scope: ArnScope,
  hasTags = false,
): Promise<Service[]> {
  const ids = rows.map((row) => row.service_id);
  const countsOf = await countTasks(db, ids);
  const taskSets = await taskSetsOfServices(db, ids);
  const events = await eventsOfServices(db, ids);
  return rows.map((service) => {
    const sets = taskSets
      .filter((taskSet) => taskSet.service_id === service.service_id)
      .map((taskSet) => ({ service, taskSet, counts: countsOf(taskSet.task_set_id) }));
    const own = events.filter((event) => event.service_id === service.service_id);
    return serviceView(service, { sets, events: own }, scope, hasTags);
  });
}

interface ServiceParts {
  readonly sets: readonly TaskSetParts[];
  readonly events: readonly ServiceEventRow[];
}

function serviceView(row: ServiceRow, { sets, events }: ServiceParts, scope: ArnScope, hasTags: boolean): Service {
  const definition = SERVICE_DEFINITION.read(row);
  const primary = sets.find(({ taskSet }) => taskSet.status === "PRIMARY");
  const [current] = primary ? [taskSetView(primary, scope)] : [];
  return {
    serviceArn: ecsServiceArn(scope, row.cluster_name, row.service_name),
    serviceName: row.service_name,
    clusterArn: clusterArn(scope, row.cluster_name),
    loadBalancers: current?.loadBalancers ?? definition.loadBalancers.map((one) => ({ ...one })),
    serviceRegistries: [],
    status: row.status,
    desiredCount: row.desired_count,
    runningCount: sets.reduce((sum, { counts }) => sum + counts.running, 0),
    pendingCount: sets.reduce((sum, { counts }) => sum + counts.pending, 0),
    launchType: definition.launchType,
    taskDefinition: current?.taskDefinition ?? definition.taskDefinitionArn,
    deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
    taskSets: sets.map((set) => taskSetView(set, scope)),
    deployments: primary ? [primaryDeployment(primary)] : [],
    events: events.map(({ event_id: id, at, message }) => ({ id, createdAt: new Date(at), message })),
    createdAt: new Date(row.created_at),
    ...shownNetwork(definition.network),
    placementConstraints: [],
    placementStrategy: [],
    healthCheckGracePeriodSeconds: definition.healthCheckGracePeriodSeconds ?? 0,
    schedulingStrategy: "REPLICA",
    deploymentController: { type: "CODE_DEPLOY" },
    tags: hasTags ? [...SERVICE_TAGS.read(row)] : [],
    createdBy: definition.createdBy,
    enableECSManagedTags: false,
    propagateTags: "NONE",
    enableExecuteCommand: false,
  };
}
