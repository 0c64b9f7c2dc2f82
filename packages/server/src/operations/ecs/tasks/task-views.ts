import type { Task } from "@aws-sdk/client-ecs";
import { parseEcsArn } from "@sluice/model/ecs-arn.ts";
import { SERVICE_DEFINITION, TASK_DEFINITION } from "../../../store/columns/ecs-columns.ts";
import { findServicesById } from "../../../store/ecs/services.ts";
import { findTaskDefinition } from "../../../store/ecs/task-definitions.ts";
import type { TaskRow } from "../../../store/ecs/tasks.ts";
import type { EcsContext } from "../ecs-context.ts";
import { taskView } from "../views/task-view.ts";

/** Tasks as they are shown, with what their services and task definitions say of them. */
export async function taskViews(rows: readonly TaskRow[], context: EcsContext): Promise<Task[]> {
  const { db } = context.store;
  const services = await findServicesById(db, [...new Set(rows.map((row) => row.service_id))]);
  const definitions = new Map(
    await Promise.all(
      [...new Set(rows.map((row) => row.task_definition_arn))].map(
        async (arn) => [arn, await definitionOf(arn, context)] as const,
      ),
    ),
  );
  return rows.map((row) => {
    const service = services.find(({ service_id }) => service_id === row.service_id);
    return taskView(
      row,
      {
        serviceName: service?.service_name,
        launchType: service && SERVICE_DEFINITION.read(service).launchType,
        definition: definitions.get(row.task_definition_arn),
      },
      context,
    );
  });
}

async function definitionOf(arn: string, { store }: EcsContext) {
  const resource = parseEcsArn(arn)?.resource;
  if (resource?.type !== "task-definition") return undefined;
  const row = await findTaskDefinition(store.db, resource.family, resource.revision);
  return row && TASK_DEFINITION.read(row);
}
