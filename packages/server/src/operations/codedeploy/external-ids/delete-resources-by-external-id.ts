import type { DeleteResourcesByExternalIdInput, DeleteResourcesByExternalIdOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { deploymentGroupArn } from "@sluice/model/resource-arn.ts";
import { type ApplicationRow, findApplication, removeApplication } from "../../../store/applications.ts";
import {
  type DeploymentGroupRow,
  deploymentGroupsOfApplication,
  findDeploymentGroup,
  removeDeploymentGroup,
} from "../../../store/deployment-groups.ts";
import {
  EXTERNAL_ID_TAG,
  externalIdsOf,
  resourcesWithExternalId,
  taggedResource,
} from "../../../store/external-ids.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { refuseShiftUnderWay } from "../checks/shift-under-way.ts";
import type { CodeDeployContext, CodeDeployOperation } from "../codedeploy-context.ts";

/**
 * The applications and groups whose tag `sluice:external-id` is that id, with all that DeleteApplication and DeleteDeploymentGroup delete: all of
 * them, or none. An id that nothing has is a success, and so is none: the API has no fault here.
 */
export const deleteResourcesByExternalId: CodeDeployOperation<
  DeleteResourcesByExternalIdInput,
  DeleteResourcesByExternalIdOutput
> = async ({ externalId }, context) => {
  if (!externalId) return {};
  const removed = await context.store.write(async (transaction) => {
    const tagged = (await resourcesWithExternalId(transaction.db, externalId)).map(taggedResource);
    const deploymentIds: string[] = [];
    // Groups first: one of an application that goes, too, is then gone already.
    for (const resource of tagged) {
      if (resource?.groupName === undefined) continue;
      deploymentIds.push(...(await removeGroup(transaction, context, resource.applicationName, resource.groupName)));
    }
    for (const resource of tagged) {
      if (!resource || resource.groupName !== undefined) continue;
      deploymentIds.push(...(await removeWhole(transaction, context, resource.applicationName)));
    }
    return deploymentIds;
  });
  await context.forgetOutput(removed);
  return {};
};

async function removeGroup(
  transaction: WriteTransaction,
  context: CodeDeployContext,
  applicationName: string,
  groupName: string,
): Promise<string[]> {
  const { db } = transaction;
  const application = await findApplication(db, applicationName);
  const group = application && (await findDeploymentGroup(db, application.application_id, groupName));
  if (!application || !group) return [];
  await refuseShiftUnderWay(db, application, group);
  return removeDeploymentGroup(transaction, context, applicationName, group);
}

async function removeWhole(
  transaction: WriteTransaction,
  context: CodeDeployContext,
  applicationName: string,
): Promise<string[]> {
  const application = await findApplication(transaction.db, applicationName);
  if (!application) return [];
  const groups = await deploymentGroupsOfApplication(transaction.db, application.application_id);
  await refuseGroupsOfOthers(transaction, context, application, groups);
  for (const group of groups) await refuseShiftUnderWay(transaction.db, application, group);
  return removeApplication(transaction, context, application);
}

/** Those with the id are gone already; one with another id is somebody else's, and would go with the application. */
async function refuseGroupsOfOthers(
  { db }: WriteTransaction,
  context: CodeDeployContext,
  { application_name: applicationName }: ApplicationRow,
  groups: readonly DeploymentGroupRow[],
): Promise<void> {
  const names = groups.map((group) => group.deployment_group_name);
  if (names.length === 0) return;
  const arns = names.map((name) => deploymentGroupArn(context, applicationName, name));
  const [other] = await externalIdsOf(db, arns);
  if (!other) return;
  throw new CallerFault(
    "InvalidOperationException",
    `The application ${applicationName} has the deployment group ${taggedResource(other[0])?.groupName}, whose tag ${EXTERNAL_ID_TAG} is '${other[1]}': it would be deleted with the application. Nothing was deleted. Remove that tag, or delete the group, and try again.`,
  );
}
