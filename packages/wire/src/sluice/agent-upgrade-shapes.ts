import { boolean, integer, list, outputText, string, structure, timestamp } from "../shapes/shape.ts";

const upgrade = structure(
  {
    upgradeId: string,
    version: string,
    status: string,
    reason: outputText,
    batchSize: integer,
    isDowngradeAllowed: boolean,
    applicationName: string,
    deploymentGroupName: string,
    createdBy: string,
    createdAt: timestamp,
    endedAt: timestamp,
    counts: structure(
      {
        waiting: integer,
        underWay: integer,
        done: integer,
        restored: integer,
        failed: integer,
        skipped: integer,
      },
      ["waiting", "underWay", "done", "restored", "failed", "skipped"],
    ),
  },
  ["upgradeId", "version", "status", "batchSize", "isDowngradeAllowed", "createdAt", "counts"],
);

const upgradeHost = structure(
  {
    hostId: string,
    hostName: string,
    state: string,
    fromVersion: outputText,
    reason: outputText,
    changedAt: timestamp,
  },
  ["hostId", "hostName", "state", "changedAt"],
);

const upgradeLimit = structure({ group: string, hostsAtOnce: integer, reason: outputText }, [
  "group",
  "hostsAtOnce",
  "reason",
]);

/** Of `HostHeartbeat`. */
export const signedAgentOffer = structure(
  { format: string, envelope: outputText, upgradeId: string, version: string },
  ["format", "envelope"],
);
export const agentUpgradeReport = structure({ version: string, state: string, reason: string }, ["version", "state"]);

/** Upgrades of agents; spread into `SLUICE_TABLE`. */
export const AGENT_UPGRADE_TABLE = {
  StartAgentUpgrade: {
    input: structure({
      version: string,
      applicationName: string,
      deploymentGroupName: string,
      hosts: list(string),
      allowDowngrade: boolean,
      batch: string,
    }),
    output: structure({ upgrade }, ["upgrade"]),
  },
  GetAgentUpgrade: {
    input: structure({ upgradeId: string, changedSince: timestamp, nextToken: string }),
    output: structure({ upgrade, hosts: list(upgradeHost), limits: list(upgradeLimit), nextToken: string }, [
      "upgrade",
      "hosts",
    ]),
  },
  ListAgentUpgrades: {
    input: structure({ nextToken: string }),
    output: structure({ upgrades: list(upgrade), nextToken: string }, ["upgrades"]),
  },
  StopAgentUpgrade: {
    input: structure({ upgradeId: string }),
    output: structure({ upgrade }, ["upgrade"]),
  },
};
