import type { Kysely, Selectable } from "kysely";
import type { Database } from "../schema.ts";
import type { EcsTaskDefinitionsTable } from "./ecs-tables.ts";

export type TaskDefinitionRow = Selectable<EcsTaskDefinitionsTable>;

export async function findTaskDefinition(
  db: Kysely<Database>,
  family: string,
  revision: number,
): Promise<TaskDefinitionRow | undefined> {
  return db
    .selectFrom("ecs_task_definitions")
    .selectAll()
    .where("family", "=", family)
    .where("revision", "=", revision)
    .executeTakeFirst();
}

/** What a family without a revision means. */
export async function newestActiveTaskDefinition(
  db: Kysely<Database>,
  family: string,
): Promise<TaskDefinitionRow | undefined> {
  return db
    .selectFrom("ecs_task_definitions")
    .selectAll()
    .where("family", "=", family)
    .where("status", "=", "ACTIVE")
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Revisions are never used again: those that were deregistered count. 1 for a new family. */
export async function nextRevision(db: Kysely<Database>, family: string): Promise<number> {
  const row = await db
    .selectFrom("ecs_task_definitions")
    .select((expression) => expression.fn.max("revision").as("newest"))
    .where("family", "=", family)
    .executeTakeFirst();
  return Number(row?.newest ?? 0) + 1;
}

/** Fails with a unique violation when another one took the revision first. */
export async function insertTaskDefinition(db: Kysely<Database>, row: TaskDefinitionRow): Promise<void> {
  await db.insertInto("ecs_task_definitions").values(row).execute();
}

export async function changeTaskDefinition(
  db: Kysely<Database>,
  { family, revision }: Pick<TaskDefinitionRow, "family" | "revision">,
  change: Partial<Pick<TaskDefinitionRow, "status" | "deregistered_at" | "tags_json">>,
): Promise<void> {
  await db
    .updateTable("ecs_task_definitions")
    .set(change)
    .where("family", "=", family)
    .where("revision", "=", revision)
    .execute();
}

export interface DefinitionListing {
  /** Absent: of all families. */
  readonly family?: string | undefined;
  readonly status: TaskDefinitionRow["status"];
  readonly isDescending: boolean;
  readonly after: Pick<TaskDefinitionRow, "family" | "revision"> | null;
  readonly limit: number;
}

/** In the order of families, then of revisions. */
export async function listTaskDefinitions(
  db: Kysely<Database>,
  { family, status, isDescending, after, limit }: DefinitionListing,
): Promise<Pick<TaskDefinitionRow, "family" | "revision">[]> {
  const direction = isDescending ? "desc" : "asc";
  const beyond = isDescending ? "<" : ">";
  let query = db.selectFrom("ecs_task_definitions").select(["family", "revision"]).where("status", "=", status);
  if (family !== undefined) query = query.where("family", "=", family);
  if (after) {
    query = query.where(({ or, and, eb }) =>
      or([
        eb("family", beyond, after.family),
        and([eb("family", "=", after.family), eb("revision", beyond, after.revision)]),
      ]),
    );
  }
  return query.orderBy("family", direction).orderBy("revision", direction).limit(limit).execute();
}

/** `INACTIVE`: families of which no revision is ACTIVE. */
export type FamilyStatus = "ACTIVE" | "INACTIVE" | "ALL";

/** In the order of their names. */
export async function listFamilies(
  db: Kysely<Database>,
  listing: { readonly prefix: string; readonly status: FamilyStatus; readonly after: string; readonly limit: number },
): Promise<string[]> {
  const { prefix, status, after, limit } = listing;
  const isActive = db
    .selectFrom("ecs_task_definitions as active")
    .select("active.family")
    .where("active.status", "=", "ACTIVE");
  let query = db
    .selectFrom("ecs_task_definitions")
    .select("family")
    .distinct()
    .where("family", ">", after)
    // Not LIKE: a family may hold `_`.
    .where((expression) =>
      expression(
        expression.fn<string>("substr", ["family", expression.val(1), expression.val(prefix.length)]),
        "=",
        prefix,
      ),
    );
  if (status !== "ALL") query = query.where("family", status === "ACTIVE" ? "in" : "not in", isActive);
  const rows = await query.orderBy("family").limit(limit).execute();
  return rows.map((row) => row.family);
}
