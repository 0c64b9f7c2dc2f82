/** What upgrades of agents are asked for and answer: docs/reference/agent.md. */

/**
 * `waiting`: not its turn yet. `offered`: the program is in the answers to its heartbeats. `downloading`: its agent has taken the offer.
 * `restarted`: its agent has the program, and goes to start it. `done`: it runs the version. `restored`: the new program did not work there, and the
 * former one runs again. `failed`: it did not take the program. `skipped`: nothing was done.
 */
export type AgentUpgradeHostState =
  | "waiting"
  | "offered"
  | "downloading"
  | "restarted"
  | "done"
  | "restored"
  | "failed"
  | "skipped";

export interface AgentUpgradeHost {
  readonly hostId: string;
  readonly hostName: string;
  readonly state: string;
  /** That its agent had when the upgrade began; absent: nobody knows. */
  readonly fromVersion?: string | undefined;
  /** What it waits for, or why it ended so, with the cure. */
  readonly reason?: string | undefined;
  readonly changedAt: Date;
}

/** How many hosts are in which state. */
export interface AgentUpgradeCounts {
  readonly waiting: number;
  readonly underWay: number;
  readonly done: number;
  readonly restored: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface AgentUpgrade {
  readonly upgradeId: string;
  readonly version: string;
  /**
   * `Running`; `Stopping`: no host begins, and those that have begun are waited for; `Succeeded`: no host failed, some may be skipped;
   * `Failed`: it stopped at a host; `Stopped`: somebody stopped it.
   */
  readonly status: string;
  /** Why it stopped. */
  readonly reason?: string | undefined;
  /** Hosts at a time. */
  readonly batchSize: number;
  readonly isDowngradeAllowed: boolean;
  /** Of the upgrade of one deployment group. */
  readonly applicationName?: string | undefined;
  readonly deploymentGroupName?: string | undefined;
  readonly createdBy?: string | undefined;
  readonly createdAt: Date;
  readonly endedAt?: Date | undefined;
  readonly counts: AgentUpgradeCounts;
}

export interface StartAgentUpgradeInput {
  /** The server's own when absent. */
  readonly version?: string | undefined;
  /** The hosts of one deployment group. Not with `hosts`; with neither all hosts. */
  readonly applicationName?: string | undefined;
  readonly deploymentGroupName?: string | undefined;
  /** Names or ids, at most 100. */
  readonly hosts?: readonly string[] | undefined;
  /** Also replace a later version by an earlier one. */
  readonly allowDowngrade?: boolean | undefined;
  /** Hosts at a time: a number (`3`) or a share (`10%`), rounded down and at least one. `10%` when absent. */
  readonly batch?: string | undefined;
}
export interface StartAgentUpgradeOutput {
  readonly upgrade: AgentUpgrade;
}
export interface GetAgentUpgradeInput {
  /** The latest one when absent. */
  readonly upgradeId?: string | undefined;
  /** Only the hosts that have changed since. */
  readonly changedSince?: Date | undefined;
  readonly nextToken?: string | undefined;
}
/** A deployment group of which fewer hosts may be away at a time than `batchSize`. */
export interface AgentUpgradeLimit {
  /** `APPLICATION/GROUP`. */
  readonly group: string;
  readonly hostsAtOnce: number;
  /** Which rule says so, with the cure. */
  readonly reason: string;
}
export interface GetAgentUpgradeOutput {
  /** While it runs, and as soon as the server has asked who is in which group. */
  readonly limits?: readonly AgentUpgradeLimit[] | undefined;
  readonly upgrade: AgentUpgrade;
  /** In the order in which they get their turn; 100 in an answer. */
  readonly hosts: readonly AgentUpgradeHost[];
  /** Of the next of them. It names the upgrade too: one that begins meanwhile does not come in between. */
  readonly nextToken?: string | undefined;
}
export interface ListAgentUpgradesInput {
  readonly nextToken?: string | undefined;
}
export interface ListAgentUpgradesOutput {
  /** The newest first. */
  readonly upgrades: readonly AgentUpgrade[];
  readonly nextToken?: string | undefined;
}
export interface StopAgentUpgradeInput {
  /** The one that runs when absent. */
  readonly upgradeId?: string | undefined;
}
/** One that has ended stays as it is. */
export interface StopAgentUpgradeOutput {
  readonly upgrade: AgentUpgrade;
}

/** An envelope in the form of a specification's, signed with the same key, over an {@link AgentProgramOffer}. */
export interface SignedAgentOffer {
  readonly format: string;
  /** PEM, as the Payload of a specification. */
  readonly envelope: string;
  /** Not signed, and used for one thing: an agent that cannot open the envelope says by them what it refuses. An earlier server does not give them. */
  readonly upgradeId?: string | undefined;
  readonly version?: string | undefined;
}

export const AGENT_OFFER_KIND = "agent-program";

/** What a host is offered. Signed, so that only the server where the host enrolled can give it a program. */
export interface AgentProgramOffer {
  readonly kind: typeof AGENT_OFFER_KIND;
  readonly upgradeId: string;
  /** For this host alone. */
  readonly hostIdentifier: string;
  readonly version: string;
  readonly platform: string;
  /** Of the file, hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** Only with it an agent takes an earlier version than its own. */
  readonly isDowngrade: boolean;
  /** An agent takes no offer that is older than the last one that it took, or than an hour. */
  readonly signedAt: string;
}

/** What an agent tells of the offer that it took, in its heartbeats, until one of them is answered. */
export interface AgentUpgradeReport {
  readonly version: string;
  /** `downloading`, `restarted`, `done`, `restored` or `failed`. */
  readonly state: string;
  /** Why, of `restored` and `failed`. */
  readonly reason?: string | undefined;
}

export interface AgentUpgradeOperations {
  StartAgentUpgrade: { input: StartAgentUpgradeInput; output: StartAgentUpgradeOutput };
  GetAgentUpgrade: { input: GetAgentUpgradeInput; output: GetAgentUpgradeOutput };
  ListAgentUpgrades: { input: ListAgentUpgradesInput; output: ListAgentUpgradesOutput };
  StopAgentUpgrade: { input: StopAgentUpgradeInput; output: StopAgentUpgradeOutput };
}
