import type { DeploymentStatus } from "@sluice/engine/state.ts";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { type Kysely, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import type { DeploymentPosition } from "./deployment-history.ts";
import type { Store } from "./open-store.ts";
import type { Database } from "./schema.ts";
import { SUMMARY_COLUMNS, type SummaryRow } from "./summary-columns.ts";

/** All that is given has to fit; what is absent leaves nothing out. Times are epoch milliseconds. */
export interface DeploymentFilter {
  readonly applicationId?: string | undefined;
  readonly deploymentGroupId?: string | undefined;
  readonly computePlatform?: ComputePlatform | undefined;
  readonly statuses?: readonly DeploymentStatus[] | undefined;
  readonly creators?: readonly string[] | undefined;
  /** Both inclusive. */
  readonly createdFrom?: number | undefined;
  readonly createdTo?: number | undefined;
  /** The deployment has a target with one of these ids. */
  readonly targetIds?: readonly string[] | undefined;
  /** Without distinction of upper and lower case. */
  readonly text?: string | undefined;
}

export interface LookedAt {
  /** Those that may fit, the newest first: what is in JSON is tested roughly here. */
  readonly rows: readonly SummaryRow[];
  /** Where the search goes on; undefined: all was looked at. */
  readonly goesOnAfter: DeploymentPosition | undefined;
}

/**
 * Looks at the newest deployments first, and at no more than `maxLooked` of them: no index knows what is asked for here, and a history may be
 * long. What is created meanwhile is newer than where the search goes on.
 *
 * @param after the last deployment that was looked at before
 */
export async function lookForDeployments(
  { db, dialect }: Pick<Store, "db" | "dialect">,
  filter: DeploymentFilter,
  { after, limit, maxLooked }: { after: DeploymentPosition | undefined; limit: number; maxLooked: number },
): Promise<LookedAt> {
  const narrowed = inOrder(narrow(db, filter, after));
  const tests = testsOf(filter, dialect);
  if (tests.length === 0)
    return paged(
      await narrowed
        .select(SUMMARY_COLUMNS)
        .limit(limit + 1)
        .execute(),
      limit,
    );
  let query = db.selectFrom(narrowed.select(SUMMARY_COLUMNS).limit(maxLooked).as("looked")).selectAll();
  for (const test of tests) query = query.where(test);
  const rows = await query
    .orderBy("created_at", "desc")
    .orderBy("deployment_id", "desc")
    .limit(limit + 1)
    .execute();
  if (rows.length > limit) return paged(rows, limit);
  const last = await narrowed
    .select(["created_at as createdAt", "deployment_id as deploymentId"])
    .offset(maxLooked - 1)
    .limit(1)
    .executeTakeFirst();
  return { rows, goesOnAfter: last };
}

function paged(read: readonly SummaryRow[], limit: number): LookedAt {
  const rows = read.slice(0, limit);
  const last = read.length > limit ? rows.at(-1) : undefined;
  return { rows, goesOnAfter: last && { createdAt: last.created_at, deploymentId: last.deployment_id } };
}

type Narrowed = SelectQueryBuilder<Database, "deployments", object>;

/** By what has an index: the group or the application, the time, the host. */
function narrow(db: Kysely<Database>, filter: DeploymentFilter, after: DeploymentPosition | undefined): Narrowed {
  const { applicationId, deploymentGroupId, createdFrom, createdTo, targetIds } = filter;
  let query: Narrowed = db.selectFrom("deployments");
  if (deploymentGroupId !== undefined) query = query.where("deployment_group_id", "=", deploymentGroupId);
  else if (applicationId !== undefined) {
    query = query.where("deployment_group_id", "in", (groups) =>
      groups
        .selectFrom("deployment_groups")
        .select("deployment_groups.deployment_group_id")
        .where("deployment_groups.application_id", "=", applicationId),
    );
  }
  if (targetIds !== undefined) {
    query = query.where("deployment_id", "in", (targets) =>
      targets.selectFrom("targets").select("targets.deployment_id").where("targets.target_id", "in", targetIds),
    );
  }
  if (createdFrom !== undefined) query = query.where("created_at", ">=", createdFrom);
  if (createdTo !== undefined) query = query.where("created_at", "<=", createdTo);
  if (after !== undefined) {
    query = query.where(sql<SqlBool>`(created_at, deployment_id) < (${after.createdAt}, ${after.deploymentId})`);
  }
  return query;
}

/** What each deployment that is looked at is tested for. */
function testsOf(
  { computePlatform, statuses, creators, text }: DeploymentFilter,
  dialect: Store["dialect"],
): RawBuilder<SqlBool>[] {
  return [
    ...(computePlatform === undefined ? [] : [sql<SqlBool>`looked.compute_platform = ${computePlatform}`]),
    ...(statuses === undefined ? [] : [sql<SqlBool>`looked.status IN (${sql.join(statuses)})`]),
    ...(creators === undefined ? [] : [sql<SqlBool>`looked.creator IN (${sql.join(creators)})`]),
    ...(text === undefined ? [] : [mayContain(text, dialect)]),
  ];
}

function inOrder(query: Narrowed): Narrowed {
  return query.orderBy("created_at", "desc").orderBy("deployment_id", "desc");
}

/**
 * Finds too much: members of the JSON that were not meant, and for a letter beyond ASCII any other, since the databases differ in what they take
 * for the same. A revision's key is not quite its name.
 */
function mayContain(text: string, dialect: Store["dialect"]): RawBuilder<SqlBool> {
  const like = sql.raw(dialect === "postgres" ? "ILIKE" : "LIKE");
  const test = (words: string, pattern: string) => sql<SqlBool>`${sql.raw(words)} ${like} ${`%${pattern}%`} ESCAPE '!'`;
  const plain = likePattern(text);
  const tests = [
    test("looked.deployment_id", plain),
    test("looked.application_name || '/' || looked.deployment_group_name", plain),
    test("looked.error_code", plain),
    test("looked.error_message", plain),
    test("looked.revision_key", plain.replace(/[@:# ]+/g, "%")),
    test("looked.request_json", likePattern(JSON.stringify(text).slice(1, -1))),
  ];
  return sql<SqlBool>`(${sql.join(tests, sql` OR `)})`;
}

function likePattern(text: string): string {
  return text.replace(/[!%_]/g, "!$&").replace(/[^ -~]+/g, "%");
}
