import {
  type ArnScope,
  applicationArn,
  deploymentConfigArn,
  deploymentGroupArn,
  onPremisesInstanceArn,
} from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import type { Action } from "../access/action.ts";
import type { Need, ResourceTags } from "../access/need.ts";
import { compiledListQuery } from "../store/compiled-query.ts";
import type { Database } from "../store/schema.ts";

/** What it takes to say which resources a call is about. Nothing of the input has been checked yet but its shape. */
export interface NeedsContext extends ArnScope {
  readonly db: Kysely<Database>;
  /** The caller's own ARN, of a user: calls of IAM that name nobody are about the caller. */
  readonly ownArn?: string | undefined;
}

/** What the call needs, in the order in which it is told. Of nothing that exists it is asked on all: whoever may not, is not told what there is. */
export type NeedsOf<Input> = (input: Input, context: NeedsContext) => readonly Need[] | Promise<readonly Need[]>;

/** On no resource, or on all: what a list or a service as a whole is asked for. */
export const ANY_RESOURCE = "*";

/** One action on each of the resources; on all where none is named. */
export function needsOn(action: Action, resources: readonly string[]): readonly Need[] {
  const named = resources.length > 0 ? [...new Set(resources)] : [ANY_RESOURCE];
  return named.map((resource) => ({ action, resource }));
}

/** To read an object of a bucket: what is called otherwise of a version of it. */
export function objectNeed(object: {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string | undefined;
}): Need {
  const action = object.version === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  return { action, resource: `arn:aws:s3:::${object.bucket}/${object.key}` };
}

export type NamedTags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];

/** As a condition sees them; undefined: the call gives none. */
export function requestTags(tags: NamedTags | undefined): ResourceTags | undefined {
  if (!tags || tags.length === 0) return undefined;
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/**
 * To make a resource: what is given to it is asked for with the action, and once more with the action that tags, where AWS asks for both.
 *
 * @param made what the call makes, where its own action is about something else, such as a listener's load balancer
 */
export function creationNeeds(
  create: Pick<Need, "action" | "resource">,
  tag: Action,
  given: ResourceTags | undefined,
  made?: string,
): readonly Need[] {
  const [, operation = ""] = create.action.split(":");
  const need: Need = { ...create, requestTags: given, ...(made === undefined && { isNew: true }) };
  if (!given) return [need];
  const resource = made ?? create.resource;
  return [need, { action: tag, resource, requestTags: given, isNew: true, createAction: operation }];
}

/** What a call about an application or a group gives besides its action. */
type Given = Pick<Need, "or" | "requestTags" | "isNew">;

export function onApplication(
  context: NeedsContext,
  action: Action,
  applicationName: string | undefined,
  given: Given = {},
): Need {
  return { action, resource: applicationArn(context, applicationName ?? ANY_RESOURCE), ...given };
}

export function onGroup(
  context: NeedsContext,
  action: Action,
  applicationName: string | undefined,
  groupName: string | undefined,
  given: Given = {},
): Need {
  const resource = deploymentGroupArn(context, applicationName ?? ANY_RESOURCE, groupName ?? ANY_RESOURCE);
  return { action, resource, ...given };
}

export function onConfig(context: NeedsContext, action: Action, configName: string | undefined): Need {
  return { action, resource: deploymentConfigArn(context, configName ?? ANY_RESOURCE) };
}

export function onInstance(context: NeedsContext, action: Action, instanceName: string | undefined): Need {
  return { action, resource: onPremisesInstanceArn(context, instanceName ?? ANY_RESOURCE) };
}

/** On the groups of the deployments; on all groups for what is no deployment's id, and for no id at all. */
export async function onDeployments(
  context: NeedsContext,
  action: Action,
  deploymentIds: readonly (string | undefined)[] | undefined,
): Promise<readonly Need[]> {
  const ids = [...new Set((deploymentIds ?? []).filter((id) => id !== undefined))].slice(0, MAX_ASKED);
  const rows = ids.length === 0 ? [] : (await groupsOfDeployments(context.db, ids)).rows;
  const needs = new Map<string, Need>();
  for (const { application_name, deployment_group_name } of rows) {
    const need = onGroup(context, action, application_name, deployment_group_name);
    needs.set(need.resource, need);
  }
  if (rows.length < ids.length || ids.length === 0) {
    const need = onGroup(context, action, undefined, undefined);
    needs.set(need.resource, need);
  }
  return [...needs.values()];
}

const groupsOfDeployments = compiledListQuery((db, deploymentIds) =>
  db
    .selectFrom("deployments")
    .select(["deployment_id", "application_name", "deployment_group_name"])
    .where("deployment_id", "in", deploymentIds),
);

/** Of a batch: one that is longer is refused for its length, whoever sends it. */
const MAX_ASKED = 100;
