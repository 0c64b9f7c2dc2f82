import type { Tag } from "@sluice/model/tag-filter.ts";
import { type Kysely, type Selectable, type SqlBool, sql } from "kysely";
import { HOST_TAGS } from "./columns/host-columns.ts";
import { compiledListQuery } from "./compiled-query.ts";
import { gatheredQuery } from "./gathered-query.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { inListParts } from "./in-list.ts";
import type { Database, HostsTable } from "./schema.ts";

/** A row of `hosts`. */
export type HostRow = Selectable<HostsTable>;
type Reader = Kysely<Database>;

/** Any number that no other lock of ours uses. */
const HOST_NAMES_LOCK = 7203102;

/**
 * Keeps two replicas from giving one name or one identity to two hosts at once, or from losing a tag that the other one adds; call it before
 * looking what is there.
 * SQLite has one writer anyway.
 */
export async function lockHostNames({ db, dialect }: WriteTransaction): Promise<void> {
  if (dialect === "postgres") await sql`SELECT pg_advisory_xact_lock(${HOST_NAMES_LOCK})`.execute(db);
}

export function tagsOf(row: Pick<HostRow, "host_id" | "tags_json">): Tag[] {
  return [...HOST_TAGS.read(row)];
}

/** Whether retired or not. */
export async function findHost(db: Reader, hostId: string): Promise<HostRow | undefined> {
  return db.selectFrom("hosts").selectAll().where("host_id", "=", hostId).executeTakeFirst();
}

export async function findLivingHostByName(db: Reader, hostName: string): Promise<HostRow | undefined> {
  return db
    .selectFrom("hosts")
    .selectAll()
    .where("host_name", "=", hostName)
    .where("retired_at", "is", null)
    .executeTakeFirst();
}

/** What every call about one host means by the word, and so what policies are asked on: a living host's name comes before an id. */
export async function findHostByWord(db: Reader, nameOrId: string): Promise<HostRow | undefined> {
  return (await findLivingHostByName(db, nameOrId)) ?? (await findHost(db, nameOrId));
}

/** The name of a removed host may be another's today: the living one, or else the one that was removed last. */
export async function findHostByName(db: Reader, hostName: string): Promise<HostRow | undefined> {
  const living = await findLivingHostByName(db, hostName);
  if (living) return living;
  return db
    .selectFrom("hosts")
    .selectAll()
    .where("host_name", "=", hostName)
    .orderBy("retired_at", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Ids of the hosts that have or had this name, and the word itself: it may be an id, of a host that is not there any more too. */
export async function hostIdsNamed(db: Reader, idOrName: string): Promise<string[]> {
  const rows = await db.selectFrom("hosts").select("host_id").where("host_name", "=", idOrName).execute();
  return [...new Set([idOrName, ...rows.map((row) => row.host_id)])];
}

/** By what its agent calls itself. */
export async function findLivingHostByIdentifier(db: Reader, hostIdentifier: string): Promise<HostRow | undefined> {
  const [row] = await livingHostByIdentifier(db, hostIdentifier);
  return row;
}

const livingHostByIdentifier = gatheredQuery(
  (db, { key }) =>
    db.selectFrom("hosts").selectAll().where("host_identifier", "=", key).where("retired_at", "is", null),
  (db, { keys }) =>
    db
      .selectFrom("hosts")
      .selectAll()
      .where(sql<SqlBool>`host_identifier = ANY(${keys})`)
      .where("retired_at", "is", null),
  (row) => row.host_identifier,
);

/** In no particular order; ids that are unknown are left out. */
export async function findHosts(db: Reader, hostIds: readonly string[]): Promise<HostRow[]> {
  const rows: HostRow[] = [];
  for (const part of inListParts(hostIds)) {
    rows.push(...(await someHosts(db, part)).rows);
  }
  return rows;
}

const someHosts = compiledListQuery((db, hostIds) =>
  db.selectFrom("hosts").selectAll().where("host_id", "in", hostIds),
);

export async function listLivingHosts(db: Reader): Promise<HostRow[]> {
  return db.selectFrom("hosts").selectAll().where("retired_at", "is", null).orderBy("host_id").execute();
}

export interface HostPage {
  /** The last host of the page before; absent on the first page. */
  readonly after?: { readonly hostName: string; readonly hostId: string } | undefined;
  readonly limit: number;
  readonly kind?: HostRow["kind"] | undefined;
  /** `living` and `retired` leave the others out. */
  readonly show: "living" | "retired" | "all";
}

/** By name and, among equal names, by id. */
export async function listHosts(db: Reader, { after, limit, kind, show }: HostPage): Promise<HostRow[]> {
  let query = db.selectFrom("hosts").selectAll().orderBy("host_name").orderBy("host_id").limit(limit);
  if (kind !== undefined) query = query.where("kind", "=", kind);
  if (show === "living") query = query.where("retired_at", "is", null);
  if (show === "retired") query = query.where("retired_at", "is not", null);
  if (after !== undefined) {
    query = query.where(sql<SqlBool>`(host_name, host_id) > (${after.hostName}, ${after.hostId})`);
  }
  return query.execute();
}

/** How many commands each host holds (acknowledged, not completed); hosts without one are left out. */
export async function countRunningCommands(db: Reader, hostIds: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const part of inListParts(hostIds)) {
    const rows = await db
      .selectFrom("targets")
      .select(["target_id", (expression) => expression.fn.countAll<number>().as("held")])
      .where("command_state", "=", "acknowledged")
      .where("type", "=", "host")
      .where("target_id", "in", part)
      .groupBy("target_id")
      .execute();
    for (const row of rows) counts.set(row.target_id, Number(row.held));
  }
  return counts;
}

/**
 * Adds a host. A retired one with the same id (an on-premises name that is used again) is replaced: the listing shows the newest
 * registration of a name, and what older ones did stays in their deployments. What they left in groups is forgotten, because the
 * new machine never deployed anything.
 */
export async function insertHost({ db }: WriteTransaction, row: HostRow): Promise<void> {
  const replaced = await db
    .deleteFrom("hosts")
    .where("host_id", "=", row.host_id)
    .where("retired_at", "is not", null)
    .executeTakeFirst();
  if (replaced.numDeletedRows > 0n) {
    await db.deleteFrom("group_hosts").where("target_id", "=", row.host_id).execute();
  }
  await db.insertInto("hosts").values(row).execute();
}

/** Replaces all of a host's tags. Under `lockHostNames` when they depend on those that it had. */
export async function setHostTags({ db }: WriteTransaction, hostId: string, tags: readonly Tag[]): Promise<void> {
  await db
    .updateTable("hosts")
    .set({ tags_json: HOST_TAGS.write(tags) })
    .where("host_id", "=", hostId)
    .execute();
}

/** Never a target again, its keys open nothing any more, and no balancer is told of it again. Retiring twice keeps the first time. */
export async function retireHost({ db }: WriteTransaction, hostId: string, now: number): Promise<void> {
  await db
    .updateTable("hosts")
    .set({ retired_at: now })
    .where("host_id", "=", hostId)
    .where("retired_at", "is", null)
    .execute();
  await db.deleteFrom("access_keys").where("host_id", "=", hostId).execute();
  await db.deleteFrom("desired_traffic").where("host_id", "=", hostId).execute();
}
