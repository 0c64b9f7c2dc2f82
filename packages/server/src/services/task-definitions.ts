import { parseEcsArn } from "@sluice/model/ecs-arn.ts";
import type { Kysely } from "kysely";
import { TASK_DEFINITION } from "../store/columns/ecs-columns.ts";
import type { TaskDefinition } from "../store/columns/task-definition.ts";
import { findTaskDefinition } from "../store/ecs/task-definitions.ts";
import type { Database } from "../store/schema.ts";

/** By ARN, those that there are. One that was deregistered goes on serving the tasks that are made of it. */
export async function readDefinitions(
  db: Kysely<Database>,
  arns: readonly string[],
): Promise<ReadonlyMap<string, TaskDefinition>> {
  const definitions = new Map<string, TaskDefinition>();
  for (const arn of new Set(arns)) {
    const resource = parseEcsArn(arn)?.resource;
    if (resource?.type !== "task-definition") continue;
    const row = await findTaskDefinition(db, resource.family, resource.revision);
    if (row) definitions.set(arn, TASK_DEFINITION.read(row));
  }
  return definitions;
}
