import type { HostTarget, TargetState, TargetStatus } from "@sluice/engine/state.ts";
import type { Kysely } from "kysely";
import { TARGET_STATE } from "./columns/target-columns.ts";
import type { Database } from "./schema.ts";

/** A target with the ARN that its host registered under; null for instances, whose ARN follows from their id, and for all that are not hosts. */
export interface TargetWithArn {
  readonly target: TargetState;
  readonly instanceArn: string | null;
}

export interface HostWithArn extends TargetWithArn {
  readonly target: HostTarget;
}

/** Undefined: it is another target than a host, or none. */
export function hostOf(found: TargetWithArn | undefined): HostWithArn | undefined {
  return found?.target.type === "host" ? { ...found, target: found.target } : undefined;
}

/** In no particular order; ids that are not targets of the deployment are left out. */
export async function findTargets(
  db: Kysely<Database>,
  deploymentId: string,
  targetIds: readonly string[],
): Promise<TargetWithArn[]> {
  const rows = await db
    .selectFrom("targets")
    .leftJoin("hosts", (join) => join.onRef("hosts.host_id", "=", "targets.target_id").on("targets.type", "=", "host"))
    .select(["deployment_id", "target_id", "state_json", "instance_arn"])
    .where("deployment_id", "=", deploymentId)
    .where("target_id", "in", targetIds)
    .execute();
  return rows.map((row) => ({ target: TARGET_STATE.read(row), instanceArn: row.instance_arn }));
}

export async function hasTargets(db: Kysely<Database>, deploymentId: string): Promise<boolean> {
  const row = await db
    .selectFrom("targets")
    .select("target_id")
    .where("deployment_id", "=", deploymentId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function hasOpenCommands(db: Kysely<Database>, deploymentId: string): Promise<boolean> {
  const row = await db
    .selectFrom("targets")
    .select("target_id")
    .where("deployment_id", "=", deploymentId)
    .where("command_state", "is not", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export interface TargetSelection {
  readonly deploymentId: string;
  /** Absent: all of them. */
  readonly statuses?: readonly TargetStatus[] | undefined;
  /** Of a blue/green deployment; absent: both. */
  readonly labels?: readonly string[] | undefined;
  /** The last ordinal of the page before; -1 at the beginning. */
  readonly after: number;
  readonly limit: number;
}

/** In admission order. */
export async function listTargetIds(
  db: Kysely<Database>,
  { deploymentId, statuses, labels, after, limit }: TargetSelection,
): Promise<{ readonly targetId: string; readonly ordinal: number }[]> {
  let query = db
    .selectFrom("targets")
    .select(["target_id as targetId", "ordinal"])
    .where("deployment_id", "=", deploymentId)
    .where("ordinal", ">", after);
  if (statuses) query = query.where("status", "in", statuses);
  if (labels) query = query.where("label", "in", labels);
  return query.orderBy("ordinal").limit(limit).execute();
}

/** Whole targets in admission order, from the first that comes after `after`. */
export async function pageOfTargets(
  db: Kysely<Database>,
  deploymentId: string,
  after: number,
  limit: number,
): Promise<{ readonly ordinal: number; readonly target: TargetState }[]> {
  const rows = await db
    .selectFrom("targets")
    .select(["deployment_id", "target_id", "ordinal", "state_json"])
    .where("deployment_id", "=", deploymentId)
    .where("ordinal", ">", after)
    .orderBy("ordinal")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ordinal: row.ordinal, target: TARGET_STATE.read(row) }));
}

/** The id of the host that registered under an ARN; null when none did. */
export async function hostIdOfInstanceArn(db: Kysely<Database>, instanceArn: string): Promise<string | null> {
  const row = await db.selectFrom("hosts").select("host_id").where("instance_arn", "=", instanceArn).executeTakeFirst();
  return row?.host_id ?? null;
}
