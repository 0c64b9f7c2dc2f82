import { type EcsResource, parseEcsArn } from "@sluice/model/ecs-arn.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { invalid } from "./member-rules.ts";

/** What clusters, services and families may be called, as in ECS. */
const NAME = /^[A-Za-z0-9_-]{1,255}$/;
export const MAX_ECS_NAME_CHARACTERS = 255;
/** What a call means that names no cluster. */
export const DEFAULT_CLUSTER = "default";

/** @param member as the call has it */
export function requireEcsName(name: string | undefined, member: string): string {
  if (name === undefined || name === "") throw invalid(`${member} must be specified.`);
  if (NAME.test(name)) return name;
  throw invalid(
    `${member} ${excerpt(name)} is not valid: use 1 to ${MAX_ECS_NAME_CHARACTERS} letters, digits, hyphens and underscores.`,
  );
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

function isOfType<Type extends EcsResource["type"]>(
  resource: EcsResource,
  type: Type,
): resource is Extract<EcsResource, { type: Type }> {
  return resource.type === type;
}
