import { clusterArn, ecsServiceArn, parseEcsArn, taskArn } from "@sluice/model/ecs-arn.ts";
import type { ECS_TABLE } from "@sluice/wire/generated/ecs-shapes.ts";
import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { ANY_RESOURCE, type NeedsContext, needsOn } from "./needs-context.ts";

/** Members of ECS's inputs that name what a call is about. */
interface NamingMembers {
  readonly cluster?: string;
  readonly clusterName?: string;
  readonly clusters?: readonly string[];
  readonly service?: string;
  readonly serviceName?: string;
  readonly services?: readonly string[];
  readonly task?: string;
  readonly tasks?: readonly string[];
  readonly resourceArn?: string;
}

const DEFAULT_CLUSTER = "default";
/** Of all services or tasks, and of task definitions: AWS knows no resource of them either. */
const ON_ANY: ReadonlySet<string> = new Set([
  "DeregisterTaskDefinition",
  "DescribeTaskDefinition",
  "ListClusters",
  "ListServices",
  "ListTaskDefinitionFamilies",
  "ListTaskDefinitions",
  "ListTasks",
  "RegisterTaskDefinition",
]);

/** A service, a task or a cluster, by name or by ARN; task sets are asked of their service. */
export function ecsNeeds(operation: string, input: unknown, context: NeedsContext): readonly Need[] {
  const action: Action = `ecs:${operation as keyof typeof ECS_TABLE}`;
  const { cluster = DEFAULT_CLUSTER, clusterName, clusters, ...named } = input as NamingMembers;
  const ofCluster = lastPart(cluster);
  const services = [named.service, named.serviceName, ...(named.services ?? [])].filter((name) => name !== undefined);
  const tasks = [named.task, ...(named.tasks ?? [])].filter((name) => name !== undefined);
  if (ON_ANY.has(operation)) return [{ action, resource: ANY_RESOURCE }];
  if (named.resourceArn !== undefined) return [{ action, resource: named.resourceArn }];
  if (services.length > 0) {
    return needsOn(
      action,
      services.map((service) => arnOf(service) ?? ecsServiceArn(context, ofCluster, service)),
    );
  }
  if (tasks.length > 0) {
    return needsOn(
      action,
      tasks.map((task) => arnOf(task) ?? taskArn(context, ofCluster, task)),
    );
  }
  const names = clusters && clusters.length > 0 ? clusters : [clusterName ?? cluster];
  return needsOn(
    action,
    names.map((name) => arnOf(name) ?? clusterArn(context, name)),
  );
}

function arnOf(text: string): string | undefined {
  return parseEcsArn(text) ? text : undefined;
}

function lastPart(cluster: string): string {
  return cluster.slice(cluster.lastIndexOf("/") + 1);
}
