import type { DeploymentCreator, DeploymentInfo, DeploymentOverview, ErrorCode } from "@aws-sdk/client-codedeploy";
import type { Kysely } from "kysely";
import {
  DEPLOYMENT_REQUEST,
  DEPLOYMENT_REVISION,
  DEPLOYMENT_ROLLBACK,
  type DeploymentHead,
  PREVIOUS_REVISION,
} from "../../../store/columns/deployment-columns.ts";
import { countTargetsByStatus } from "../../../store/deployment-history.ts";
import { type DeploymentRow, readHead } from "../../../store/deployments.ts";
import type { Database } from "../../../store/schema.ts";
import { withoutContent } from "../checks/revision-input.ts";

/** One info for each row, in their order. */
export async function deploymentInfos(
  db: Kysely<Database>,
  rows: readonly DeploymentRow[],
  /** What keeps all deployments under way waiting; null: nothing does. */
  trouble: string | null = null,
): Promise<DeploymentInfo[]> {
  const counts = await countTargetsByStatus(
    db,
    rows.map((row) => row.deployment_id),
  );
  return rows.map((row) => deploymentInfo(row, counts.get(row.deployment_id), trouble));
}

function deploymentInfo(
  row: DeploymentRow,
  counts: ReadonlyMap<string, number> | undefined,
  trouble: string | null,
): DeploymentInfo {
  const head = readHead(row);
  const previousRevision = PREVIOUS_REVISION.read(row);
  return {
    ...DEPLOYMENT_REQUEST.read(row),
    applicationName: row.application_name,
    deploymentGroupName: row.deployment_group_name,
    deploymentId: row.deployment_id,
    computePlatform: row.compute_platform,
    creator: row.creator as DeploymentCreator,
    externalId: row.external_id ?? undefined,
    revision: withoutContent(DEPLOYMENT_REVISION.read(row)),
    previousRevision: previousRevision === null ? undefined : withoutContent(previousRevision),
    status: row.status,
    errorInformation:
      row.error_code === null
        ? undefined
        : { code: row.error_code as ErrorCode, message: row.error_message ?? undefined },
    createTime: new Date(row.created_at),
    startTime: row.started_at === null ? undefined : new Date(row.started_at),
    completeTime: row.completed_at === null ? undefined : new Date(row.completed_at),
    deploymentOverview: counts && showsOverview(row) ? deploymentOverview(counts) : undefined,
    deploymentStatusMessages: [...head.statusMessages, ...(row.active === 1 && trouble !== null ? [trouble] : [])],
    instanceTerminationWaitTimeStarted: head.stage === "terminate" && keepsOriginals(head),
    rollbackInfo: DEPLOYMENT_ROLLBACK.read(row) ?? undefined,
  };
}

/** Of ECS it is not shown before the end (codedeploy-semantics.md, section 5). */
function showsOverview({ compute_platform, active }: DeploymentRow): boolean {
  return compute_platform !== "ECS" || active === 0;
}

/** A way back removes at once what it goes back from. */
function keepsOriginals({ strategy }: DeploymentHead): boolean {
  return strategy.type === "blue-green" || strategy.type === "ecs-blue-green";
}

/** The API counts no Unknown: a host whose state is unknown is one that is not known to have finished. */
function deploymentOverview(counts: ReadonlyMap<string, number>): DeploymentOverview {
  const count = (status: string) => counts.get(status) ?? 0;
  return {
    Pending: count("Pending"),
    InProgress: count("InProgress") + count("Unknown"),
    Succeeded: count("Succeeded"),
    Failed: count("Failed"),
    Skipped: count("Skipped"),
    Ready: count("Ready"),
  };
}
