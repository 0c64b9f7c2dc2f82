import type { RollbackInfo, TargetInstances } from "@aws-sdk/client-codedeploy";
import { createdDeployment } from "@sluice/engine/created-deployment.ts";
import { LATE_HOSTS_CREATOR } from "@sluice/engine/late-hosts.ts";
import type { AlarmWatch, Strategy } from "@sluice/engine/state.ts";
import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import type { ApplicationRow } from "./applications.ts";
import {
  DEPLOYMENT_HEAD,
  DEPLOYMENT_INTENT,
  DEPLOYMENT_REQUEST,
  DEPLOYMENT_REVISION,
  DEPLOYMENT_ROLLBACK,
  type DeploymentHead,
} from "./columns/deployment-columns.ts";
import type { DeploymentIntent, DeploymentRequest } from "./columns/deployment-request.ts";
import type { DeploymentGroupFields } from "./columns/group-columns.ts";
import type { DeploymentGroupRow } from "./deployment-groups.ts";
import { takeSnapshot } from "./deployment-snapshots.ts";
import type { WriteTransaction } from "./group-commit.ts";

/** The replacement hosts of a blue/green deployment, selected in the shape in which groups select theirs. */
export function replacementSelection(
  targetInstances: TargetInstances | undefined,
): Pick<DeploymentGroupFields, "ec2TagFilters" | "ec2TagSet"> {
  const { tagFilters, ec2TagSet } = targetInstances ?? {};
  return tagFilters && tagFilters.length > 0 ? { ec2TagFilters: tagFilters } : { ec2TagSet };
}

export interface NewDeployment {
  readonly deploymentId: string;
  readonly application: ApplicationRow;
  readonly group: DeploymentGroupRow;
  /** `user`, `codeDeployRollback`, … */
  readonly creator: string;
  /** ARN of the caller; null: the server itself began it. */
  readonly createdBy?: string | null;
  readonly revision: RevisionLocation;
  readonly strategy: Strategy;
  readonly alarms: AlarmWatch | null;
  readonly request: DeploymentRequest;
  readonly intent?: DeploymentIntent | undefined;
  readonly statusMessages: readonly string[];
  /** Set on a rollback: what it rolls back. */
  readonly rollbackInfo?: RollbackInfo | undefined;
  /** Of the group or its application when it was created; absent: they have none. */
  readonly externalId?: string | null | undefined;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/**
 * Adds a deployment that the runner finds due at once, with a snapshot of its group's settings, and tells its group. The unique index `deployments_one_active` refuses it
 * when the group has an active one.
 */
export async function insertNewDeployment(transaction: WriteTransaction, deployment: NewDeployment): Promise<void> {
  const { db } = transaction;
  const { deploymentId, application, group, creator, revision, request, createdAt } = deployment;
  await db
    .insertInto("deployments")
    .values({
      deployment_id: deploymentId,
      application_id: application.application_id,
      application_name: application.application_name,
      deployment_group_id: group.deployment_group_id,
      deployment_group_name: group.deployment_group_name,
      compute_platform: application.compute_platform,
      status: "Created",
      active: 1,
      advancing: 0,
      watches_alarms: deployment.alarms === null ? 0 : 1,
      creator,
      revision_key: revisionKey(revision),
      revision_json: DEPLOYMENT_REVISION.write(revision),
      previous_revision_json: group.target_revision_json,
      request_json: DEPLOYMENT_REQUEST.write(request),
      intent_json: deployment.intent ? DEPLOYMENT_INTENT.write(deployment.intent) : null,
      state_json: DEPLOYMENT_HEAD.write(firstHead(deployment)),
      external_id: deployment.externalId ?? null,
      created_by: deployment.createdBy ?? null,
      created_at: createdAt,
      started_at: null,
      completed_at: null,
      error_code: null,
      error_message: null,
      wake_at: createdAt,
      rollback_json: deployment.rollbackInfo ? DEPLOYMENT_ROLLBACK.write(deployment.rollbackInfo) : null,
      last_sequence: 0,
      quarantined: null,
    })
    .execute();
  await takeSnapshot(transaction, {
    deploymentId,
    application,
    group,
    deploymentConfigName: request.deploymentConfigName,
    at: createdAt,
  });
  // Late hosts are brought to what the group has: no attempt of the group's.
  if (creator === LATE_HOSTS_CREATOR) return;
  await db
    .updateTable("deployment_groups")
    .set({ last_attempted_deployment_id: deploymentId })
    .where("deployment_group_id", "=", group.deployment_group_id)
    .execute();
}

/** A deployment as it is before the planner has looked at it. */
export function firstHead({
  deploymentId,
  group,
  strategy,
  alarms,
  statusMessages,
  createdAt,
}: Pick<NewDeployment, "deploymentId" | "strategy" | "alarms" | "statusMessages" | "createdAt"> & {
  readonly group: Pick<DeploymentGroupRow, "deployment_group_name">;
}): DeploymentHead {
  const { targets: _, ...head } = createdDeployment({
    deploymentId,
    deploymentGroupName: group.deployment_group_name,
    strategy,
    alarms,
    statusMessages,
    createdAt,
  });
  return head;
}
