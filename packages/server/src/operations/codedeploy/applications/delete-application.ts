import type { DeleteApplicationInput } from "@aws-sdk/client-codedeploy";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { findApplication, removeApplication } from "../../../store/applications.ts";
import { deploymentGroupsOfApplication } from "../../../store/deployment-groups.ts";
import { refuseShiftUnderWay } from "../checks/shift-under-way.ts";
import type { CodeDeployOperation, NoOutput } from "../codedeploy-context.ts";

/**
 * The application with its groups, revisions and deployment history. An unknown name is a success: the API has no fault for it here.
 * A deployment to hosts that is under way is no obstacle, as the API has no fault for that either: it ends with its history, and a script
 * that runs on a host at that moment is the last one. One that moves traffic keeps the application from being deleted.
 */
export const deleteApplication: CodeDeployOperation<DeleteApplicationInput, NoOutput> = async (input, context) => {
  const name = requireApplicationName(input.applicationName);
  const removed = await context.store.write(async (transaction) => {
    const application = await findApplication(transaction.db, name);
    if (!application) return [];
    for (const group of await deploymentGroupsOfApplication(transaction.db, application.application_id)) {
      await refuseShiftUnderWay(transaction.db, application, group);
    }
    return removeApplication(transaction, context, application);
  });
  await context.forgetOutput(removed);
  return {};
};
