import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { StopAgentUpgradeInput, StopAgentUpgradeOutput } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { callerArn } from "../../../access/caller-arn.ts";
import { changeUpgrade, findActiveUpgrade, lockUpgrade } from "../../../store/agent-upgrades.ts";
import { viewOfUpgrade } from "../../../upgrades/upgrade-view.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { requireUpgrade } from "./get-agent-upgrade.ts";

/** No further host begins. Those that have begun end by themselves. */
export const stopAgentUpgrade: Operation<StopAgentUpgradeInput, StopAgentUpgradeOutput, SluiceContext> = async (
  { upgradeId },
  context,
) => {
  const { store } = context;
  const id = upgradeId ?? (await findActiveUpgrade(store.db))?.upgrade_id;
  if (id === undefined) {
    throw new CallerFault(
      "AgentUpgradeDoesNotExistException",
      "No upgrade of agents is under way: there is none to stop.",
    );
  }
  await requireUpgrade(store, id);
  const by = callerArn(context.principal, context.accountId);
  await store.write(async (transaction) => {
    const row = await lockUpgrade(transaction, id);
    // One that stops already keeps its reason.
    if (row?.status !== "Running") return;
    await changeUpgrade(transaction, id, { status: "Stopping", end_status: "Stopped", reason: `stopped by ${by}` });
    transaction.afterCommit(() => context.agentUpgrades.wake());
  });
  return { upgrade: await viewOfUpgrade(store, await requireUpgrade(store, id)) };
};
