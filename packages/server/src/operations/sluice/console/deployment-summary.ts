import type { ShiftState } from "@sluice/engine/state.ts";
import { appSpecSubject } from "@sluice/model/app-spec-subject.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { DeploymentSummary, LastDeployment, TargetCounts } from "@sluice/wire/sluice/console-api.ts";
import {
  DEPLOYMENT_REQUEST,
  DEPLOYMENT_REVISION,
  DEPLOYMENT_ROLLBACK,
} from "../../../store/columns/deployment-columns.ts";
import type { Store } from "../../../store/open-store.ts";
import type { SummaryRow } from "../../../store/summary-columns.ts";
import { countTargets, type StatusCounts } from "../../../store/target-counts.ts";
import { loadShiftingTargets } from "../../../store/targets.ts";
import { withoutContent } from "../../codedeploy/checks/revision-input.ts";

/** One summary for each row, in their order, with counts of their targets. */
export async function deploymentSummaries(
  store: Pick<Store, "db">,
  rows: readonly SummaryRow[],
): Promise<DeploymentSummary[]> {
  const counts = await countTargets(store.db, rows);
  const shifts = await loadShiftingTargets(
    store,
    rows.filter((row) => row.compute_platform !== "Server").map((row) => row.deployment_id),
  );
  return rows.map((row) => deploymentSummary(row, counts.get(row.deployment_id), shifts.get(row.deployment_id)?.shift));
}

function deploymentSummary(
  row: SummaryRow,
  counts: StatusCounts | undefined,
  shift: ShiftState | undefined,
): DeploymentSummary {
  const { deploymentConfigName, deploymentMode, description } = DEPLOYMENT_REQUEST.read(row);
  const last = lastDeployment(row);
  const percent = shift && shiftPercent(last.rollbackOf !== undefined, shift);
  return {
    ...last,
    createdBy: row.created_by ?? undefined,
    applicationName: row.application_name,
    deploymentGroupName: row.deployment_group_name,
    computePlatform: row.compute_platform,
    deploymentConfigName,
    deploymentMode,
    ...(description ? { description } : {}),
    targets: targetCounts(counts),
    ...(percent === undefined ? {} : { shiftPercent: percent }),
  };
}

export function lastDeployment(row: Omit<SummaryRow, "request_json" | "created_by">): LastDeployment {
  const rollback = DEPLOYMENT_ROLLBACK.read(row);
  const revision = DEPLOYMENT_REVISION.read(row);
  return {
    deploymentId: row.deployment_id,
    status: row.status,
    creator: row.creator,
    revision: withoutContent(revision),
    deploys: deployedBy(revision),
    createdAt: new Date(row.created_at),
    startedAt: row.started_at === null ? undefined : new Date(row.started_at),
    completedAt: row.completed_at === null ? undefined : new Date(row.completed_at),
    errorCode: row.error_code ?? undefined,
    errorMessage: row.error_message ?? undefined,
    rollbackOf: rollback?.rollbackTriggeringDeploymentId,
    rolledBackBy: rollback?.rollbackDeploymentId,
  };
}

/** By the text of an AppSpec, which no list shows. */
export function deployedBy(revision: RevisionLocation): string | undefined {
  const inCall = "appSpecContent" in revision ? revision.appSpecContent : "string" in revision && revision.string;
  return inCall && inCall.content !== undefined ? appSpecSubject(inCall.content) : undefined;
}

/** A rollback begins where the traffic was left, which it does not know until it has moved it. */
function shiftPercent(isRollback: boolean, { percent, changedAt }: ShiftState): number | undefined {
  return isRollback && changedAt === null ? undefined : percent;
}

function targetCounts(counts: StatusCounts | undefined): TargetCounts {
  const count = (status: Parameters<StatusCounts["get"]>[0]) => counts?.get(status) ?? 0;
  return {
    pending: count("Pending"),
    inProgress: count("InProgress"),
    succeeded: count("Succeeded"),
    failed: count("Failed") + count("Unknown"),
    skipped: count("Skipped"),
    ready: count("Ready"),
  };
}
