import { clusterArn, ecsResourceArn, ecsServiceArn, parseEcsArn, taskArn } from "@sluice/model/ecs-arn.ts";
import type { ECS_TABLE } from "@sluice/wire/generated/ecs-shapes.ts";
import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { ANY_RESOURCE, creationNeeds, type NeedsContext, needsOn, requestTags } from "./needs-context.ts";

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
  readonly family?: string;
  /** Of what is made or tagged. */
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[];
  readonly tagKeys?: readonly string[];
}

/** What a call means that names no cluster, or an empty one. */
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

const TAG: Action = "ecs:TagResource";

/** What the call is about, and the tags that it gives or takes away: what is made with tags is asked for {@link TAG}, too, as in AWS. */
export function ecsNeeds(operation: string, input: unknown, context: NeedsContext): readonly Need[] {
  const { tags, tagKeys, family = ANY_RESOURCE } = input as NamingMembers;
  const given = requestTags(tags?.map(({ key, value }) => ({ Key: key, Value: value })));
  const needs = resourceNeeds(operation, input, context);
  const [need] = needs;
  const { region, accountId } = context;
  if (need === undefined) return needs;
  switch (operation) {
    case "CreateCluster":
    case "CreateService":
      return creationNeeds(need, TAG, given);
    case "RegisterTaskDefinition":
      return creationNeeds(need, TAG, given, `arn:aws:ecs:${region}:${accountId}:task-definition/${family}:*`);
    case "CreateTaskSet":
      return creationNeeds(need, TAG, given, `${need.resource.replace(":service/", ":task-set/")}/*`);
    case "TagResource":
      return [{ ...need, requestTags: given }];
    case "UntagResource":
      return [{ ...need, takenTagKeys: tagKeys }];
    default:
      return needs;
  }
}

/** A service, a task or a cluster, by name or by ARN; task sets are asked of their service. */
function resourceNeeds(operation: string, input: unknown, context: NeedsContext): readonly Need[] {
  const action: Action = `ecs:${operation as keyof typeof ECS_TABLE}`;
  const { cluster: givenCluster, clusterName, clusters, ...named } = input as NamingMembers;
  const cluster = givenCluster || DEFAULT_CLUSTER;
  const ofCluster = lastPart(cluster);
  const arnOf = (text: string) => ownArn(context, text);
  const services = [named.service, named.serviceName, ...(named.services ?? [])].filter((name) => name !== undefined);
  const tasks = [named.task, ...(named.tasks ?? [])].filter((name) => name !== undefined);
  if (ON_ANY.has(operation)) return [{ action, resource: ANY_RESOURCE }];
  if (named.resourceArn !== undefined) return [{ action, resource: arnOf(named.resourceArn) ?? named.resourceArn }];
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
    names.map((name) => arnOf(name) ?? clusterArn(context, name || DEFAULT_CLUSTER)),
  );
}

/** Written as policies write it: of another partition it means the same here. Undefined: the text is no ARN. */
function ownArn({ region, accountId }: NeedsContext, text: string): string | undefined {
  const arn = parseEcsArn(text);
  if (!arn) return undefined;
  return arn.region === region && arn.accountId === accountId ? ecsResourceArn(arn, arn.resource) : text;
}

function lastPart(cluster: string): string {
  return cluster.slice(cluster.lastIndexOf("/") + 1);
}
