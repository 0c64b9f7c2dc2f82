import type { DeploymentSummary, TargetCounts } from "@sluice/wire/sluice/console-api.ts";
import {
  DEPLOYMENT_REQUEST,
  DEPLOYMENT_REVISION,
  DEPLOYMENT_ROLLBACK,
} from "../../../store/columns/deployment-columns.ts";
import { countTargetsByStatus } from "../../../store/deployment-history.ts";
import type { DeploymentRow } from "../../../store/deployments.ts";
import { inListParts } from "../../../store/in-list.ts";
import type { Store } from "../../../store/open-store.ts";
import { loadShiftingTargets } from "../../../store/targets.ts";
import { withoutContent } from "../../codedeploy/checks/revision-input.ts";

/** Deployments as rows of a list, in the order of the rows. */
export async function deploymentSummaries(
  store: Pick<Store, "db">,
  rows: readonly DeploymentRow[],
): Promise<DeploymentSummary[]> {
  const counts = new Map<string, ReadonlyMap<string, number>>();
  for (const part of inListParts(rows.map((row) => row.deployment_id))) {
    for (const [id, byStatus] of await countTargetsByStatus(store.db, part)) counts.set(id, byStatus);
  }
  const shifting = rows.filter((row) => row.compute_platform !== "Server").map((row) => row.deployment_id);
  const targets = await loadShiftingTargets(store, shifting);
  const percents = new Map(
    [...targets].flatMap(([id, target]) => (target.type === "host" ? [] : [[id, target.shift.percent] as const])),
  );
  return rows.map((row) => deploymentSummary(row, counts.get(row.deployment_id), percents.get(row.deployment_id)));
}

function deploymentSummary(
  row: DeploymentRow,
  counts: ReadonlyMap<string, number> | undefined,
  shiftPercent: number | undefined,
): DeploymentSummary {
  const { deploymentConfigName, description } = DEPLOYMENT_REQUEST.read(row);
  const { rollbackDeploymentId, rollbackTriggeringDeploymentId } = DEPLOYMENT_ROLLBACK.read(row) ?? {};
  return {
    deploymentId: row.deployment_id,
    applicationName: row.application_name,
    deploymentGroupName: row.deployment_group_name,
    computePlatform: row.compute_platform,
    status: row.status,
    creator: row.creator,
    deploymentConfigName,
    revision: withoutContent(DEPLOYMENT_REVISION.read(row)),
    ...(description ? { description } : {}),
    createdAt: new Date(row.created_at),
    ...(row.started_at === null ? {} : { startedAt: new Date(row.started_at) }),
    ...(row.completed_at === null ? {} : { completedAt: new Date(row.completed_at) }),
    targets: targetCounts(counts),
    ...(row.error_code === null ? {} : { errorCode: row.error_code }),
    ...(row.error_message === null ? {} : { errorMessage: row.error_message }),
    ...(shiftPercent === undefined ? {} : { shiftPercent }),
    ...(rollbackTriggeringDeploymentId ? { rollbackOf: rollbackTriggeringDeploymentId } : {}),
    ...(rollbackDeploymentId ? { rolledBackBy: rollbackDeploymentId } : {}),
  };
}

/** A target whose state is unknown is one that is not known to have finished, as in the API's overview. */
function targetCounts(counts: ReadonlyMap<string, number> | undefined): TargetCounts {
  const count = (status: string) => counts?.get(status) ?? 0;
  return {
    pending: count("Pending"),
    inProgress: count("InProgress") + count("Unknown"),
    succeeded: count("Succeeded"),
    failed: count("Failed"),
    skipped: count("Skipped"),
    ready: count("Ready"),
  };
}
