import type { InstanceInfo } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_TAGS, type Tag, tagProblem } from "@sluice/model/tag-filter.ts";
import { hostNameProblem } from "../../hosts/host-identity.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import { findHost, type HostRow, lockHostNames, setHostTags, tagsOf } from "../../store/hosts.ts";

/** Instances in one BatchGetOnPremisesInstances (codedeploy-semantics.md, section 10). */
export const MAX_BATCH_GET = 25;
/** Instances in one call that changes tags. AWS publishes no figure. */
export const MAX_TAGGED_INSTANCES = 100;

export function requireInstanceName(instanceName: string | undefined): string {
  if (!instanceName) {
    throw new CallerFault(
      "InstanceNameRequiredException",
      "instanceName is missing: name the on-premises instance. `aws deploy list-on-premises-instances` lists those that are registered.",
    );
  }
  const problem = hostNameProblem(instanceName);
  if (problem === undefined) return instanceName;
  throw new CallerFault("InvalidInstanceNameException", `The instance name "${excerpt(instanceName)}" ${problem}.`);
}

/** Each name once. */
export function requireInstanceNames(instanceNames: readonly string[] | undefined): string[] {
  if (!instanceNames || instanceNames.length === 0) {
    throw new CallerFault(
      "InstanceNameRequiredException",
      "instanceNames is missing or empty: name at least one on-premises instance.",
    );
  }
  return [...new Set(instanceNames.map(requireInstanceName))];
}

export function requireTags(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Tag[] {
  if (!tags || tags.length === 0)
    throw new CallerFault("TagRequiredException", "tags is missing or empty: give at least one tag.");
  if (tags.length > MAX_TAGS) {
    throw new CallerFault(
      "TagLimitExceededException",
      `tags holds ${tags.length} tags: at most ${MAX_TAGS} are allowed for one instance.`,
    );
  }
  return tags.map((tag) => {
    const problem = tagProblem(tag);
    if (problem !== undefined) {
      throw new CallerFault(
        "InvalidTagException",
        `The tag ${excerpt(`${tag.Key ?? ""}=${tag.Value ?? ""}`)} ${problem}.`,
      );
    }
    return { Key: tag.Key!, Value: tag.Value ?? "" };
  });
}

export function isOnPremises(row: HostRow | undefined): row is HostRow {
  return row?.kind === "on-premises";
}

export function notRegistered(instanceName: string): CallerFault {
  return new CallerFault(
    "InstanceNotRegisteredException",
    `The on-premises instance ${instanceName} is not registered. Register it first: \`sluice agent enroll --on-premises\` on the host, or \`aws deploy register-on-premises-instance\`.`,
  );
}

export function instanceInfo(row: HostRow): InstanceInfo {
  return {
    instanceName: row.host_id,
    ...(row.iam_session_arn === null ? {} : { iamSessionArn: row.iam_session_arn }),
    ...(row.iam_user_arn === null ? {} : { iamUserArn: row.iam_user_arn }),
    ...(row.instance_arn === null ? {} : { instanceArn: row.instance_arn }),
    registerTime: new Date(row.declared_at),
    ...(row.retired_at === null ? {} : { deregisterTime: new Date(row.retired_at) }),
    tags: tagsOf(row),
  };
}

/** Changes the tags of registered instances: of all of them, or of none. */
export async function changeTags(
  transaction: WriteTransaction,
  instanceNames: readonly string[],
  change: (tags: Tag[], instanceName: string) => Tag[],
): Promise<void> {
  await lockHostNames(transaction);
  for (const instanceName of instanceNames) {
    const row = await findHost(transaction.db, instanceName);
    if (!isOnPremises(row) || row.retired_at !== null) throw notRegistered(instanceName);
    await setHostTags(transaction, row.host_id, change(tagsOf(row), instanceName));
  }
}

export function requireFewInstances(instanceNames: readonly string[]): void {
  if (instanceNames.length <= MAX_TAGGED_INSTANCES) return;
  throw new CallerFault(
    "InstanceLimitExceededException",
    `instanceNames holds ${instanceNames.length} names: at most ${MAX_TAGGED_INSTANCES} are allowed in one call. Tag them in several calls.`,
  );
}
