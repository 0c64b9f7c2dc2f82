import type { UpdateDeploymentGroupInput, UpdateDeploymentGroupOutput } from "@aws-sdk/client-codedeploy";
import { checkGroupFields, checkWholeGroup } from "@sluice/model/input-checks/deployment-group-checks.ts";
import {
  checkDeploymentConfigName,
  requireApplicationName,
  requireDeploymentGroupName,
} from "@sluice/model/input-checks/required-names.ts";
import { changeGroupFields, groupFieldsOf } from "../../../groups/deployment-group-fields.ts";
import { GROUP_FIELDS } from "../../../store/columns/group-columns.ts";
import {
  findDeploymentGroup,
  lockDeploymentGroup,
  updateDeploymentGroup as updateRow,
} from "../../../store/deployment-groups.ts";
import { lockCounts } from "../../../store/lock-counts.ts";
import { isUniqueViolation } from "../../../store/unique-violation.ts";
import { requireApplication, requireDeploymentConfig, requireDeploymentGroup } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { groupExists } from "./create-deployment-group.ts";
import { checkEcsServiceIsFree, checkEcsServiceKind } from "./ecs-group-checks.ts";
import { checkLifecycleHooks } from "./lifecycle-hook-limit.ts";

/** There are no Auto Scaling hooks to clean up, so `hooksNotCleanedUp` is always empty. */
export const updateDeploymentGroup: CodeDeployOperation<
  UpdateDeploymentGroupInput,
  UpdateDeploymentGroupOutput
> = async (input, context) => {
  const applicationName = requireApplicationName(input.applicationName);
  const oldName = requireDeploymentGroupName(input.currentDeploymentGroupName, "currentDeploymentGroupName");
  const newName =
    input.newDeploymentGroupName === undefined
      ? oldName
      : requireDeploymentGroupName(input.newDeploymentGroupName, "newDeploymentGroupName");
  checkDeploymentConfigName(input.deploymentConfigName);
  const change = groupFieldsOf(input);
  checkGroupFields(change, context.limits);
  if (change.ecsServices) {
    const { db } = context.store;
    const group = await requireDeploymentGroup(db, await requireApplication(db, applicationName), oldName);
    const { serviceRoleArn } = { ...GROUP_FIELDS.read(group), ...change };
    await checkEcsServiceKind(change.ecsServices, serviceRoleArn, context.ecsServices);
  }
  try {
    await context.store.write(async (transaction) => {
      const { db } = transaction;
      await lockCounts(transaction);
      const application = await requireApplication(db, applicationName);
      const found = await requireDeploymentGroup(db, application, oldName);
      const before = (await lockDeploymentGroup(transaction, found.deployment_group_id)) ?? found;
      if (newName !== oldName && (await findDeploymentGroup(db, application.application_id, newName))) {
        throw groupExists(applicationName, newName);
      }
      const config = await requireDeploymentConfig(db, input.deploymentConfigName ?? before.deployment_config_name);
      const fields = changeGroupFields(GROUP_FIELDS.read(before), change);
      checkWholeGroup(application.compute_platform, config, fields, context.limits);
      await checkEcsServiceIsFree(db, before.deployment_group_id, fields);
      await checkLifecycleHooks(db, before.deployment_group_id, fields);
      const after = {
        ...before,
        deployment_group_name: newName,
        deployment_config_name: config.deploymentConfigName,
        fields_json: GROUP_FIELDS.write(fields),
      };
      await updateRow(db, context, applicationName, { before, after });
    });
  } catch (error) {
    throw isUniqueViolation(error) ? groupExists(applicationName, newName) : error;
  }
  return { hooksNotCleanedUp: [] };
};
