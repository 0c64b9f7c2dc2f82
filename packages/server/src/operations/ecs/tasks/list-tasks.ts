import type { ListTasksRequest, ListTasksResponse } from "@aws-sdk/client-ecs";
import { taskArn, taskDefinitionArn } from "@sluice/model/ecs-arn.ts";
import { SERVICE_DEFINITION } from "../../../store/columns/ecs-columns.ts";
import { listServicesOfCluster } from "../../../store/ecs/services.ts";
import { listTaskIds } from "../../../store/ecs/tasks.ts";
import { requireEcsName } from "../checks/ecs-names.ts";
import { requireCluster, requireService } from "../checks/found.ts";
import { readLaunchType } from "../checks/launch-type.ts";
import { invalid, requireSupported } from "../checks/member-rules.ts";
import { requireOneOf } from "../checks/one-of.ts";
import { namedPage } from "../checks/paging.ts";
import { LIST_TASKS_RULES } from "../checks/service-members.ts";
import type { EcsContext, EcsOperation } from "../ecs-context.ts";

export const listTasks: EcsOperation<ListTasksRequest, ListTasksResponse> = async (input, context) => {
  requireSupported(input, LIST_TASKS_RULES);
  const page = namedPage("ListTasks", input, context);
  const [after] = page.after ?? [""];
  const { db } = context.store;
  const { cluster_name: clusterName } = await requireCluster(db, input.cluster, context);
  // Nothing is ever wanted to be PENDING: ECS answers none, too.
  const desiredStatus = requireOneOf(input.desiredStatus ?? "RUNNING", "desiredStatus", [
    "RUNNING",
    "STOPPED",
    "PENDING",
  ]);
  if (desiredStatus === "PENDING") return { taskArns: [] };
  const ids = await listTaskIds(db, {
    clusterName,
    desiredStatus,
    serviceIds: await serviceIds(input, clusterName, context),
    taskSetId: input.startedBy,
    definitionPrefix: input.family === undefined ? undefined : familyPrefix(input.family, context),
    after,
    limit: page.limit,
  });
  const { items, nextToken } = page.cut(ids, (id) => [id]);
  return { taskArns: items.map((id) => taskArn(context, clusterName, id)), nextToken };
};

/** Undefined: of any service. */
async function serviceIds(
  { serviceName, launchType, startedBy, cluster }: ListTasksRequest,
  clusterName: string,
  context: EcsContext,
): Promise<readonly string[] | undefined> {
  const { db } = context.store;
  if (serviceName !== undefined && startedBy !== undefined) {
    throw invalid("serviceName and startedBy cannot be given together: give one of them.");
  }
  const wanted = launchType === undefined ? undefined : readLaunchType(launchType);
  const named =
    serviceName === undefined ? undefined : [await requireService(db, { cluster, service: serviceName }, context)];
  if (wanted === undefined) return named?.map((row) => row.service_id);
  const rows = named ?? (await listServicesOfCluster(db, clusterName, ""));
  return rows.filter((row) => SERVICE_DEFINITION.read(row).launchType === wanted).map((row) => row.service_id);
}

/** What the ARNs of all revisions of a family begin with. */
function familyPrefix(family: string, context: EcsContext): string {
  return taskDefinitionArn(context, requireEcsName(family, "family"), 0).slice(0, -1);
}
