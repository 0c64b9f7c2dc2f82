import type { Tag as TagInput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_ARN_CHARACTERS, MAX_RESOURCE_TAGS } from "@sluice/model/limits.ts";
import { applicationArn, deploymentGroupArn, parseCodeDeployArn } from "@sluice/model/resource-arn.ts";
import { type Tag, tagProblem } from "@sluice/model/tag-filter.ts";
import type { Kysely } from "kysely";
import type { Database } from "../../../store/schema.ts";
import type { OperationContext } from "../../operation.ts";
import { requireApplication, requireDeploymentGroup } from "./known-resources.ts";

/** AWS keeps this prefix for itself, whatever its case. */
const RESERVED_PREFIX = /^aws:/i;

/** The tags of CreateApplication, CreateDeploymentGroup and TagResource. */
export function readResourceTags(input: readonly TagInput[] | undefined): Tag[] {
  const tags = (input ?? []).map((tag) => {
    const problem = tagProblem(tag);
    if (problem !== undefined) throw invalidTags(`the tag ${tag.Key ?? ""}=${tag.Value ?? ""} ${problem}`);
    if (RESERVED_PREFIX.test(tag.Key!)) throw invalidTags(`the key ${tag.Key} begins with aws:, which is reserved`);
    return { Key: tag.Key!, Value: tag.Value ?? "" };
  });
  const twice = tags.find((tag, index) => tags.findIndex((other) => other.Key === tag.Key) !== index);
  if (twice) throw invalidTags(`the key ${twice.Key} is given twice: a resource has one value for a key`);
  checkResourceTagCount(tags.length);
  return tags;
}

export function checkResourceTagCount(count: number): void {
  if (count <= MAX_RESOURCE_TAGS) return;
  throw invalidTags(`the resource would have ${count} tags: at most ${MAX_RESOURCE_TAGS} are allowed`);
}

/** The application or deployment group that an ARN names: the ARN as tags are kept under. */
export async function requireTaggable(
  db: Kysely<Database>,
  { region, accountId }: Pick<OperationContext, "region" | "accountId">,
  arn: string,
): Promise<string> {
  const parsed = arn.length <= MAX_ARN_CHARACTERS ? parseCodeDeployArn(arn) : null;
  if (!parsed) {
    throw new CallerFault(
      "InvalidArnException",
      `ResourceArn "${arn}" is not a valid ARN: it looks like ${applicationArn({ region, accountId }, "NAME")}.`,
    );
  }
  const { resource } = parsed;
  if (resource.type === "other") {
    throw new CallerFault(
      "ArnNotSupportedException",
      `ResourceArn "${arn}" is not supported: only applications and deployment groups have tags here.`,
    );
  }
  if (parsed.region !== region || parsed.accountId !== accountId) {
    throw new CallerFault(
      "InvalidArnException",
      `ResourceArn "${arn}" is of the account ${parsed.accountId} in ${parsed.region}: here it is ${accountId} in ${region}.`,
    );
  }
  const application = await requireApplication(db, resource.applicationName);
  if (resource.type === "application") return applicationArn(parsed, application.application_name);
  const group = await requireDeploymentGroup(db, application, resource.deploymentGroupName);
  return deploymentGroupArn(parsed, application.application_name, group.deployment_group_name);
}

export function requireResourceArn(arn: string | undefined): string {
  if (arn) return arn;
  throw new CallerFault(
    "ResourceArnRequiredException",
    "ResourceArn is missing: give the ARN of an application or of a deployment group.",
  );
}

function invalidTags(message: string): CallerFault {
  return new CallerFault("InvalidTagsToAddException", `The tags are not valid: ${message}.`);
}
