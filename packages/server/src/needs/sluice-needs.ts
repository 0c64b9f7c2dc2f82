import { MAX_NAMED_UPGRADE_HOSTS } from "@sluice/model/limits.ts";
import { sluiceHostArn } from "@sluice/model/resource-arn.ts";
import type { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { findDelivery } from "../store/deliveries.ts";
import { findHostByWord } from "../store/hosts.ts";
import { keyHolderArn, storedPolicyArn, storedRoleArn, storedUserArn } from "./identity-arns.ts";
import { loggedArns, type NamingLogs } from "./logged-arns.ts";
import {
  type NamedTags,
  type NeedsContext,
  needsOn,
  objectNeed,
  onApplication,
  onDeployments,
  onGroup,
  requestTags,
} from "./needs-context.ts";

type Operation = keyof typeof SLUICE_TABLE;

interface ReadRevision {
  readonly s3Location?: { readonly bucket?: string; readonly key?: string; readonly version?: string };
}

/** Revisions whose content an operation shows: whoever asks must be allowed to read them where they are. */
function contentNeeds({ from, to }: { readonly from?: ReadRevision; readonly to?: ReadRevision }): readonly Need[] {
  return [from, to].flatMap((revision) => {
    const { bucket, key, version } = revision?.s3Location ?? {};
    if (bucket === undefined || key === undefined) return [];
    return [objectNeed({ bucket, key, version })];
  });
}

/** Members of the inputs of Sluice's operations by which a resource is named. */
interface NamingMembers extends NamingLogs {
  readonly deploymentId?: unknown;
  readonly fromDeploymentId?: unknown;
  readonly toDeploymentId?: unknown;
  readonly notificationId?: unknown;
  readonly applicationName?: unknown;
  readonly deploymentGroupName?: unknown;
  readonly host?: unknown;
  readonly hostName?: unknown;
  readonly instanceId?: unknown;
  /** Names or ids. */
  readonly hosts?: unknown;
  readonly userName?: unknown;
  readonly roleName?: unknown;
  readonly policyName?: unknown;
  readonly accessKeyId?: unknown;
  /** Of a user or role that is made. */
  readonly path?: unknown;
  /** Of a host or a user. */
  readonly tags?: NamedTags;
  readonly tagKeys?: readonly string[];
}

/** What these make has the tags that they give: a host, one that enrols, a user. */
const MAKING: ReadonlySet<string> = new Set<Operation>(["CreateEnrolmentToken", "DeclareHost", "PutUser"]);

/**
 * On which resource one of Sluice's own operations is allowed or not, by the members of its input that name one: a deployment's group, a group,
 * an application, a host, a user, a role, a policy, a service or function whose logs are read; else on all.
 */
export async function sluiceNeeds(
  operation: string,
  input: NamingMembers,
  context: NeedsContext,
): Promise<readonly Need[]> {
  const needs = await resourceNeeds(`sluice:${operation as Operation}`, input, context);
  if (operation === "CompareRevisions") return [...needs, ...contentNeeds(input as object)];
  const { tags, tagKeys } = input;
  if (!tags && !tagKeys) return needs;
  const [isNew, replacesTags] = [MAKING.has(operation), operation === "PutUser"];
  return needs.map((need) => ({
    ...{ ...need, requestTags: requestTags(tags), takenTagKeys: tagKeys, isNew },
    ...(replacesTags && { replacesTags }),
  }));
}

async function resourceNeeds(action: Action, input: NamingMembers, context: NeedsContext): Promise<readonly Need[]> {
  const toldOf = await deploymentToldOf(input, context);
  const deploymentIds = texts(input.deploymentId, input.fromDeploymentId, input.toDeploymentId, toldOf);
  if (deploymentIds.length > 0) return onDeployments(context, action, deploymentIds);
  const [applicationName] = texts(input.applicationName);
  const [groupName] = texts(input.deploymentGroupName);
  if (groupName !== undefined) return [onGroup(context, action, applicationName, groupName)];
  if (applicationName !== undefined) return [onApplication(context, action, applicationName)];
  const resources = [
    ...(await identityArns(input, context)),
    ...(await hostArns(input, context)),
    ...(await loggedArns(input, context)),
  ];
  return needsOn(action, resources);
}

/** Of a trigger's message, which is about a deployment. */
async function deploymentToldOf({ notificationId }: NamingMembers, context: NeedsContext): Promise<string | undefined> {
  const [id] = texts(notificationId);
  return id === undefined ? undefined : (await findDelivery(context, id))?.deployment_id;
}

/** Of a key, the user or host whose it is. */
async function identityArns(input: NamingMembers, context: NeedsContext): Promise<readonly string[]> {
  const [path] = texts(input.path);
  const arns: string[] = [];
  for (const name of texts(input.userName)) arns.push(await storedUserArn(context, name, path));
  for (const name of texts(input.roleName)) arns.push(await storedRoleArn(context, name, path));
  for (const name of texts(input.policyName)) arns.push(await storedPolicyArn(context, name));
  for (const id of texts(input.accessKeyId)) {
    const holder = await keyHolderArn(context, id);
    if (holder !== undefined) arns.push(holder);
  }
  return arns;
}

async function hostArns(input: NamingMembers, context: NeedsContext): Promise<readonly string[]> {
  const [host] = texts(input.host, input.hostName, input.instanceId);
  const several = Array.isArray(input.hosts) ? texts(...input.hosts.slice(0, MAX_NAMED_UPGRADE_HOSTS)) : [];
  const arns: string[] = [];
  for (const one of host === undefined ? several : [host]) {
    arns.push(sluiceHostArn(context, await hostNameOf(context, one)));
  }
  return arns;
}

/** A host is named in policies by its name, however the call names it, which finds it as the operations do. */
async function hostNameOf({ db }: NeedsContext, nameOrId: string): Promise<string> {
  return (await findHostByWord(db, nameOrId))?.host_name ?? nameOrId;
}

function texts(...values: readonly unknown[]): string[] {
  return values.filter((value): value is string => typeof value === "string" && value !== "");
}
