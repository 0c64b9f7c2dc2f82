import type { Kysely, Selectable } from "kysely";
import type { Database } from "../schema.ts";
import type { EcsClustersTable } from "./ecs-tables.ts";

export type ClusterRow = Selectable<EcsClustersTable>;

export async function findCluster(db: Kysely<Database>, clusterName: string): Promise<ClusterRow | undefined> {
  return db.selectFrom("ecs_clusters").selectAll().where("cluster_name", "=", clusterName).executeTakeFirst();
}

/** The ones that are ACTIVE, in the order of their names, from the first that comes after `after`. */
export async function listClusterNames(db: Kysely<Database>, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("ecs_clusters")
    .select("cluster_name")
    .where("status", "=", "ACTIVE")
    .where("cluster_name", ">", after)
    .orderBy("cluster_name")
    .limit(limit)
    .execute();
  return rows.map((row) => row.cluster_name);
}

/** A cluster that was deleted before gets the new row's values. */
export async function putCluster(db: Kysely<Database>, row: ClusterRow): Promise<void> {
  const { cluster_name: _, ...values } = row;
  await db
    .insertInto("ecs_clusters")
    .values(row)
    .onConflict((conflict) => conflict.column("cluster_name").doUpdateSet(values))
    .execute();
}

export async function changeCluster(
  db: Kysely<Database>,
  clusterName: string,
  change: Partial<Pick<ClusterRow, "status" | "tags_json">>,
): Promise<void> {
  await db.updateTable("ecs_clusters").set(change).where("cluster_name", "=", clusterName).execute();
}

const PENDING_STATUSES: readonly string[] = ["PROVISIONING", "PENDING", "ACTIVATING"];

export interface ClusterCounts {
  /** Not INACTIVE. */
  readonly services: number;
  /** Not STOPPED. */
  readonly tasks: number;
  readonly runningTasks: number;
  readonly pendingTasks: number;
}

export async function countInCluster(db: Kysely<Database>, clusterName: string): Promise<ClusterCounts> {
  const services = await db
    .selectFrom("ecs_services")
    .select((expression) => expression.fn.countAll().as("count"))
    .where("cluster_name", "=", clusterName)
    .where("status", "!=", "INACTIVE")
    .executeTakeFirstOrThrow();
  const tasks = await db
    .selectFrom("ecs_tasks")
    .select("last_status")
    .select((expression) => expression.fn.countAll().as("count"))
    .where("cluster_name", "=", clusterName)
    .where("last_status", "!=", "STOPPED")
    .groupBy("last_status")
    .execute();
  const countOf = (rows: typeof tasks) => rows.reduce((sum, { count }) => sum + Number(count), 0);
  return {
    services: Number(services.count),
    tasks: countOf(tasks),
    runningTasks: countOf(tasks.filter((row) => row.last_status === "RUNNING")),
    pendingTasks: countOf(tasks.filter((row) => PENDING_STATUSES.includes(row.last_status))),
  };
}
