import type { EndedAttempt } from "@sluice/engine/host-attempts.ts";
import { isHost } from "@sluice/engine/host-targets.ts";
import type { HostAttempt } from "@sluice/engine/late-hosts.ts";
import type { TargetState } from "@sluice/engine/state.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { REVISION_LOCATION } from "./columns/catalogue-columns.ts";
import { TARGET_REVISION } from "./columns/group-columns.ts";
import { TARGET_STATE } from "./columns/target-columns.ts";
import { compiledQuery } from "./compiled-query.ts";
import type { DeploymentRow } from "./deployments.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { inListParts } from "./in-list.ts";
import type { Store } from "./open-store.ts";
import type { GroupHostsTable } from "./schema.ts";

export interface HostHistory {
  readonly healthy: boolean;
  readonly revisionKey: string;
  /** What is installed on the host as a whole, and by which deployment; null: nothing, or nobody knows. */
  readonly installed: { readonly deploymentId: string; readonly revisionKey: string } | null;
}

/** What each host's last attempt in the group left, by target id. */
export async function loadHostHistory(
  { db }: Pick<Store, "db">,
  deploymentGroupId: string,
): Promise<ReadonlyMap<string, HostHistory>> {
  const rows = await db
    .selectFrom("group_hosts")
    .selectAll()
    .where("deployment_group_id", "=", deploymentGroupId)
    .execute();
  return new Map(rows.map((row) => [row.target_id, historyOf(row)]));
}

function historyOf(row: GroupHostsTable): HostHistory {
  const { installed_deployment_id: deploymentId, installed_revision_key: revisionKey } = row;
  const installed = deploymentId && revisionKey ? { deploymentId, revisionKey } : null;
  return { healthy: row.healthy === 1, revisionKey: row.revision_key, installed };
}

/** The last attempt of each of the hosts, by target id; a host without one is absent. */
export async function loadHostAttempts(
  { db }: Pick<Store, "db">,
  deploymentGroupId: string,
  targetIds: readonly string[],
): Promise<ReadonlyMap<string, HostAttempt>> {
  const attempts = new Map<string, HostAttempt>();
  for (const part of inListParts(targetIds)) {
    const rows = await db
      .selectFrom("group_hosts")
      .innerJoin("deployments", "deployments.deployment_id", "group_hosts.deployment_id")
      .leftJoin("targets", (join) =>
        join
          .onRef("targets.deployment_id", "=", "group_hosts.deployment_id")
          .onRef("targets.target_id", "=", "group_hosts.target_id"),
      )
      .select(["group_hosts.target_id", "group_hosts.revision_key", "healthy", "creator", "created_at"])
      .select(["group_hosts.deployment_id", "targets.state_json"])
      .where("group_hosts.deployment_group_id", "=", deploymentGroupId)
      .where("group_hosts.target_id", "in", part)
      .execute();
    for (const { state_json, ...row } of rows) {
      attempts.set(row.target_id, {
        revisionKey: row.revision_key,
        succeeded: row.healthy === 1,
        deployedAt: row.created_at,
        creator: row.creator,
        agentIssue: state_json !== null && hadAgentIssue(TARGET_STATE.read({ ...row, state_json })),
      });
    }
  }
  return attempts;
}

/** What the last attempt in a group left on one host. */
export interface AttemptOnHost {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deploymentId: string;
  readonly succeeded: boolean;
  readonly revisionKey: string;
  /** Null: it is not registered any more. */
  readonly revision: RevisionLocation | null;
  /** Of the group's last successful deployment; null: none has succeeded. */
  readonly groupRevision: RevisionLocation | null;
}

/** Of each group that ever deployed to the host, by the names of the application and the group. */
export async function listAttemptsOnHost(
  { db }: Pick<Store, "db">,
  targetId: string,
): Promise<readonly AttemptOnHost[]> {
  const rows = await db
    .selectFrom("group_hosts")
    .innerJoin("deployment_groups", "deployment_groups.deployment_group_id", "group_hosts.deployment_group_id")
    .innerJoin("applications", "applications.application_id", "deployment_groups.application_id")
    .leftJoin("revisions", (join) =>
      join
        .onRef("revisions.application_id", "=", "deployment_groups.application_id")
        .onRef("revisions.revision_key", "=", "group_hosts.revision_key"),
    )
    .select(["application_name", "deployment_group_name", "group_hosts.deployment_id", "healthy"])
    .select(["group_hosts.revision_key", "location_json", "revisions.application_id"])
    .select(["deployment_groups.deployment_group_id", "target_revision_json"])
    .where("group_hosts.target_id", "=", targetId)
    .orderBy("application_name")
    .orderBy("deployment_group_name")
    .execute();
  return rows.map(({ application_id, location_json, ...row }) => ({
    applicationName: row.application_name,
    deploymentGroupName: row.deployment_group_name,
    deploymentId: row.deployment_id,
    succeeded: row.healthy === 1,
    revisionKey: row.revision_key,
    revision:
      location_json === null || application_id === null
        ? null
        : REVISION_LOCATION.read({ ...row, application_id, location_json }),
    groupRevision: TARGET_REVISION.read(row),
  }));
}

function hadAgentIssue(target: TargetState): boolean {
  return isHost(target) && target.agentIssue;
}

/**
 * Written with the deployment that makes the attempts, whatever becomes of it: a deployment that ends before it reaches its hosts was their
 * attempt all the same, and is not made again and again.
 */
export async function recordAttemptsBegun(
  transaction: WriteTransaction,
  deployment: Pick<DeploymentRow, "deployment_id" | "deployment_group_id" | "revision_key">,
  targetIds: readonly string[],
): Promise<void> {
  const { deployment_id, deployment_group_id, revision_key } = deployment;
  const attempt = { deployment_id, healthy: 0, revision_key, ...AS_BEFORE };
  await saveAttempts(
    transaction,
    targetIds.map((target_id) => ({ deployment_group_id, target_id, ...attempt })),
  );
}

/** What the attempts of these hosts left, where they have ended. */
export async function recordAttempts(
  transaction: WriteTransaction,
  {
    deployment_id,
    deployment_group_id,
    revision_key,
  }: Pick<DeploymentRow, "deployment_id" | "deployment_group_id" | "revision_key">,
  attempts: readonly EndedAttempt[],
): Promise<void> {
  await saveAttempts(
    transaction,
    attempts.map(({ targetId: target_id, succeeded, installed }) => ({
      deployment_group_id,
      target_id,
      deployment_id,
      healthy: succeeded ? 1 : 0,
      revision_key,
      ...installedColumns(installed, deployment_id, revision_key),
    })),
  );
}

/** On a row that is there: null leaves what it has, and an empty text says that nobody knows any more. */
const AS_BEFORE = { installed_deployment_id: null, installed_revision_key: null };
const UNKNOWN = { installed_deployment_id: "", installed_revision_key: "" };

function installedColumns(installed: EndedAttempt["installed"], deploymentId: string, revisionKey: string) {
  switch (installed) {
    case "whole":
      return { installed_deployment_id: deploymentId, installed_revision_key: revisionKey };
    case "unknown":
      return UNKNOWN;
    case "as-before":
      return AS_BEFORE;
    default: {
      const never: never = installed;
      return never;
    }
  }
}

/** Each the newest of its host. Each host is among them once. */
async function saveAttempts({ db }: WriteTransaction, rows: readonly GroupHostsTable[]): Promise<void> {
  const [first] = rows;
  if (first && rows.length === 1) await saveAttempt(db, first);
  else for (const part of inListParts(rows)) await savingAttempts(db, part).execute();
}

const saveAttempt = compiledQuery((db, row: GroupHostsTable) =>
  savingAttempts(db, [
    {
      deployment_group_id: row.deployment_group_id,
      target_id: row.target_id,
      deployment_id: row.deployment_id,
      healthy: row.healthy,
      revision_key: row.revision_key,
      installed_deployment_id: row.installed_deployment_id,
      installed_revision_key: row.installed_revision_key,
    },
  ]),
);

const savingAttempts = (db: Store["db"], rows: readonly GroupHostsTable[]) =>
  db
    .insertInto("group_hosts")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["deployment_group_id", "target_id"]).doUpdateSet((expression) => ({
        deployment_id: expression.ref("excluded.deployment_id"),
        healthy: expression.ref("excluded.healthy"),
        revision_key: expression.ref("excluded.revision_key"),
        installed_deployment_id: expression.fn.coalesce(
          "excluded.installed_deployment_id",
          "group_hosts.installed_deployment_id",
        ),
        installed_revision_key: expression.fn.coalesce(
          "excluded.installed_revision_key",
          "group_hosts.installed_revision_key",
        ),
      })),
    );
