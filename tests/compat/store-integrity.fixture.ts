import { type OpenStore, openStore, type StoreLocation } from "@sluice/server/store/open-store.ts";
import { sql } from "kysely";

/** A column, and where what it names has to be. `where`: of the rows that it holds for. */
interface Reference {
  readonly from: readonly [table: string, column: string];
  readonly to: readonly (readonly [table: string, column: string])[];
  readonly where?: string;
}

const DEPLOYMENT: Reference["to"] = [
  ["deployments", "deployment_id"],
  // What is left of it is on its way out.
  ["removed_deployments", "deployment_id"],
];

/** What refers to what. The database does not hold these: whoever deletes a row deletes what belongs to it. */
const REFERENCES: readonly Reference[] = [
  { from: ["deployment_groups", "application_id"], to: [["applications", "application_id"]] },
  { from: ["revisions", "application_id"], to: [["applications", "application_id"]] },
  {
    from: ["deployments", "deployment_group_id"],
    to: [["deployment_groups", "deployment_group_id"]],
    where: "active = 1",
  },
  { from: ["group_hosts", "deployment_group_id"], to: [["deployment_groups", "deployment_group_id"]] },
  ...["targets", "effects", "events", "deployment_notes", "deployment_snapshots"].map((table) => ({
    from: [table, "deployment_id"] as const,
    to: DEPLOYMENT,
  })),
  { from: ["access_keys", "host_id"], to: [["hosts", "host_id"]], where: "host_id IS NOT NULL" },
  {
    from: ["access_keys", "function_name"],
    to: [["lambda_functions", "function_name"]],
    where: "function_name IS NOT NULL",
  },
  ...["console_links", "console_sessions"].map((table) => ({
    from: [table, "access_key_id"] as const,
    to: [["access_keys", "access_key_id"]] as const,
  })),
  { from: ["elb_listeners", "load_balancer_arn"], to: [["elb_load_balancers", "load_balancer_arn"]] },
  { from: ["elb_rules", "listener_arn"], to: [["elb_listeners", "listener_arn"]] },
  { from: ["elb_targets", "target_group_arn"], to: [["elb_target_groups", "target_group_arn"]] },
  { from: ["ecs_services", "cluster_name"], to: [["ecs_clusters", "cluster_name"]] },
  { from: ["ecs_task_sets", "service_id"], to: [["ecs_services", "service_id"]] },
  { from: ["ecs_service_events", "service_id"], to: [["ecs_services", "service_id"]] },
  ...["lambda_versions", "lambda_aliases", "lambda_permissions"].map((table) => ({
    from: [table, "function_name"] as const,
    to: [["lambda_functions", "function_name"]] as const,
  })),
];

/** What is wrong with a store that no server has open: an empty list, or what a person has to look for. */
export async function troublesOf(location: StoreLocation): Promise<readonly string[]> {
  const store = await openStore(location);
  try {
    return [...(await damage(store)), ...(await dangling(store)), ...(await lostTags(store))];
  } finally {
    await store.close();
  }
}

async function damage({ db, dialect }: OpenStore): Promise<readonly string[]> {
  if (dialect !== "sqlite") return [];
  const { rows } = await sql<{ integrity_check: string }>`PRAGMA integrity_check`.execute(db);
  return rows.map((row) => row.integrity_check).filter((answer) => answer !== "ok");
}

async function dangling({ db }: OpenStore): Promise<readonly string[]> {
  const troubles: string[] = [];
  for (const { from, to, where } of REFERENCES) {
    const [table, column] = from;
    const known = sql.join(
      to.map(([other, id]) => sql`SELECT ${sql.ref(id)} FROM ${sql.table(other)}`),
      sql` UNION ALL `,
    );
    const { rows } = await sql<{ id: string }>`
      SELECT ${sql.ref(column)} AS id FROM ${sql.table(table)}
      WHERE ${sql.ref(column)} NOT IN (${known}) ${where === undefined ? sql`` : sql`AND ${sql.raw(where)}`}
      LIMIT 3`.execute(db);
    for (const { id } of rows)
      troubles.push(`${table}.${column} names ${id}, which is in none of ${to.map(([other]) => other).join(", ")}`);
  }
  return troubles;
}

/** Tags of applications and groups that are gone. */
async function lostTags({ db }: OpenStore): Promise<readonly string[]> {
  const groups = await db
    .selectFrom("deployment_groups")
    .innerJoin("applications", "applications.application_id", "deployment_groups.application_id")
    .select(["application_name", "deployment_group_name"])
    .execute();
  const applications = await db.selectFrom("applications").select("application_name").execute();
  const known = new Set([
    ...applications.map((row) => `application:${row.application_name}`),
    ...groups.map((row) => `deploymentgroup:${row.application_name}/${row.deployment_group_name}`),
  ]);
  const tagged = await db.selectFrom("resource_tags").select("resource_arn").distinct().execute();
  return tagged
    .map((row) => row.resource_arn)
    .filter((arn) => /:(application|deploymentgroup):/.test(arn) && !known.has(arn.split(":").slice(5).join(":")))
    .map((arn) => `resource_tags has tags of ${arn}, which is gone`);
}
