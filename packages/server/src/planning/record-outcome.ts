import { isHost } from "@sluice/engine/host-targets.ts";
import { LATE_HOSTS_CREATOR } from "@sluice/engine/late-hosts.ts";
import { ROLLBACK_CREATOR } from "@sluice/engine/rollback.ts";
import type { DeploymentState, Strategy, TargetState } from "@sluice/engine/state.ts";
import { DEPLOYMENT_REQUEST } from "../store/columns/deployment-columns.ts";
import type { DeploymentRequest } from "../store/columns/deployment-request.ts";
import { GROUP_FIELDS } from "../store/columns/group-columns.ts";
import { lockDeploymentGroup } from "../store/deployment-groups.ts";
import type { DeploymentRow } from "../store/deployments.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import { replacementSelection } from "../store/new-deployment.ts";

/** They install nothing: the group is where it was before the deployment that they undo. */
const WAYS_BACK: ReadonlySet<Strategy["type"]> = new Set(["blue-green-rollback", "ecs-rollback", "lambda-rollback"]);

/** The group follows its deployments: what was attempted last, what succeeded last, and the revision that it has now. */
export async function recordOutcome(
  transaction: WriteTransaction,
  row: DeploymentRow,
  { status, strategy, targets }: Pick<DeploymentState, "status" | "strategy" | "targets">,
): Promise<void> {
  // Late hosts were brought to what the group has, and a group that was rolled back stays so.
  if (row.creator === LATE_HOSTS_CREATOR) return;
  if (status !== "Succeeded" || WAYS_BACK.has(strategy.type)) return;
  await transaction.db
    .updateTable("deployment_groups")
    .set({
      target_revision_json: row.revision_json,
      last_successful_deployment_id: row.deployment_id,
      // A rollback that went well restores the old state; the failure that called for it stays until something new succeeds.
      ...(row.creator === ROLLBACK_CREATOR || isRestart(strategy) ? {} : { rolled_back_json: null }),
    })
    .where("deployment_group_id", "=", row.deployment_group_id)
    .execute();
  if (strategy.type !== "blue-green") return;
  const { targetInstances } = DEPLOYMENT_REQUEST.read(row);
  await adoptReplacements(transaction, row.deployment_group_id, targetInstances, targets ?? []);
}

function isRestart(strategy: Strategy): boolean {
  return strategy.type === "in-place" && strategy.restarts === true;
}

/** The replacement hosts are the group's from now on, and the originals are not: its tags select them, as CodeDeploy does with fleets. */
async function adoptReplacements(
  transaction: WriteTransaction,
  deploymentGroupId: string,
  targetInstances: DeploymentRequest["targetInstances"],
  targets: readonly TargetState[],
): Promise<void> {
  const { db } = transaction;
  // Somebody may be changing the group's other fields at this moment.
  const group = await lockDeploymentGroup(transaction, deploymentGroupId);
  if (!group) return;
  const { ec2TagFilters: _, ec2TagSet: __, ...fields } = GROUP_FIELDS.read(group);
  await db
    .updateTable("deployment_groups")
    .set({ fields_json: GROUP_FIELDS.write({ ...fields, ...replacementSelection(targetInstances) }) })
    .where("deployment_group_id", "=", deploymentGroupId)
    .execute();
  const originals = targets
    .filter(isHost)
    .filter(({ label }) => label === "Blue")
    .map(({ targetId }) => targetId);
  if (originals.length === 0) return;
  await db
    .deleteFrom("group_hosts")
    .where("deployment_group_id", "=", deploymentGroupId)
    .where("target_id", "in", originals)
    .execute();
}
