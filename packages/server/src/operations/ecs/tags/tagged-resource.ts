import { CallerFault } from "@sluice/model/caller-fault.ts";
import { parseEcsArn } from "@sluice/model/ecs-arn.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { Kysely } from "kysely";
import {
  CLUSTER_TAGS,
  type EcsTag,
  SERVICE_TAGS,
  TASK_DEFINITION_TAGS,
  TASK_SET_DEFINITION,
} from "../../../store/columns/ecs-columns.ts";
import { changeCluster, findCluster } from "../../../store/ecs/clusters.ts";
import { changeService, findService, findServicesById } from "../../../store/ecs/services.ts";
import { changeTaskDefinition, findTaskDefinition } from "../../../store/ecs/task-definitions.ts";
import { changeTaskSet, findTaskSet } from "../../../store/ecs/task-sets.ts";
import type { Database } from "../../../store/schema.ts";
import { invalid } from "../checks/member-rules.ts";
import type { EcsContext } from "../ecs-context.ts";

/** What has tags: a cluster, a service, a task definition or a task set. */
export interface TaggedResource {
  readonly tags: readonly EcsTag[];
  readonly save: (tags: readonly EcsTag[]) => Promise<void>;
}

/** @throws CallerFault InvalidParameterException, ClusterNotFoundException, ResourceNotFoundException */
export async function requireTagged(
  db: Kysely<Database>,
  resourceArn: string | undefined,
  context: EcsContext,
): Promise<TaggedResource> {
  if (!resourceArn) throw invalid("resourceArn must be specified.");
  const arn = parseEcsArn(resourceArn);
  const isOurs = arn?.region === context.region && arn.accountId === context.accountId;
  if (!arn || !isOurs || arn.resource.type === "task") {
    throw invalid(
      `resourceArn ${excerpt(resourceArn)} is not the ARN of a cluster, service, task definition or task set of this server.`,
    );
  }
  const found = await findTagged(db, arn.resource);
  if (found) return found;
  if (arn.resource.type === "cluster") throw new CallerFault("ClusterNotFoundException", "Cluster not found.");
  throw new CallerFault("ResourceNotFoundException", `The specified resource ${excerpt(resourceArn)} was not found.`);
}

type Resource = Exclude<NonNullable<ReturnType<typeof parseEcsArn>>["resource"], { readonly type: "task" }>;

async function findTagged(db: Kysely<Database>, resource: Resource): Promise<TaggedResource | undefined> {
  switch (resource.type) {
    case "cluster": {
      const row = await findCluster(db, resource.clusterName);
      if (row?.status !== "ACTIVE") return undefined;
      const save = (tags: readonly EcsTag[]) =>
        changeCluster(db, row.cluster_name, { tags_json: CLUSTER_TAGS.write(tags) });
      return { tags: CLUSTER_TAGS.read(row), save };
    }
    case "service": {
      const row = await findService(db, resource);
      if (!row || row.status === "INACTIVE") return undefined;
      const save = (tags: readonly EcsTag[]) =>
        changeService(db, row.service_id, { tags_json: SERVICE_TAGS.write(tags) });
      return { tags: SERVICE_TAGS.read(row), save };
    }
    case "task-definition": {
      const row = await findTaskDefinition(db, resource.family, resource.revision);
      if (!row) return undefined;
      const save = (tags: readonly EcsTag[]) =>
        changeTaskDefinition(db, row, { tags_json: TASK_DEFINITION_TAGS.write(tags) });
      return { tags: TASK_DEFINITION_TAGS.read(row), save };
    }
    case "task-set": {
      const row = await findTaskSet(db, resource.taskSetId);
      const [service] = row ? await findServicesById(db, [row.service_id]) : [];
      // Policies were asked about the service in the ARN: the id of another service's task set finds nothing.
      const isNamed = service?.cluster_name === resource.clusterName && service.service_name === resource.serviceName;
      if (!row || !isNamed) return undefined;
      const definition = TASK_SET_DEFINITION.read(row);
      const save = (tags: readonly EcsTag[]) =>
        changeTaskSet(db, row.task_set_id, { definition_json: TASK_SET_DEFINITION.write({ ...definition, tags }) });
      return { tags: definition.tags, save };
    }
    default:
      return resource satisfies never;
  }
}
