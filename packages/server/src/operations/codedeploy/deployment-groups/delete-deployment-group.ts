import type { DeleteDeploymentGroupInput, DeleteDeploymentGroupOutput } from "@aws-sdk/client-codedeploy";
import { requireApplicationName, requireDeploymentGroupName } from "@sluice/model/input-checks/required-names.ts";
import { findApplication } from "../../../store/applications.ts";
import { findDeploymentGroup, removeDeploymentGroup } from "../../../store/deployment-groups.ts";
import { refuseShiftUnderWay } from "../checks/shift-under-way.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/**
 * The group with its deployment history. An unknown group or application is a success: the API has no fault for it here. A deployment to
 * hosts that is under way ends with its group, as in DeleteApplication; one that moves traffic keeps it from being deleted.
 */
export const deleteDeploymentGroup: CodeDeployOperation<
  DeleteDeploymentGroupInput,
  DeleteDeploymentGroupOutput
> = async (input, context) => {
  const applicationName = requireApplicationName(input.applicationName);
  const name = requireDeploymentGroupName(input.deploymentGroupName);
  const removed = await context.store.write(async (transaction) => {
    const { db } = transaction;
    const application = await findApplication(db, applicationName);
    const group = application && (await findDeploymentGroup(db, application.application_id, name));
    if (!application || !group) return [];
    await refuseShiftUnderWay(db, application, group);
    return removeDeploymentGroup(transaction, context, applicationName, group);
  });
  await context.forgetOutput(removed);
  return { hooksNotCleanedUp: [] };
};
