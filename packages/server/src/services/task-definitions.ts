import { namedResource, parseEcsArn } from "@sluice/model/ecs-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import { TASK_DEFINITION } from "../store/columns/ecs-columns.ts";
import type { TaskDefinition } from "../store/columns/task-definition.ts";
import {
  findTaskDefinition,
  newestActiveTaskDefinition,
  type TaskDefinitionRow,
} from "../store/ecs/task-definitions.ts";
import type { Database } from "../store/schema.ts";

const FAMILY_AND_REVISION = /^([A-Za-z0-9_-]{1,255})(?::(\d{1,9}))?$/;

/** `family`, `family:revision` or an ARN; undefined: there is none, or (a family) none that is ACTIVE. */
export async function findDefinition(
  db: Kysely<Database>,
  text: string,
  scope: ArnScope,
): Promise<TaskDefinitionRow | undefined> {
  const named = namedResource(text, "task-definition", scope);
  if (named === undefined) return undefined;
  if (typeof named === "object") return findTaskDefinition(db, named.family, named.revision);
  const [, family, revision] = FAMILY_AND_REVISION.exec(named) ?? [];
  if (family === undefined) return undefined;
  return revision === undefined
    ? newestActiveTaskDefinition(db, family)
    : findTaskDefinition(db, family, Number(revision));
}

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
