import type { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { findHost, findLivingHostByName } from "../store/hosts.ts";
import {
  ANY_RESOURCE,
  type NeedsContext,
  needsOn,
  onApplication,
  onDeployments,
  onGroup,
  onHost,
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
    return needsOn(version === undefined ? "s3:GetObject" : "s3:GetObjectVersion", [`arn:aws:s3:::${bucket}/${key}`]);
  });
}

/** Members of the inputs of Sluice's operations by which a resource is named. */
interface NamingMembers {
  readonly deploymentId?: unknown;
  readonly fromDeploymentId?: unknown;
  readonly toDeploymentId?: unknown;
  readonly applicationName?: unknown;
  readonly deploymentGroupName?: unknown;
  readonly host?: unknown;
  readonly hostName?: unknown;
  readonly instanceId?: unknown;
}

/**
 * On which resource one of Sluice's own operations is allowed or not, by the members of its input that name one: a deployment's group, a group,
 * an application, a host; else on all.
 */
export async function sluiceNeeds(
  operation: string,
  input: NamingMembers,
  context: NeedsContext,
): Promise<readonly Need[]> {
  const needs = await resourceNeeds(`sluice:${operation as Operation}`, input, context);
  return operation === "CompareRevisions" ? [...needs, ...contentNeeds(input as object)] : needs;
}

async function resourceNeeds(action: Action, input: NamingMembers, context: NeedsContext): Promise<readonly Need[]> {
  const deploymentIds = texts(input.deploymentId, input.fromDeploymentId, input.toDeploymentId);
  if (deploymentIds.length > 0) return onDeployments(context, action, deploymentIds);
  const [applicationName] = texts(input.applicationName);
  const [groupName] = texts(input.deploymentGroupName);
  if (groupName !== undefined) return [onGroup(context, action, applicationName, groupName)];
  if (applicationName !== undefined) return [onApplication(context, action, applicationName)];
  const [host] = texts(input.host, input.hostName, input.instanceId);
  if (host !== undefined) return [onHost(context, action, await hostNameOf(context, host))];
  return [{ action, resource: ANY_RESOURCE }];
}

/** A host is named in policies by its name, however the call names it, which finds it as the operations do. */
async function hostNameOf({ db }: NeedsContext, nameOrId: string): Promise<string> {
  const found = (await findLivingHostByName(db, nameOrId)) ?? (await findHost(db, nameOrId));
  return found?.host_name ?? nameOrId;
}

function texts(...values: readonly unknown[]): string[] {
  return values.filter((value): value is string => typeof value === "string" && value !== "");
}
