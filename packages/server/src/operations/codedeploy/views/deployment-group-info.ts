import type { DeploymentGroupInfo, LastDeploymentInfo } from "@aws-sdk/client-codedeploy";
import type { Kysely } from "kysely";
import type { ApplicationRow } from "../../../store/applications.ts";
import { GROUP_FIELDS, TARGET_REVISION } from "../../../store/columns/group-columns.ts";
import type { DeploymentGroupRow } from "../../../store/deployment-groups.ts";
import { findDeployments } from "../../../store/deployment-history.ts";
import type { DeploymentRow } from "../../../store/deployments.ts";
import type { Database } from "../../../store/schema.ts";
import { withoutContent } from "../checks/revision-input.ts";
import { shownGroupFields } from "./shown-group-fields.ts";

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

function deploymentGroupInfo(
  application: ApplicationRow,
  row: DeploymentGroupRow,
  deployments: ReadonlyMap<string, DeploymentRow>,
): DeploymentGroupInfo {
  const targetRevision = TARGET_REVISION.read(row);
  const fields = GROUP_FIELDS.read(row);
  return {
    ...shownGroupFields(application.compute_platform, fields),
    autoScalingGroups: (fields.autoScalingGroups ?? []).map((name) => ({ name })),
    applicationName: application.application_name,
    deploymentGroupId: row.deployment_group_id,
    deploymentGroupName: row.deployment_group_name,
    deploymentConfigName: row.deployment_config_name,
    computePlatform: application.compute_platform,
    targetRevision: targetRevision === null ? undefined : withoutContent(targetRevision),
    lastAttemptedDeployment: lastDeploymentInfo(deployments.get(row.last_attempted_deployment_id ?? "")),
    lastSuccessfulDeployment: lastDeploymentInfo(deployments.get(row.last_successful_deployment_id ?? "")),
  };
}

function lastDeploymentInfo(row: DeploymentRow | undefined): LastDeploymentInfo | undefined {
  return (
    row && {
      deploymentId: row.deployment_id,
      status: row.status,
      endTime: row.completed_at === null ? undefined : new Date(row.completed_at),
      createTime: new Date(row.created_at),
    }
  );
}
