import { type DeploymentState, isTerminal } from "@sluice/engine/state.ts";
import type { Selectable } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import type { DeploymentsTable } from "./schema.ts";

export type DeploymentRow = Selectable<DeploymentsTable>;

/** What `deployments.state_json` holds: everything of the state but the targets, which have a table of their own. */
export type DeploymentHead = Omit<DeploymentState, "targets">;

export function readHead(row: { readonly state_json: string }): DeploymentHead {
  return JSON.parse(row.state_json) as DeploymentHead;
}

/** Whether agents' completions may make the next event available without a plan. */
export function isAdvancing(head: DeploymentHead): boolean {
  return head.status === "InProgress" && head.halt === null && head.stopRequestedAt === null;
}

/** Locked until the transaction ends, so that events are numbered without a gap and stop and completion cannot cross. */
export async function lockDeployments(
  { db, dialect }: WriteTransaction,
  deploymentIds: readonly string[],
): Promise<DeploymentRow[]> {
  if (deploymentIds.length === 0) return [];
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

/** Writes a deployment's state, and the columns that derive from it. */
export async function saveHead({ db }: WriteTransaction, { head, lastSequence, wakeAt }: HeadChange): Promise<void> {
  await db
    .updateTable("deployments")
    .set({
      status: head.status,
      active: isTerminal(head.status) ? 0 : 1,
      advancing: isAdvancing(head) ? 1 : 0,
      started_at: head.startedAt,
      completed_at: head.completedAt,
      error_code: isTerminal(head.status) ? (head.error?.code ?? null) : null,
      error_message: isTerminal(head.status) ? (head.error?.message ?? null) : null,
      state_json: JSON.stringify(head),
      last_sequence: lastSequence,
      wake_at: wakeAt,
    })
    .where("deployment_id", "=", head.deploymentId)
    .execute();
}

/** Sets a deployment aside after a bug of ours: no plan, no command, until a person looks at it. */
export async function quarantine({ db }: WriteTransaction, deploymentId: string, reason: string): Promise<void> {
  await db
    .updateTable("deployments")
    .set({ quarantined: reason, advancing: 0, wake_at: null })
    .where("deployment_id", "=", deploymentId)
    .execute();
}
