import { formatElapsed } from "@sluice/model/elapsed.ts";
import type { AgentUpgrade, AgentUpgradeHost } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { countHosts, visibleHost } from "../terminal/printing.ts";

const STATE_WORDS: Readonly<Record<string, string>> = {
  waiting: "waits",
  offered: "is offered the program",
  downloading: "downloads the program",
  restarted: "starts the new agent",
  done: "done",
  restored: "RESTORED: its former agent runs again",
  failed: "FAILED",
  skipped: "left out",
};

/** `web-1 (i-…) done`, or why not. A state that a later server has is shown as it is. */
export function hostLine({ hostName, hostId, state, reason, fromVersion }: AgentUpgradeHost, version: string): string {
  const was =
    state === "done" && reason === undefined && fromVersion !== undefined ? ` (${fromVersion} → ${version})` : "";
  const why = reason === undefined ? "" : `: ${reason}`;
  return `${visibleHost(hostName, hostId)} ${STATE_WORDS[state] ?? state}${was}${why}`;
}

/** `u-ABC: agents of 12 hosts to 0.3.0, 1 at a time`. */
export function beginLine(upgrade: AgentUpgrade): string {
  const { upgradeId, version, batchSize, applicationName, deploymentGroupName } = upgrade;
  const group = deploymentGroupName === undefined ? "" : ` of ${applicationName}/${deploymentGroupName}`;
  return `${upgradeId}: agents of ${countHosts(hostsOf(upgrade))}${group} to ${version}, at most ${batchSize} at a time`;
}

/** What came of it, or what it is at. */
export function upgradeLine(upgrade: AgentUpgrade): string {
  const { upgradeId, status, reason, counts, createdAt, endedAt } = upgrade;
  const { done, restored, failed, skipped, waiting, underWay } = counts;
  const parts = [
    `${done} done`,
    ...(
      [
        [underWay, "under way"],
        [waiting, "waiting"],
        [restored, "restored"],
        [failed, "failed"],
        [skipped, "left out"],
      ] as const
    ).flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])),
  ];
  const took = endedAt === undefined ? "" : ` after ${formatElapsed(endedAt.getTime() - createdAt.getTime())}`;
  return `${upgradeId} ${status}${took}: ${parts.join(", ")}${reason === undefined ? "" : `. ${reason}`}`;
}

function hostsOf({ counts }: AgentUpgrade): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export function isOver({ status }: AgentUpgrade): boolean {
  return status !== "Running" && status !== "Stopping";
}

/** 0 where every host has the version. */
export function exitCodeOf({ status, counts }: AgentUpgrade): number {
  return status === "Succeeded" && counts.skipped === 0 ? 0 : 1;
}
