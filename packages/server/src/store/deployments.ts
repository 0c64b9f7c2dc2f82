import { isTerminal } from "@sluice/engine/state.ts";
import { type Selectable, type SqlBool, sql } from "kysely";
import { DEPLOYMENT_HEAD, type DeploymentHead } from "./columns/deployment-columns.ts";
import { compiledQuery } from "./compiled-query.ts";
import { gatheredQuery } from "./gathered-query.ts";
import type { WriteTransaction } from "./group-commit.ts";
import type { DeploymentsTable } from "./schema.ts";

export type DeploymentRow = Selectable<DeploymentsTable>;

export function readHead(row: Pick<DeploymentRow, "deployment_id" | "state_json">): DeploymentHead {
  return DEPLOYMENT_HEAD.read(row);
}

/** Whether agents' completions may make the next event available without a plan. */
export function isAdvancing(head: DeploymentHead): boolean {
  return head.status === "InProgress" && head.halt === null && head.stopRequestedAt === null;
}

/** One deployment by its id, whole. */
export const oneDeployment = compiledQuery((db, { deploymentId }: { readonly deploymentId: string }) =>
  db.selectFrom("deployments").selectAll().where("deployment_id", "=", deploymentId),
);

/** For the many hosts of one deployment that ask at once. */
export const findDeployment = gatheredQuery(
  (db, { key }) => db.selectFrom("deployments").selectAll().where("deployment_id", "=", key),
  (db, { keys }) => db.selectFrom("deployments").selectAll().where(sql<SqlBool>`deployment_id = ANY(${keys})`),
  (row) => row.deployment_id,
);

const oneDeploymentLocked = compiledQuery((db, { deploymentId }: { readonly deploymentId: string }) =>
  db.selectFrom("deployments").selectAll().where("deployment_id", "=", deploymentId).forUpdate(),
);

/** Locked until the transaction ends, so that events are numbered without a gap and stop and completion cannot cross. */
export async function lockDeployments(
  { db, dialect }: WriteTransaction,
  deploymentIds: readonly string[],
): Promise<DeploymentRow[]> {
  const [deploymentId] = deploymentIds;
  if (deploymentId === undefined) return [];
  if (deploymentIds.length === 1) {
    const select = dialect === "postgres" ? oneDeploymentLocked : oneDeployment;
    return (await select(db, { deploymentId })).rows;
  }
  const query = db.selectFrom("deployments").selectAll().where("deployment_id", "in", deploymentIds);
  // In one order everywhere, so that two servers never wait for each other.
  const ordered = query.orderBy("deployment_id");
  return dialect === "postgres" ? ordered.forUpdate().execute() : ordered.execute();
}

export interface HeadChange {
  readonly head: DeploymentHead;
  readonly lastSequence: number;
  readonly wakeAt: number | null;
}

/** What the hot path writes of a deployment: that something happened, and when it is to be looked at. */
export async function saveProgress(
  { db }: WriteTransaction,
  progress: { readonly deploymentId: string; readonly lastSequence: number; readonly wakeAt: number | null },
): Promise<void> {
  await updateProgress(db, progress);
}

const updateProgress = compiledQuery(
  (db, values: { readonly deploymentId: string; readonly lastSequence: number; readonly wakeAt: number | null }) =>
    db
      .updateTable("deployments")
      .set({ last_sequence: values.lastSequence, wake_at: values.wakeAt })
      .where("deployment_id", "=", values.deploymentId),
);

/** Writes a deployment's state, and the columns that derive from it. */
export async function saveHead({ db }: WriteTransaction, { head, lastSequence, wakeAt }: HeadChange): Promise<void> {
  await updateHead(db, {
    deployment_id: head.deploymentId,
    status: head.status,
    active: isTerminal(head.status) ? 0 : 1,
    advancing: isAdvancing(head) ? 1 : 0,
    started_at: head.startedAt,
    completed_at: head.completedAt,
    error_code: isTerminal(head.status) ? (head.error?.code ?? null) : null,
    error_message: isTerminal(head.status) ? (head.error?.message ?? null) : null,
    state_json: DEPLOYMENT_HEAD.write(head),
    last_sequence: lastSequence,
    wake_at: wakeAt,
  });
}

type HeadColumns = Pick<
  DeploymentRow,
  | "deployment_id"
  | "status"
  | "active"
  | "advancing"
  | "started_at"
  | "completed_at"
  | "error_code"
  | "error_message"
  | "state_json"
  | "last_sequence"
  | "wake_at"
>;

const updateHead = compiledQuery((db, columns: HeadColumns) =>
  db
    .updateTable("deployments")
    .set({
      status: columns.status,
      active: columns.active,
      advancing: columns.advancing,
      started_at: columns.started_at,
      completed_at: columns.completed_at,
      error_code: columns.error_code,
      error_message: columns.error_message,
      state_json: columns.state_json,
      last_sequence: columns.last_sequence,
      wake_at: columns.wake_at,
    })
    .where("deployment_id", "=", columns.deployment_id),
);
