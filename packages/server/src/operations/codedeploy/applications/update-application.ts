import type { UpdateApplicationInput } from "@aws-sdk/client-codedeploy";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { findApplication, renameApplication } from "../../../store/applications.ts";
import { isUniqueViolation } from "../../../store/unique-violation.ts";
import { requireApplication } from "../checks/known-resources.ts";
import type { CodeDeployOperation, NoOutput } from "../codedeploy-context.ts";
import { alreadyExists } from "./create-application.ts";

/** A rename, and nothing else. Groups, history and tags follow the new name; without one nothing changes. */
export const updateApplication: CodeDeployOperation<UpdateApplicationInput, NoOutput> = async (input, context) => {
  const name = requireApplicationName(input.applicationName);
  const newName =
    input.newApplicationName === undefined
      ? name
      : requireApplicationName(input.newApplicationName, "newApplicationName");
  try {
    await context.store.write(async ({ db }) => {
      const application = await requireApplication(db, name);
      if (newName === name) return;
      if (await findApplication(db, newName)) throw alreadyExists(newName);
      await renameApplication(db, context, application, newName);
    });
  } catch (error) {
    throw isUniqueViolation(error) ? alreadyExists(newName) : error;
  }
  return {};
};
