import { ecsServiceArn, parseEcsArn } from "@sluice/model/ecs-arn.ts";
import { functionArn, parseFunctionReference } from "@sluice/model/lambda-arn.ts";
import type { NeedsContext } from "./needs-context.ts";

/** Members of the operations that read logs, by which they name whose. */
export interface NamingLogs {
  readonly function?: unknown;
  readonly task?: unknown;
  readonly cluster?: unknown;
  readonly service?: unknown;
}

/** Of a function the function itself, whatever version is named: they write one log. Of a task its service, as of its task sets. */
export async function loggedArns(input: NamingLogs, context: NeedsContext): Promise<readonly string[]> {
  const { function: named, task, cluster, service } = input;
  if (typeof named === "string") {
    const { functionName } = parseFunctionReference(named) ?? {};
    return functionName === undefined ? [] : [functionArn(context, functionName)];
  }
  if (typeof task === "string") return serviceOfTask(task, context);
  if (typeof cluster !== "string" || typeof service !== "string") return [];
  // As the operation reads them: each by its name, or by the part of an ARN that is about it.
  const [ofCluster, ofService] = [parseEcsArn(cluster)?.resource, parseEcsArn(service)?.resource];
  const clusterName = ofCluster?.type === "cluster" ? ofCluster.clusterName : cluster;
  return [ecsServiceArn(context, clusterName, ofService?.type === "service" ? ofService.serviceName : service)];
}

async function serviceOfTask(task: string, context: NeedsContext): Promise<readonly string[]> {
  const named = parseEcsArn(task)?.resource;
  const row = await context.db
    .selectFrom("ecs_tasks as task")
    .innerJoin("ecs_services as service", "service.service_id", "task.service_id")
    .select(["service.cluster_name", "service.service_name"])
    .where("task.task_id", "=", named?.type === "task" ? named.taskId : task)
    .executeTakeFirst();
  return row ? [ecsServiceArn(context, row.cluster_name, row.service_name)] : [];
}
