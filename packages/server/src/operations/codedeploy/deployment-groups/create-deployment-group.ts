import type { CreateDeploymentGroupInput, CreateDeploymentGroupOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { DEFAULT_CONFIG_NAMES } from "@sluice/model/deployment-config.ts";
import {
  checkGroupFields,
  checkWholeGroup,
  requireServiceRole,
} from "@sluice/model/input-checks/deployment-group-checks.ts";
import {
  checkDeploymentConfigName,
  requireApplicationName,
  requireDeploymentGroupName,
} from "@sluice/model/input-checks/required-names.ts";
import { readResourceTags } from "@sluice/model/input-checks/resource-tag-input.ts";
import { deploymentGroupArn } from "@sluice/model/resource-arn.ts";
import { raisedBy } from "@sluice/model/service-limits.ts";
import { DEFAULT_GROUP_FIELDS, groupFieldsOf } from "../../../groups/deployment-group-fields.ts";
import { GROUP_FIELDS } from "../../../store/columns/group-columns.ts";
import { countDeploymentGroups, findDeploymentGroup, insertDeploymentGroup } from "../../../store/deployment-groups.ts";
import { lockCounts } from "../../../store/lock-counts.ts";
import { putResourceTags } from "../../../store/resource-tags.ts";
import { isUniqueViolation } from "../../../store/unique-violation.ts";
import { requireApplication, requireDeploymentConfig } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { checkEcsServiceIsFree, checkEcsServiceKind } from "./ecs-group-checks.ts";
import { checkLifecycleHooks } from "./lifecycle-hook-limit.ts";

export const createDeploymentGroup: CodeDeployOperation<
  CreateDeploymentGroupInput,
  CreateDeploymentGroupOutput
> = async (input, context) => {
  const applicationName = requireApplicationName(input.applicationName);
  const name = requireDeploymentGroupName(input.deploymentGroupName);
  const serviceRoleArn = requireServiceRole(input.serviceRoleArn);
  checkDeploymentConfigName(input.deploymentConfigName);
  const given = groupFieldsOf({ ...input, serviceRoleArn });
  checkGroupFields(given, context.limits);
  const tags = readResourceTags(input.tags, context.limits);
  await checkEcsServiceKind(given.ecsServices, serviceRoleArn, context.ecsServices);
  const deploymentGroupId = context.randomUuid();
  const createdAt = context.now();
  try {
    await context.store.write(async (transaction) => {
      const { db } = transaction;
      await lockCounts(transaction);
      const { application_id: applicationId, compute_platform: platform } = await requireApplication(
        db,
        applicationName,
      );
      if (await findDeploymentGroup(db, applicationId, name)) throw groupExists(applicationName, name);
      const config = await requireDeploymentConfig(db, input.deploymentConfigName ?? DEFAULT_CONFIG_NAMES[platform]);
      const fields = { ...DEFAULT_GROUP_FIELDS[platform], ...given, serviceRoleArn };
      checkWholeGroup(platform, config, fields, context.limits);
      await checkEcsServiceIsFree(db, deploymentGroupId, fields);
      await checkLifecycleHooks(db, deploymentGroupId, fields);
      const { groupsPerApplication } = context.limits;
      if ((await countDeploymentGroups(db, applicationId)) >= groupsPerApplication) {
        throw new CallerFault(
          "DeploymentGroupLimitExceededException",
          `The application ${applicationName} has ${groupsPerApplication} deployment groups already, which is the most allowed. Delete one that is not used: \`sluice groups delete\`, or ${raisedBy("groupsPerApplication")}.`,
        );
      }
      await insertDeploymentGroup(db, {
        deployment_group_id: deploymentGroupId,
        application_id: applicationId,
        deployment_group_name: name,
        deployment_config_name: config.deploymentConfigName,
        fields_json: GROUP_FIELDS.write(fields),
        target_revision_json: null,
        last_attempted_deployment_id: null,
        last_successful_deployment_id: null,
        rolled_back_json: null,
        settings_json: null,
        created_at: createdAt,
      });
      await putResourceTags(db, deploymentGroupArn(context, applicationName, name), tags);
    });
  } catch (error) {
    throw isUniqueViolation(error) ? groupExists(applicationName, name) : error;
  }
  return { deploymentGroupId };
};

export function groupExists(applicationName: string, name: string): CallerFault {
  return new CallerFault(
    "DeploymentGroupAlreadyExistsException",
    `The deployment group ${name} already exists in the application ${applicationName}: choose another name, or change that one with \`sluice groups update\`.`,
  );
}
