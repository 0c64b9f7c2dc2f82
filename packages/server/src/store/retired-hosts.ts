import { type Kysely, type SqlBool, sql } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import type { Database } from "./schema.ts";

/** Retired hosts that are looked for together in the deployments that may name them. */
const PAGE_HOSTS = 5_000;
/** Deployments whose targets one statement reads. */
const PAGE_DEPLOYMENTS = 20;

export interface RetiredHost {
  readonly hostId: string;
  readonly retiredAt: number;
}

/** One that took part in a deployment. */
export interface NamedHost {
  readonly hostId: string;
  readonly deploymentCreatedAt: number;
}

/** A page of the hosts that were retired before `before` (epoch milliseconds), those that were retired first; behind `after`. */
export async function listRetiredHosts(
  db: Kysely<Database>,
  before: number,
  after: RetiredHost | undefined,
): Promise<RetiredHost[]> {
  const rows = await db
    .selectFrom("hosts")
    .select(["host_id", "retired_at"])
    .where("retired_at", "<", before)
    .$if(after !== undefined, (query) =>
      query.where(sql<SqlBool>`(retired_at, host_id) > (${after?.retiredAt}, ${after?.hostId})`),
    )
    .orderBy("retired_at")
    .orderBy("host_id")
    .limit(PAGE_HOSTS)
    .execute();
  return rows.map(({ host_id, retired_at }) => ({ hostId: host_id, retiredAt: retired_at ?? 0 }));
}

/** The targets of the deployments that were made until `createdUntil` (epoch milliseconds), a few deployments at a time. */
export async function* targetsOfOldDeployments(
  db: Kysely<Database>,
  createdUntil: number,
): AsyncGenerator<readonly NamedHost[]> {
  let after = { created_at: -1, deployment_id: "" };
  for (;;) {
    const deployments = await db
      .selectFrom("deployments")
      .select(["created_at", "deployment_id"])
      .where("created_at", "<=", createdUntil)
      .where(sql<SqlBool>`(created_at, deployment_id) > (${after.created_at}, ${after.deployment_id})`)
      .orderBy("created_at")
      .orderBy("deployment_id")
      .limit(PAGE_DEPLOYMENTS)
      .execute();
    const last = deployments.at(-1);
    if (!last) return;
    after = last;
    const createdAt = new Map(deployments.map((row) => [row.deployment_id, row.created_at]));
    const targets = await db
      .selectFrom("targets")
      .select(["deployment_id", "target_id"])
      .where("deployment_id", "in", [...createdAt.keys()])
      .where("type", "=", "host")
      .execute();
    yield targets.map((row) => ({
      hostId: row.target_id,
      deploymentCreatedAt: createdAt.get(row.deployment_id) ?? 0,
    }));
  }
}

/** Not those that came back under their old name meanwhile. Returns how many went. */
export async function deleteRetiredHosts(
  { db }: WriteTransaction,
  hostIds: readonly string[],
  before: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("hosts")
    .where("host_id", "in", hostIds)
    .where("retired_at", "<", before)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
