import type { Kysely, Selectable } from "kysely";
import type { WriteTransaction } from "../group-commit.ts";
import { inListParts } from "../in-list.ts";
import type { Database } from "../schema.ts";
import type { EcsServicesTable } from "./ecs-tables.ts";

export type ServiceRow = Selectable<EcsServicesTable>;

export interface ServiceName {
  readonly clusterName: string;
  readonly serviceName: string;
}

/** One that is not INACTIVE; else the newest that is; else undefined. */
export async function findService(
  db: Kysely<Database>,
  { clusterName, serviceName }: ServiceName,
): Promise<ServiceRow | undefined> {
  const rows = await db
    .selectFrom("ecs_services")
    .selectAll()
    .where("cluster_name", "=", clusterName)
    .where("service_name", "=", serviceName)
    .orderBy("created_at", "desc")
    .execute();
  return rows.find((row) => row.status !== "INACTIVE") ?? rows[0];
}

/** Read again and kept until the transaction ends: who changes a service or its task sets holds it first. */
export async function lockService(
  { db, dialect }: WriteTransaction,
  serviceId: string,
): Promise<ServiceRow | undefined> {
  const query = db.selectFrom("ecs_services").selectAll().where("service_id", "=", serviceId);
  return (dialect === "postgres" ? query.forUpdate() : query).executeTakeFirst();
}

export async function findServicesById(db: Kysely<Database>, serviceIds: readonly string[]): Promise<ServiceRow[]> {
  const rows: ServiceRow[] = [];
  for (const part of inListParts(serviceIds)) {
    rows.push(...(await db.selectFrom("ecs_services").selectAll().where("service_id", "in", part).execute()));
  }
  return rows;
}

/** All that are not INACTIVE, in all clusters: what the loop looks after. */
export async function listLivingServices(db: Kysely<Database>): Promise<ServiceRow[]> {
  return db
    .selectFrom("ecs_services")
    .selectAll()
    .where("status", "!=", "INACTIVE")
    .orderBy("cluster_name")
    .orderBy("service_name")
    .execute();
}

/** Of a cluster, those that are not INACTIVE, in the order of their names, from the first that comes after `after`. */
export async function listServicesOfCluster(
  db: Kysely<Database>,
  clusterName: string,
  after: string,
  limit?: number,
): Promise<Pick<ServiceRow, "service_id" | "service_name" | "definition_json">[]> {
  const query = db
    .selectFrom("ecs_services")
    .select(["service_id", "service_name", "definition_json"])
    .where("cluster_name", "=", clusterName)
    .where("status", "!=", "INACTIVE")
    .where("service_name", ">", after)
    .orderBy("service_name");
  return (limit === undefined ? query : query.limit(limit)).execute();
}

/** Fails with a unique violation when the name was taken first by another one. */
export async function insertService(db: Kysely<Database>, row: ServiceRow): Promise<void> {
  await db.insertInto("ecs_services").values(row).execute();
}

export async function changeService(
  db: Kysely<Database>,
  serviceId: string,
  change: Partial<Pick<ServiceRow, "status" | "desired_count" | "inactive_at" | "definition_json" | "tags_json">>,
): Promise<void> {
  await db.updateTable("ecs_services").set(change).where("service_id", "=", serviceId).execute();
}
