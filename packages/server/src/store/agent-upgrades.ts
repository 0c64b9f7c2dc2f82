import type { AgentUpgradeHostState } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import type { Kysely, Selectable } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import type { HostRow } from "./hosts.ts";
import { inListParts } from "./in-list.ts";
import type { AgentUpgradeHostsTable, AgentUpgradesTable, Database } from "./schema.ts";

export type AgentUpgradeRow = Selectable<AgentUpgradesTable>;
export type AgentUpgradeHostRow = Selectable<AgentUpgradeHostsTable>;
type Reader = Kysely<Database>;

/** The one that has not ended. */
export async function findActiveUpgrade(db: Reader): Promise<AgentUpgradeRow | undefined> {
  return db.selectFrom("agent_upgrades").selectAll().where("active", "=", 1).executeTakeFirst();
}

/** For whoever changes it: two servers take turns. SQLite has one writer anyway. */
export async function lockUpgrade(
  { db, dialect }: WriteTransaction,
  upgradeId: string,
): Promise<AgentUpgradeRow | undefined> {
  const query = db.selectFrom("agent_upgrades").selectAll().where("upgrade_id", "=", upgradeId);
  return (dialect === "postgres" ? query.forUpdate() : query).executeTakeFirst();
}

export async function findUpgrade(db: Reader, upgradeId: string): Promise<AgentUpgradeRow | undefined> {
  return db.selectFrom("agent_upgrades").selectAll().where("upgrade_id", "=", upgradeId).executeTakeFirst();
}

/** The newest first. */
export async function listUpgrades(
  db: Reader,
  { after, limit }: { readonly after?: readonly [createdAt: number, id: string] | undefined; readonly limit: number },
): Promise<AgentUpgradeRow[]> {
  let query = db
    .selectFrom("agent_upgrades")
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("upgrade_id")
    .limit(limit);
  if (after) {
    const [createdAt, id] = after;
    query = query.where(({ eb, or, and }) =>
      or([eb("created_at", "<", createdAt), and([eb("created_at", "=", createdAt), eb("upgrade_id", ">", id)])]),
    );
  }
  return query.execute();
}

/** Which hosts of an upgrade are read; all when nothing is said. */
export interface UpgradeHostsAsked {
  readonly changedSince?: number | undefined;
  readonly afterOrdinal?: number | undefined;
  readonly limit?: number | undefined;
}

/** In the order of their turns. */
export async function hostsOfUpgrade(
  db: Reader,
  upgradeId: string,
  { changedSince, afterOrdinal, limit }: UpgradeHostsAsked = {},
): Promise<AgentUpgradeHostRow[]> {
  let query = db.selectFrom("agent_upgrade_hosts").selectAll().where("upgrade_id", "=", upgradeId).orderBy("ordinal");
  if (changedSince !== undefined) query = query.where("changed_at", ">=", changedSince);
  if (afterOrdinal !== undefined) query = query.where("ordinal", ">", afterOrdinal);
  if (limit !== undefined) query = query.limit(limit);
  return query.execute();
}

export async function upgradeOfHost(
  db: Reader,
  upgradeId: string,
  hostId: string,
): Promise<AgentUpgradeHostRow | undefined> {
  return db
    .selectFrom("agent_upgrade_hosts")
    .selectAll()
    .where("upgrade_id", "=", upgradeId)
    .where("host_id", "=", hostId)
    .executeTakeFirst();
}

/** Of the newest upgrade to that version that the host is in. */
export async function latestUpgradeOfHost(
  db: Reader,
  hostId: string,
  version: string,
): Promise<AgentUpgradeHostRow | undefined> {
  return db
    .selectFrom("agent_upgrade_hosts")
    .innerJoin("agent_upgrades", "agent_upgrades.upgrade_id", "agent_upgrade_hosts.upgrade_id")
    .selectAll("agent_upgrade_hosts")
    .where("host_id", "=", hostId)
    .where("version", "=", version)
    .orderBy("created_at", "desc")
    .executeTakeFirst();
}

/** How many hosts of each upgrade are in which state. */
export async function countUpgradeStates(
  db: Reader,
  upgradeIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<AgentUpgradeHostState, number>>> {
  const counts = new Map<string, Map<AgentUpgradeHostState, number>>();
  for (const part of inListParts(upgradeIds)) {
    const rows = await db
      .selectFrom("agent_upgrade_hosts")
      .select(["upgrade_id", "state", (expression) => expression.fn.countAll<number>().as("hosts")])
      .where("upgrade_id", "in", part)
      .groupBy(["upgrade_id", "state"])
      .execute();
    for (const { upgrade_id: id, state, hosts } of rows) {
      counts.set(id, (counts.get(id) ?? new Map()).set(state, Number(hosts)));
    }
  }
  return counts;
}

/** @throws a unique violation when another one is active */
export async function insertUpgrade(
  { db }: WriteTransaction,
  upgrade: AgentUpgradeRow,
  hosts: readonly AgentUpgradeHostRow[],
): Promise<void> {
  await db.insertInto("agent_upgrades").values(upgrade).execute();
  for (const part of inListParts(hosts)) await db.insertInto("agent_upgrade_hosts").values(part).execute();
}

/**
 * The oldest upgrade that ended before `before` (epoch milliseconds), with its hosts. The newest one stays: it is what is shown where none is named.
 * Returns how many upgrades went: one, or none.
 */
export async function removeEndedUpgrade({ db }: WriteTransaction, before: number): Promise<number> {
  const [newest] = await listUpgrades(db, { limit: 1 });
  const oldest = await db
    .selectFrom("agent_upgrades")
    .select("upgrade_id")
    .where("active", "=", 0)
    .where("ended_at", "<", before)
    .where("upgrade_id", "!=", newest?.upgrade_id ?? "")
    .orderBy("created_at")
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return 0;
  await db.deleteFrom("agent_upgrade_hosts").where("upgrade_id", "=", oldest.upgrade_id).execute();
  await db.deleteFrom("agent_upgrades").where("upgrade_id", "=", oldest.upgrade_id).execute();
  return 1;
}

/** What an upgrade as a whole comes to. */
export type UpgradeChange = Partial<Pick<AgentUpgradeRow, "status" | "active" | "ended_at" | "end_status" | "reason">>;

export async function changeUpgrade({ db }: WriteTransaction, upgradeId: string, change: UpgradeChange): Promise<void> {
  await db.updateTable("agent_upgrades").set(change).where("upgrade_id", "=", upgradeId).execute();
}

export type UpgradeHostChange = Partial<Pick<AgentUpgradeHostRow, "state" | "reason" | "from_version">> & {
  readonly changed_at: number;
};

export async function changeUpgradeHost(
  { db }: WriteTransaction,
  { upgrade_id: upgradeId, host_id: hostId }: Pick<AgentUpgradeHostRow, "upgrade_id" | "host_id">,
  change: UpgradeHostChange,
): Promise<void> {
  await db
    .updateTable("agent_upgrade_hosts")
    .set(change)
    .where("upgrade_id", "=", upgradeId)
    .where("host_id", "=", hostId)
    .execute();
}

/** Statuses of targets that get no further command. */
const ENDED_TARGETS = ["Succeeded", "Failed", "Skipped"] as const;

/** For each host that takes part in a deployment in progress and has not ended there, that deployment. */
export async function deploymentsOfHosts(db: Reader, hostIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const part of inListParts(hostIds)) {
    const rows = await db
      .selectFrom("targets")
      .innerJoin("deployments", "deployments.deployment_id", "targets.deployment_id")
      .select(["target_id", "targets.deployment_id"])
      .where("deployments.active", "=", 1)
      .where("targets.type", "=", "host")
      .where("target_id", "in", part)
      .where("targets.status", "not in", ENDED_TARGETS)
      .execute();
    for (const row of rows) found.set(row.target_id, row.deployment_id);
  }
  return found;
}

/** What an agent says of the machine and of itself, where it is other than what is written down. */
export async function describeAgent(
  { db }: WriteTransaction,
  hostId: string,
  facts: Pick<HostRow, "agent_platform" | "agent_upgrade_obstacle" | "agent_version">,
): Promise<void> {
  await db.updateTable("hosts").set(facts).where("host_id", "=", hostId).execute();
}
