import type { ContainerDefinition as ContainerView, TaskDefinition as TaskDefinitionView } from "@aws-sdk/client-ecs";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { TASK_DEFINITION } from "../../../store/columns/ecs-columns.ts";
import type { ContainerDefinition, TaskDefinition } from "../../../store/columns/task-definition.ts";
import type { TaskDefinitionRow } from "../../../store/ecs/task-definitions.ts";
import { arnOfDefinition } from "../checks/found.ts";

/** In the form in which RegisterTaskDefinition takes it, so that what is described can be registered again. */
export function taskDefinitionView(row: TaskDefinitionRow, scope: ArnScope): TaskDefinitionView {
  const definition = TASK_DEFINITION.read(row);
  return {
    taskDefinitionArn: arnOfDefinition(row, scope),
    containerDefinitions: definition.containerDefinitions.map(containerView),
    family: row.family,
    revision: row.revision,
    networkMode: definition.networkMode,
    volumes: definition.volumes.map(({ name, sourcePath }) => ({
      name,
      host: sourcePath === null ? {} : { sourcePath },
    })),
    status: row.status,
    placementConstraints: [],
    compatibilities: compatibilitiesOf(definition),
    requiresCompatibilities: definition.requiresCompatibilities && [...definition.requiresCompatibilities],
    taskRoleArn: definition.taskRoleArn,
    executionRoleArn: definition.executionRoleArn,
    runtimePlatform: definition.runtimePlatform,
    cpu: definition.cpu,
    memory: definition.memory,
    registeredAt: new Date(row.registered_at),
    deregisteredAt: row.deregistered_at === null ? undefined : new Date(row.deregistered_at),
  };
}

function compatibilitiesOf({ networkMode, cpu, memory }: TaskDefinition): ("EC2" | "FARGATE")[] {
  const fitsFargate = networkMode === "awsvpc" && cpu !== undefined && memory !== undefined;
  return fitsFargate ? ["EC2", "FARGATE"] : ["EC2"];
}

function containerView(container: ContainerDefinition): ContainerView {
  const { droppedCapabilities, initProcessEnabled, ...plain } = container;
  const hasLinuxParameters = droppedCapabilities.length > 0 || initProcessEnabled;
  return {
    ...structuredClone(plain as ContainerView),
    volumesFrom: [],
    systemControls: [],
    linuxParameters: hasLinuxParameters
      ? { capabilities: { add: [], drop: [...droppedCapabilities] }, initProcessEnabled }
      : undefined,
  };
}
