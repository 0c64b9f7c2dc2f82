import type { EcsOperations } from "@sluice/wire/generated/ecs-shapes.ts";
import { createCluster } from "./clusters/create-cluster.ts";
import { deleteCluster } from "./clusters/delete-cluster.ts";
import { describeClusters } from "./clusters/describe-clusters.ts";
import { listClusters } from "./clusters/list-clusters.ts";
import type { EcsOperation } from "./ecs-context.ts";
import { createService } from "./services/create-service.ts";
import { deleteService } from "./services/delete-service.ts";
import { describeServices } from "./services/describe-services.ts";
import { listServices } from "./services/list-services.ts";
import { updateService } from "./services/update-service.ts";
import { listTagsForResource, tagResource, untagResource } from "./tags/tag-operations.ts";
import { deregisterTaskDefinition } from "./task-definitions/deregister-task-definition.ts";
import { describeTaskDefinition } from "./task-definitions/describe-task-definition.ts";
import { listTaskDefinitionFamilies } from "./task-definitions/list-task-definition-families.ts";
import { listTaskDefinitions } from "./task-definitions/list-task-definitions.ts";
import { registerTaskDefinition } from "./task-definitions/register-task-definition.ts";
import { createTaskSet } from "./task-sets/create-task-set.ts";
import { deleteTaskSet } from "./task-sets/delete-task-set.ts";
import { describeTaskSets } from "./task-sets/describe-task-sets.ts";
import { updateServicePrimaryTaskSet } from "./task-sets/update-service-primary-task-set.ts";
import { updateTaskSet } from "./task-sets/update-task-set.ts";
import { describeTasks } from "./tasks/describe-tasks.ts";
import { listTasks } from "./tasks/list-tasks.ts";
import { stopTask } from "./tasks/stop-task.ts";

type Handlers = {
  readonly [Name in keyof EcsOperations]: EcsOperation<EcsOperations[Name]["input"], EcsOperations[Name]["output"]>;
};

/** Every operation of ECS that is served, by its name on the wire; the compiler holds the table complete. */
export const ECS_HANDLERS: Handlers = {
  CreateCluster: createCluster,
  CreateService: createService,
  CreateTaskSet: createTaskSet,
  DeleteCluster: deleteCluster,
  DeleteService: deleteService,
  DeleteTaskSet: deleteTaskSet,
  DeregisterTaskDefinition: deregisterTaskDefinition,
  DescribeClusters: describeClusters,
  DescribeServices: describeServices,
  DescribeTaskDefinition: describeTaskDefinition,
  DescribeTaskSets: describeTaskSets,
  DescribeTasks: describeTasks,
  ListClusters: listClusters,
  ListServices: listServices,
  ListTagsForResource: listTagsForResource,
  ListTaskDefinitionFamilies: listTaskDefinitionFamilies,
  ListTaskDefinitions: listTaskDefinitions,
  ListTasks: listTasks,
  RegisterTaskDefinition: registerTaskDefinition,
  StopTask: stopTask,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateService: updateService,
  UpdateServicePrimaryTaskSet: updateServicePrimaryTaskSet,
  UpdateTaskSet: updateTaskSet,
};
