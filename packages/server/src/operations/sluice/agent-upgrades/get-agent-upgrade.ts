import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { PAGE_ITEMS } from "@sluice/model/limits.ts";
import type {
  GetAgentUpgradeInput,
  GetAgentUpgradeOutput,
  ListAgentUpgradesInput,
  ListAgentUpgradesOutput,
} from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { type AgentUpgradeRow, findUpgrade, hostsOfUpgrade, listUpgrades } from "../../../store/agent-upgrades.ts";
import type { Store } from "../../../store/open-store.ts";
import { viewOfUpgrade, viewUpgradeHost, viewUpgrades } from "../../../upgrades/upgrade-view.ts";
import { openPage } from "../../listed-page.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";

/** What an upgrade is at. Its hosts are read after it: one that has ended has them all as they end. */
export const getAgentUpgrade: Operation<GetAgentUpgradeInput, GetAgentUpgradeOutput, SluiceContext> = async (
  input,
  context,
) => {
  const { store, agentUpgrades } = context;
  const page = openPage(
    { operation: "GetAgentUpgrade", input, token: input.nextToken, size: PAGE_ITEMS, shape: ["string", "number"] },
    context,
  );
  const [upgradeId, afterOrdinal] = page.after ?? [input.upgradeId, undefined];
  const row = await requireUpgrade(store, upgradeId);
  const read = await hostsOfUpgrade(store.db, row.upgrade_id, {
    changedSince: input.changedSince?.getTime(),
    afterOrdinal,
    limit: page.limit,
  });
  const { items, nextToken } = page.cut(read, (host) => [host.upgrade_id, host.ordinal]);
  return {
    upgrade: await viewOfUpgrade(store, row),
    hosts: items.map(viewUpgradeHost),
    limits: agentUpgrades.limitsOf(row),
    nextToken,
  };
};

export const listAgentUpgrades: Operation<ListAgentUpgradesInput, ListAgentUpgradesOutput, SluiceContext> = async (
  input,
  context,
) => {
  const page = openPage(
    {
      operation: "ListAgentUpgrades",
      input,
      token: input.nextToken,
      size: PAGE_ITEMS,
      shape: ["number", "string"],
    },
    context,
  );
  const rows = await listUpgrades(context.store.db, { after: page.after, limit: page.limit });
  const { items, nextToken } = page.cut(rows, (row) => [row.created_at, row.upgrade_id]);
  return { upgrades: await viewUpgrades(context.store, items), nextToken };
};

/** The latest one when none is named. */
export async function requireUpgrade(
  { db }: Pick<Store, "db">,
  upgradeId: string | undefined,
): Promise<AgentUpgradeRow> {
  const row = upgradeId === undefined ? (await listUpgrades(db, { limit: 1 }))[0] : await findUpgrade(db, upgradeId);
  if (row) return row;
  throw new CallerFault(
    "AgentUpgradeDoesNotExistException",
    upgradeId === undefined
      ? "There is no upgrade of agents: `sluice agents upgrade` starts one."
      : `There is no upgrade of agents with the id ${excerpt(upgradeId)}: \`sluice agents upgrades\` lists them.`,
  );
}
