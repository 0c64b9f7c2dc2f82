import type { BatchGetDeploymentGroupsInput, BatchGetDeploymentGroupsOutput } from "@aws-sdk/client-codedeploy";
import { requireApplicationName, requireDeploymentGroupName } from "@sluice/model/input-checks/required-names.ts";
import { MAX_BATCH_DEPLOYMENT_GROUPS } from "@sluice/model/limits.ts";
import { findDeploymentGroups } from "../../../store/deployment-groups.ts";
import { checkBatchSize } from "../checks/batch-size.ts";
import { deploymentGroupMissing, requireApplication } from "../checks/known-resources.ts";
import { requireDeploymentGroupNames } from "../checks/required-lists.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { deploymentGroupInfos } from "../views/deployment-group-info.ts";

/** In the order asked for; unknown groups are left out and named in `errorMessage`, which is otherwise empty. */
export const batchGetDeploymentGroups: CodeDeployOperation<
  BatchGetDeploymentGroupsInput,
  BatchGetDeploymentGroupsOutput
> = async (input, { store: { db } }) => {
  const applicationName = requireApplicationName(input.applicationName);
  const given = requireDeploymentGroupNames(input.deploymentGroupNames, "deploymentGroupNames");
  checkBatchSize("deploymentGroupNames", given, MAX_BATCH_DEPLOYMENT_GROUPS);
  const names = given.map((name) => requireDeploymentGroupName(name, "deploymentGroupNames"));
  const application = await requireApplication(db, applicationName);
  const rows = new Map(
    (await findDeploymentGroups(db, application.application_id, names)).map((row) => [row.deployment_group_name, row]),
  );
  const found = names.flatMap((name) => rows.get(name) ?? []);
  const missing = names.filter((name) => !rows.has(name));
  return {
    deploymentGroupsInfo: await deploymentGroupInfos(db, application, found),
    errorMessage: missing.map((name) => deploymentGroupMissing(application, name)).join("; "),
  };
};
