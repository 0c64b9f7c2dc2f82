import type {
  AgentUpgrade,
  AgentUpgradeCounts,
  AgentUpgradeHost,
  AgentUpgradeHostState,
} from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { type AgentUpgradeHostRow, type AgentUpgradeRow, countUpgradeStates } from "../store/agent-upgrades.ts";
import { AGENT_UPGRADE_REQUEST } from "../store/columns/agent-upgrade-columns.ts";
import type { Store } from "../store/open-store.ts";

/** Upgrades as the API shows them, with what their hosts are at. */
export async function viewUpgrades(
  { db }: Pick<Store, "db">,
  rows: readonly AgentUpgradeRow[],
): Promise<readonly AgentUpgrade[]> {
  const counts = await countUpgradeStates(
    db,
    rows.map((row) => row.upgrade_id),
  );
  return rows.map((row) => viewUpgrade(row, counts.get(row.upgrade_id) ?? new Map()));
}

export async function viewOfUpgrade(store: Pick<Store, "db">, row: AgentUpgradeRow): Promise<AgentUpgrade> {
  const counts = await countUpgradeStates(store.db, [row.upgrade_id]);
  return viewUpgrade(row, counts.get(row.upgrade_id) ?? new Map());
}

export function viewUpgradeHost(row: AgentUpgradeHostRow): AgentUpgradeHost {
  return {
    hostId: row.host_id,
    hostName: row.host_name,
    state: row.state,
    fromVersion: row.from_version ?? undefined,
    reason: row.reason ?? undefined,
    changedAt: new Date(row.changed_at),
  };
}

function viewUpgrade(row: AgentUpgradeRow, counts: ReadonlyMap<AgentUpgradeHostState, number>): AgentUpgrade {
  const request = AGENT_UPGRADE_REQUEST.read(row);
  return {
    upgradeId: row.upgrade_id,
    version: row.version,
    status: row.status,
    reason: row.reason ?? undefined,
    batchSize: request.batchSize,
    isDowngradeAllowed: request.allowDowngrade,
    applicationName: request.applicationName ?? undefined,
    deploymentGroupName: request.deploymentGroupName ?? undefined,
    createdBy: row.created_by ?? undefined,
    createdAt: new Date(row.created_at),
    endedAt: row.ended_at === null ? undefined : new Date(row.ended_at),
    counts: summed(counts),
  };
}

function summed(counts: ReadonlyMap<AgentUpgradeHostState, number>): AgentUpgradeCounts {
  const of = (state: AgentUpgradeHostState) => counts.get(state) ?? 0;
  return {
    waiting: of("waiting"),
    underWay: of("offered") + of("downloading") + of("restarted"),
    done: of("done"),
    restored: of("restored"),
    failed: of("failed"),
    skipped: of("skipped"),
  };
}
