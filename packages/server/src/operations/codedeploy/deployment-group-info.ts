import type { DeploymentGroupInfo, DeploymentStatus, LastDeploymentInfo } from "@aws-sdk/client-codedeploy";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { Kysely } from "kysely";
import type { ApplicationRow } from "../../store/applications.ts";
import type { DeploymentGroupRow } from "../../store/deployment-groups.ts";
import { findDeployments } from "../../store/deployment-history.ts";
import type { DeploymentRow } from "../../store/deployments.ts";
import type { Database } from "../../store/schema.ts";
import type { DeploymentGroupFields } from "./deployment-group-fields.ts";
import { withoutContent } from "./revision-input.ts";

/** One info for each row, in their order. */
export async function deploymentGroupInfos(
  db: Kysely<Database>,
  application: ApplicationRow,
  rows: readonly DeploymentGroupRow[],
): Promise<DeploymentGroupInfo[]> {
  const ids = rows.flatMap((row) => [row.last_attempted_deployment_id, row.last_successful_deployment_id]);
  const deployments = await findDeployments(db, [...new Set(ids.filter((id) => id !== null))]);
  const byId = new Map(deployments.map((deployment) => [deployment.deployment_id, deployment]));
  return rows.map((row) => deploymentGroupInfo(application, row, byId));
}

/** Lists that were never given are empty, as the service shows them; everything else that was never given is absent. */
function deploymentGroupInfo(
  application: ApplicationRow,
  row: DeploymentGroupRow,
  deployments: ReadonlyMap<string, DeploymentRow>,
): DeploymentGroupInfo {
  const { autoScalingGroups, ec2TagSet, onPremisesTagSet, ...fields } = JSON.parse(
    row.fields_json,
  ) as DeploymentGroupFields;
  return {
    ec2TagFilters: [],
    onPremisesInstanceTagFilters: [],
    triggerConfigurations: [],
    ...fields,
    // A cleared set is no set: otherwise it would read as one that matches nothing.
    ...(ec2TagSet?.ec2TagSetList?.length ? { ec2TagSet } : {}),
    ...(onPremisesTagSet?.onPremisesTagSetList?.length ? { onPremisesTagSet } : {}),
    autoScalingGroups: (autoScalingGroups ?? []).map((name) => ({ name })),
    applicationName: application.application_name,
    deploymentGroupId: row.deployment_group_id,
    deploymentGroupName: row.deployment_group_name,
    deploymentConfigName: row.deployment_config_name,
    computePlatform: application.compute_platform,
    targetRevision:
      row.target_revision_json === null
        ? undefined
        : withoutContent(JSON.parse(row.target_revision_json) as RevisionLocation),
    lastAttemptedDeployment: lastDeploymentInfo(deployments.get(row.last_attempted_deployment_id ?? "")),
    lastSuccessfulDeployment: lastDeploymentInfo(deployments.get(row.last_successful_deployment_id ?? "")),
  };
}

function lastDeploymentInfo(row: DeploymentRow | undefined): LastDeploymentInfo | undefined {
  return (
    row && {
      deploymentId: row.deployment_id,
      status: row.status as DeploymentStatus,
      endTime: row.completed_at === null ? undefined : new Date(row.completed_at),
      createTime: new Date(row.created_at),
    }
  );
}
