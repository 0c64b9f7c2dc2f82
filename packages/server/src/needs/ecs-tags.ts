import {
  clusterArn,
  type EcsResource,
  ecsServiceArn,
  isOfType,
  parseEcsArn,
  taskDefinitionArn,
  taskSetArn,
} from "@sluice/model/ecs-arn.ts";
import {
  CLUSTER_TAGS,
  type EcsTag,
  SERVICE_TAGS,
  TASK_DEFINITION_TAGS,
  TASK_SET_DEFINITION,
} from "../store/columns/ecs-columns.ts";
import { inListParts } from "../store/in-list.ts";
import { type ReadTags, type StoredTags, storedTags, type TagsContext } from "./found-tags.ts";

type Found = readonly (readonly [arn: string, stored: StoredTags])[];
type Named<Type extends EcsResource["type"]> = readonly Extract<EcsResource, { type: Type }>[];

/** Of clusters, services, task definitions and task sets. Tasks have none. The needs write each ARN as it is formed here. */
export const ecsTags: ReadTags = async (context, arns) => {
  const named = arns.flatMap((arn) => {
    const { region, accountId, resource } = parseEcsArn(arn) ?? {};
    const isOurs = region === context.region && accountId === context.accountId;
    return resource && isOurs ? [resource] : [];
  });
  const of = <Type extends EcsResource["type"]>(type: Type): Named<Type> =>
    named.filter((resource) => isOfType(resource, type));
  return [
    ...(await clusterTags(context, of("cluster"))),
    ...(await serviceTags(context, of("service"))),
    ...(await definitionTags(context, of("task-definition"))),
    ...(await taskSetTags(context, of("task-set"))),
  ];
};

function stored(tags: readonly EcsTag[], isGone?: boolean): StoredTags {
  return storedTags(
    tags.map(({ key, value }) => ({ Key: key, Value: value })),
    isGone,
  );
}

async function clusterTags({ db, ...scope }: TagsContext, named: Named<"cluster">): Promise<Found> {
  const found: (readonly [string, StoredTags])[] = [];
  for (const part of inListParts(named)) {
    const names = part.map(({ clusterName }) => clusterName);
    const rows = await db.selectFrom("ecs_clusters").selectAll().where("cluster_name", "in", names).execute();
    for (const row of rows) {
      found.push([clusterArn(scope, row.cluster_name), stored(CLUSTER_TAGS.read(row), row.status !== "ACTIVE")]);
    }
  }
  return found;
}

/** Of a name that was given again, those of the service that is there, as calls find it. */
async function serviceTags({ db, ...scope }: TagsContext, named: Named<"service">): Promise<Found> {
  const found = new Map<string, StoredTags>();
  for (const part of inListParts(named)) {
    const rows = await db
      .selectFrom("ecs_services")
      .select(["service_id", "cluster_name", "service_name", "status", "tags_json"])
      .where("service_name", "in", [...new Set(part.map(({ serviceName }) => serviceName))])
      .orderBy("created_at")
      .execute();
    for (const row of rows) {
      const arn = ecsServiceArn(scope, row.cluster_name, row.service_name);
      if (found.get(arn)?.isGone !== false) found.set(arn, stored(SERVICE_TAGS.read(row), row.status === "INACTIVE"));
    }
  }
  return [...found];
}

async function definitionTags({ db, ...scope }: TagsContext, named: Named<"task-definition">): Promise<Found> {
  const found: (readonly [string, StoredTags])[] = [];
  for (const part of inListParts(named)) {
    const rows = await db
      .selectFrom("ecs_task_definitions")
      .select(["family", "revision", "tags_json"])
      .where("family", "in", [...new Set(part.map(({ family }) => family))])
      .where("revision", "in", [...new Set(part.map(({ revision }) => revision))])
      .execute();
    for (const row of rows) {
      found.push([taskDefinitionArn(scope, row.family, row.revision), stored(TASK_DEFINITION_TAGS.read(row))]);
    }
  }
  return found;
}

async function taskSetTags({ db, ...scope }: TagsContext, named: Named<"task-set">): Promise<Found> {
  const found: (readonly [string, StoredTags])[] = [];
  for (const part of inListParts(named)) {
    const ids = part.map(({ taskSetId }) => taskSetId);
    const rows = await db
      .selectFrom("ecs_task_sets as task_set")
      .innerJoin("ecs_services as service", "service.service_id", "task_set.service_id")
      .select(["task_set.task_set_id", "task_set.definition_json", "service.cluster_name", "service.service_name"])
      .where("task_set.task_set_id", "in", ids)
      .execute();
    for (const row of rows) {
      const { service_name: serviceName, task_set_id: taskSetId } = row;
      const arn = taskSetArn(scope, row.cluster_name, { serviceName, taskSetId });
      found.push([arn, stored(TASK_SET_DEFINITION.read(row).tags)]);
    }
  }
  return found;
}
