import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_ARN_CHARACTERS } from "@sluice/model/limits.ts";
import { applicationArn, deploymentGroupArn, parseCodeDeployArn } from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import type { Database } from "../../../store/schema.ts";
import type { OperationContext } from "../../operation.ts";
import { requireApplication, requireDeploymentGroup } from "./known-resources.ts";

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
      `ResourceArn "${excerpt(arn)}" is not a valid ARN: it looks like ${applicationArn({ region, accountId }, "NAME")}.`,
    );
  }
  const { resource } = parsed;
  if (resource.type === "other") {
    throw new CallerFault(
      "ArnNotSupportedException",
      `ResourceArn "${arn}" is not supported: only applications and deployment groups have tags here. Their ARNs look like ${applicationArn({ region, accountId }, "NAME")} and ${deploymentGroupArn({ region, accountId }, "NAME", "GROUP")}.`,
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
