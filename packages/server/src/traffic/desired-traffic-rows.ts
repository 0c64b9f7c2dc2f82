import type { DesiredTraffic } from "@sluice/drivers/haproxy/desired-traffic.ts";
import type { Kysely } from "kysely";
import { DESIRED_TRAFFIC } from "../store/columns/host-columns.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import type { Database } from "../store/schema.ts";

/** Of one host, or of all that are not retired. */
export async function readDesiredTraffic(db: Kysely<Database>, hostId?: string): Promise<DesiredTraffic[]> {
  let query = db
    .selectFrom("desired_traffic")
    .leftJoin("hosts", "hosts.host_id", "desired_traffic.host_id")
    .select(["desired_traffic.host_id", "group_name", "desired_json"])
    .where("hosts.retired_at", "is", null)
    .orderBy("desired_traffic.host_id")
    .orderBy("desired_traffic.group_name");
  if (hostId !== undefined) query = query.where("desired_traffic.host_id", "=", hostId);
  return (await query.execute()).map((row) => DESIRED_TRAFFIC.read(row));
}

/** A newer wish that another server has stored meanwhile stays. */
export async function saveDesiredTraffic({ db }: WriteTransaction, entries: readonly DesiredTraffic[]): Promise<void> {
  for (const entry of entries) {
    const row = { revision: entry.revision, desired_json: DESIRED_TRAFFIC.write(entry) };
    await db
      .insertInto("desired_traffic")
      .values({ host_id: entry.host.hostId, group_name: groupOf(entry), ...row })
      .onConflict((conflict) =>
        conflict
          .columns(["host_id", "group_name"])
          .doUpdateSet(row)
          .where("desired_traffic.revision", "<=", entry.revision),
      )
      .execute();
  }
}

/** Every entry has one group. */
export function groupOf({ host }: DesiredTraffic): string {
  return host.groups[0] ?? "";
}
