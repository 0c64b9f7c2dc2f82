import type { DeleteApplicationInput } from "@aws-sdk/client-codedeploy";
import { findApplication, removeApplication } from "../../../store/applications.ts";
import { requireApplicationName } from "../checks/required-names.ts";
import type { CodeDeployOperation, NoOutput } from "../codedeploy-context.ts";

/**
 * The application with its groups, revisions and deployment history. An unknown name is a success: the API has no fault for it here.
 * A deployment that is under way is no obstacle, as the API has no fault for that either: it ends with its history, and a script
 * that runs on a host at that moment is the last one.
 */
export const deleteApplication: CodeDeployOperation<DeleteApplicationInput, NoOutput> = async (input, context) => {
  const name = requireApplicationName(input.applicationName);
  const removed = await context.store.write(async (transaction) => {
    const application = await findApplication(transaction.db, name);
    return application ? removeApplication(transaction, context, application) : [];
  });
  await context.forgetOutput(removed);
  return {};
};
