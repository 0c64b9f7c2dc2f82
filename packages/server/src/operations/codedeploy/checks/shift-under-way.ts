import { ROLLBACK_CREATOR } from "@sluice/engine/rollback.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Kysely } from "kysely";
import type { ApplicationRow } from "../../../store/applications.ts";
import type { DeploymentGroupRow } from "../../../store/deployment-groups.ts";
import { findActiveDeploymentId, findDeployment } from "../../../store/deployment-history.ts";
import type { Database } from "../../../store/schema.ts";

/**
 * A deployment that moves traffic cannot go with its group: the traffic would stay split between two task sets, or versions, and nobody
 * could bring it on or back. Hosts are left with whole events, and the next deployment goes on from them.
 */
export async function refuseShiftUnderWay(
  db: Kysely<Database>,
  { compute_platform: platform }: ApplicationRow,
  { deployment_group_id: groupId, deployment_group_name: groupName }: DeploymentGroupRow,
): Promise<void> {
  if (platform === "Server") return;
  const deploymentId = await findActiveDeploymentId(db, groupId);
  const active = deploymentId === undefined ? undefined : await findDeployment(db, deploymentId);
  if (!active) return;
  const isWayBack = active.creator === ROLLBACK_CREATOR;
  const cure = isWayBack ? "" : `, or take the traffic back: sluice stop ${deploymentId} --rollback`;
  throw new CallerFault(
    "InvalidOperationException",
    `The Deployment Group '${groupName}' has an active Deployment '${deploymentId}', which moves traffic. Without it the traffic would stay as it is now, and nobody could move it on or back. Delete the group after its end. Wait for that: sluice watch ${deploymentId}${cure}`,
  );
}
