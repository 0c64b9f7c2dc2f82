import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { type Kysely, type Selectable, type SqlBool, sql } from "kysely";
import { REVISION_LOCATION } from "./columns/catalogue-columns.ts";
import type { Database, RevisionsTable } from "./schema.ts";

export type RevisionRow = Selectable<RevisionsTable>;

export async function findRevisions(
  db: Kysely<Database>,
  applicationId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, RevisionRow>> {
  const rows = await db
    .selectFrom("revisions")
    .selectAll()
    .where("application_id", "=", applicationId)
    .where("revision_key", "in", keys)
    .execute();
  return new Map(rows.map((row) => [row.revision_key, row]));
}

export interface NewRevision {
  readonly applicationId: string;
  readonly location: RevisionLocation;
  readonly description: string;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
}

/** A revision that is known already stays as it is, but for the description, when `describe` says so. */
export async function registerRevision(
  db: Kysely<Database>,
  revision: NewRevision,
  { describe }: { readonly describe: boolean },
): Promise<void> {
  const { applicationId, location, description, registeredAt } = revision;
  const s3 = location.revisionType === "S3" ? location.s3Location : undefined;
  const insert = db.insertInto("revisions").values({
    application_id: applicationId,
    revision_key: revisionKey(location),
    location_json: REVISION_LOCATION.write(location),
    s3_bucket: s3?.bucket ?? null,
    s3_key: s3?.key ?? null,
    description,
    registered_at: registeredAt,
    first_used_at: null,
    last_used_at: null,
  });
  const key = ["application_id", "revision_key"] as const;
  await insert
    .onConflict((conflict) =>
      describe ? conflict.columns([...key]).doUpdateSet({ description }) : conflict.columns([...key]).doNothing(),
    )
    .execute();
}

export async function markRevisionUsed(
  db: Kysely<Database>,
  applicationId: string,
  key: string,
  at: number,
): Promise<void> {
  await db
    .updateTable("revisions")
    .set((expression) => ({
      first_used_at: expression.fn.coalesce("first_used_at", sql<number>`${at}`),
      last_used_at: at,
    }))
    .where("application_id", "=", applicationId)
    .where("revision_key", "=", key)
    .execute();
}

export type RevisionOrder = "registered_at" | "first_used_at" | "last_used_at";

export interface RevisionPosition {
  /** Epoch milliseconds; 0 for a revision that was never used. */
  readonly at: number;
  readonly key: string;
}

export interface RevisionSelection {
  readonly applicationId: string;
  readonly s3Bucket?: string | undefined;
  readonly s3KeyPrefix?: string | undefined;
  /** Only these revisions, or all but these. */
  readonly only?: readonly string[] | undefined;
  readonly except?: readonly string[] | undefined;
  readonly orderBy: RevisionOrder;
  readonly direction: "asc" | "desc";
  /** The last revision of the page before. */
  readonly after?: RevisionPosition | undefined;
  readonly limit: number;
}

export interface ListedRevision extends RevisionPosition {
  readonly location: RevisionLocation;
}

/** What was never used counts as used at the beginning of time. */
export async function listRevisions(db: Kysely<Database>, selection: RevisionSelection): Promise<ListedRevision[]> {
  const { applicationId, s3Bucket, s3KeyPrefix, only, except, orderBy, direction, after, limit } = selection;
  const at = sql<number>`COALESCE(${sql.ref(orderBy)}, 0)`;
  let query = db
    .selectFrom("revisions")
    .select([at.as("at"), "application_id", "revision_key", "location_json"])
    .where("application_id", "=", applicationId);
  if (s3Bucket !== undefined) query = query.where("s3_bucket", "=", s3Bucket);
  // No LIKE: its case rules and its wildcards differ between the databases.
  if (s3KeyPrefix)
    query = query.where(sql<SqlBool>`SUBSTR(s3_key, 1, ${sql.lit(s3KeyPrefix.length)}) = ${s3KeyPrefix}`);
  if (only) query = only.length > 0 ? query.where("revision_key", "in", only) : query.where(sql<SqlBool>`1 = 0`);
  if (except && except.length > 0) query = query.where("revision_key", "not in", except);
  if (after) {
    query = query.where(
      direction === "asc"
        ? sql<SqlBool>`(${at}, revision_key) > (${after.at}, ${after.key})`
        : sql<SqlBool>`(${at}, revision_key) < (${after.at}, ${after.key})`,
    );
  }
  const rows = await query.orderBy(at, direction).orderBy("revision_key", direction).limit(limit).execute();
  return rows.map((row) => ({ at: row.at, key: row.revision_key, location: REVISION_LOCATION.read(row) }));
}
