import type { ArnScope } from "./resource-arn.ts";

/** ARNs of what ECS owns, in the long form, which has the cluster's name. */

export function clusterArn(scope: ArnScope, clusterName: string): string {
  return `${prefix(scope)}cluster/${clusterName}`;
}

export function ecsServiceArn(scope: ArnScope, clusterName: string, serviceName: string): string {
  return `${prefix(scope)}service/${clusterName}/${serviceName}`;
}

export function taskArn(scope: ArnScope, clusterName: string, taskId: string): string {
  return `${prefix(scope)}task/${clusterName}/${taskId}`;
}

/** @param taskSetId `ecs-svc/` and digits */
export function taskSetArn(
  scope: ArnScope,
  clusterName: string,
  { serviceName, taskSetId }: { readonly serviceName: string; readonly taskSetId: string },
): string {
  return `${prefix(scope)}task-set/${clusterName}/${serviceName}/${taskSetId}`;
}

export function taskDefinitionArn(scope: ArnScope, family: string, revision: number): string {
  return `${prefix(scope)}task-definition/${family}:${revision}`;
}

function prefix({ region, accountId }: ArnScope): string {
  return `arn:aws:ecs:${region}:${accountId}:`;
}

export type EcsResource =
  | { readonly type: "cluster"; readonly clusterName: string }
  | { readonly type: "service"; readonly clusterName: string; readonly serviceName: string }
  | { readonly type: "task"; readonly clusterName: string; readonly taskId: string }
  | {
      readonly type: "task-set";
      readonly clusterName: string;
      readonly serviceName: string;
      readonly taskSetId: string;
    }
  | { readonly type: "task-definition"; readonly family: string; readonly revision: number };

export interface EcsArn extends ArnScope {
  readonly resource: EcsResource;
}

const ARN = /^arn:aws[a-z-]*:ecs:([a-z0-9-]+):(\d{12}):([a-z-]+)\/(.+)$/;
const DEFINITION = /^([A-Za-z0-9_-]{1,255}):(\d{1,9})$/;

/** Undefined: it is none of ECS' ARNs, or of a resource that is not known here. */
export function parseEcsArn(arn: string): EcsArn | undefined {
  const [, region, accountId, type, path] = ARN.exec(arn) ?? [];
  if (region === undefined || accountId === undefined || path === undefined) return undefined;
  const resource = resourceOf(type, path);
  return resource && { region, accountId, resource };
}

/** The one ARN that stands for it here, however a caller wrote it. */
export function ecsResourceArn(scope: ArnScope, resource: EcsResource): string {
  switch (resource.type) {
    case "cluster":
      return clusterArn(scope, resource.clusterName);
    case "service":
      return ecsServiceArn(scope, resource.clusterName, resource.serviceName);
    case "task":
      return taskArn(scope, resource.clusterName, resource.taskId);
    case "task-set":
      return taskSetArn(scope, resource.clusterName, resource);
    case "task-definition":
      return taskDefinitionArn(scope, resource.family, resource.revision);
    default:
      return resource satisfies never;
  }
}

/** A name, or what an ARN of this account and region names; undefined: it names nothing that can be here. */
export function namedResource<Type extends EcsResource["type"]>(
  text: string,
  type: Type,
  scope: ArnScope,
): string | Extract<EcsResource, { type: Type }> | undefined {
  if (!text.startsWith("arn:")) return text;
  const arn = parseEcsArn(text);
  if (!arn || arn.region !== scope.region || arn.accountId !== scope.accountId) return undefined;
  const { resource } = arn;
  return isOfType(resource, type) ? resource : undefined;
}

export function isOfType<Type extends EcsResource["type"]>(
  resource: EcsResource,
  type: Type,
): resource is Extract<EcsResource, { type: Type }> {
  return resource.type === type;
}

function resourceOf(type: string | undefined, path: string): EcsResource | undefined {
  const [clusterName = "", second, ...rest] = path.split("/");
  switch (type) {
    case "cluster":
      return second === undefined ? { type, clusterName } : undefined;
    case "service":
      return second && rest.length === 0 ? { type, clusterName, serviceName: second } : undefined;
    case "task":
      return second && rest.length === 0 ? { type, clusterName, taskId: second } : undefined;
    case "task-set":
      return second && rest.length === 2
        ? { type, clusterName, serviceName: second, taskSetId: rest.join("/") }
        : undefined;
    case "task-definition":
      return definitionOf(path);
    default:
      return undefined;
  }
}

function definitionOf(path: string): EcsResource | undefined {
  const [, family, revision] = DEFINITION.exec(path) ?? [];
  return family === undefined ? undefined : { type: "task-definition", family, revision: Number(revision) };
}
