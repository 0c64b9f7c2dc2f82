import type { CreateApplicationInput, CreateApplicationOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { COMPUTE_PLATFORMS } from "@sluice/model/deployment-config.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { readResourceTags } from "@sluice/model/input-checks/resource-tag-input.ts";
import { applicationArn } from "@sluice/model/resource-arn.ts";
import { raisedBy } from "@sluice/model/service-limits.ts";
import { countApplications, findApplication, insertApplication } from "../../../store/applications.ts";
import { lockCounts } from "../../../store/lock-counts.ts";
import { putResourceTags } from "../../../store/resource-tags.ts";
import { isUniqueViolation } from "../../../store/unique-violation.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

export const createApplication: CodeDeployOperation<CreateApplicationInput, CreateApplicationOutput> = async (
  input,
  context,
) => {
  const name = requireApplicationName(input.applicationName);
  const computePlatform = COMPUTE_PLATFORMS.find((platform) => platform === (input.computePlatform ?? "Server"));
  if (!computePlatform) {
    throw new CallerFault(
      "InvalidComputePlatformException",
      `computePlatform is "${excerpt(input.computePlatform)}": use one of ${COMPUTE_PLATFORMS.join(", ")}.`,
    );
  }
  const tags = readResourceTags(input.tags, context.limits);
  const application = {
    application_id: context.randomUuid(),
    application_name: name,
    compute_platform: computePlatform,
    created_at: context.now(),
  };
  try {
    await context.store.write(async (transaction) => {
      const { db } = transaction;
      await lockCounts(transaction);
      if (await findApplication(db, name)) throw alreadyExists(name);
      const { applications } = context.limits;
      if ((await countApplications(db)) >= applications) {
        throw new CallerFault(
          "ApplicationLimitExceededException",
          `There are ${applications} applications already, which is the most allowed. Delete one that is not used: \`sluice applications delete NAME\`, or ${raisedBy("applications")}.`,
        );
      }
      await insertApplication(db, application);
      await putResourceTags(db, applicationArn(context, name), tags);
    });
  } catch (error) {
    throw isUniqueViolation(error) ? alreadyExists(name) : error;
  }
  return { applicationId: application.application_id };
};

export function alreadyExists(name: string): CallerFault {
  return new CallerFault(
    "ApplicationAlreadyExistsException",
    `The application ${name} already exists with the user or AWS account: choose another name. \`sluice applications list\` shows those that exist.`,
  );
}
