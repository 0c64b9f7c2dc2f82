import { truncate } from "@sluice/model/excerpt.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import type { AgentUpgradeHostState, AgentUpgradeReport } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import {
  changeUpgradeHost,
  describeAgent,
  latestUpgradeOfHost,
  lockUpgrade,
  upgradeOfHost,
} from "../store/agent-upgrades.ts";
import type { HostRow } from "../store/hosts.ts";
import type { Store } from "../store/open-store.ts";

/** Of what an agent says of itself. */
const MAX_SAID_CHARACTERS = 500;
const PLATFORM = /^linux-(x64|arm64)$/;

/** A host's row, and what its agent says of itself now. */
export interface AgentFacts
  extends Pick<HostRow, "host_id" | "agent_version" | "agent_platform" | "agent_upgrade_obstacle"> {
  /** Null: it does not say. */
  readonly saidVersion: string | null;
  readonly saidPlatform: string | undefined;
  readonly saidObstacle: string | undefined;
}

/** What an agent may say of itself, and in which states of before. What has ended so stays. */
const REPORTABLE: ReadonlyMap<string, readonly AgentUpgradeHostState[]> = new Map([
  ["downloading", ["offered", "waiting", "skipped"]],
  ["restarted", ["offered", "waiting", "skipped", "downloading"]],
  ["done", ["offered", "waiting", "skipped", "downloading", "restarted", "failed"]],
  ["restored", ["offered", "waiting", "skipped", "downloading", "restarted", "failed"]],
  ["failed", ["offered", "waiting", "skipped", "downloading", "restarted"]],
]);

/** Writes down what a heartbeat says of the agent. True: an upgrade may go on by it. */
export async function takeAgentReport(
  store: Store,
  host: AgentFacts,
  report: AgentUpgradeReport | undefined,
  now: number,
): Promise<boolean> {
  const platform = host.saidPlatform !== undefined && PLATFORM.test(host.saidPlatform) ? host.saidPlatform : null;
  const obstacle = host.saidObstacle ? said(host.saidObstacle) : null;
  const version = host.saidVersion ?? host.agent_version;
  const isNews =
    platform !== host.agent_platform || obstacle !== host.agent_upgrade_obstacle || version !== host.agent_version;
  if (isNews) {
    // At once: a server that died before it wrote down what it heard would take the host for one that had the version.
    const facts = { agent_platform: platform, agent_upgrade_obstacle: obstacle, agent_version: version };
    await store.write((transaction) => describeAgent(transaction, host.host_id, facts));
  }
  if (report === undefined) return isNews;
  return store.write(async (transaction) => {
    const found = await latestUpgradeOfHost(transaction.db, host.host_id, report.version);
    if (!found || !(await lockUpgrade(transaction, found.upgrade_id))) return isNews;
    // It may have changed until the lock was had.
    const row = await upgradeOfHost(transaction.db, found.upgrade_id, host.host_id);
    const before = REPORTABLE.get(report.state);
    if (!row || !before?.includes(row.state)) return isNews;
    await changeUpgradeHost(transaction, row, {
      state: report.state as AgentUpgradeHostState,
      reason: report.reason ? said(report.reason) : null,
      changed_at: now,
    });
    return true;
  });
}

function said(text: string): string {
  return truncate(visibleLine(text), MAX_SAID_CHARACTERS);
}
