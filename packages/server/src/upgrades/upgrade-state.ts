import type { AgentUpgradeHostState } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import type { AgentUpgradeHostRow, UpgradeChange, UpgradeHostChange } from "../store/agent-upgrades.ts";
import type { AgentUpgradeStatus } from "../store/schema.ts";

/** An upgrade as the planner sees it. Times are epoch milliseconds. */
export interface UpgradeState {
  readonly version: string;
  readonly status: AgentUpgradeStatus;
  readonly endStatus: "Failed" | "Stopped" | null;
  readonly batchSize: number;
  readonly allowDowngrade: boolean;
  /** Of which there is a program. */
  readonly platforms: ReadonlySet<string>;
  readonly createdAt: number;
  /** In the order of their turns. */
  readonly hosts: readonly UpgradeHost[];
}

export type UpgradeHost = Pick<AgentUpgradeHostRow, "host_id" | "host_name" | "state" | "reason" | "changed_at">;

/** What is known of a host now. One that is not there was removed. */
export interface ObservedAgent {
  /** `never`: no agent has spoken for it. */
  readonly presence: "alive" | "offline" | "never";
  readonly agent: "sluice" | "aws" | null;
  readonly version: string | null;
  readonly platform: string | null;
  readonly obstacle: string | null;
  /** A deployment in progress in which it has not ended. */
  readonly deploymentId: string | null;
  readonly runningCommands: number;
}

/** A deployment group, and how many of its hosts have to stay healthy. */
export interface GuardedGroup {
  /** `APPLICATION/GROUP`. */
  readonly name: string;
  readonly configName: string;
  readonly hostIds: readonly string[];
  readonly minimum: number;
}

export interface UpgradeObservation {
  readonly agents: ReadonlyMap<string, ObservedAgent>;
  /** Those that have a host of the upgrade. */
  readonly groups: readonly GuardedGroup[];
  /** Hosts of those groups that are offline. */
  readonly offline: ReadonlySet<string>;
  /** Platforms whose program this server cannot give any more, each with the reason and the cure. */
  readonly withheld: ReadonlyMap<string, string>;
  /** Since when the server hears hosts without a break: of what was before, nobody knows whether a host was silent. */
  readonly heardSince: number;
  /** What hosts are called, by their ids. */
  readonly names: ReadonlyMap<string, string>;
}

export interface UpgradeSteps {
  readonly hosts: readonly { readonly hostId: string; readonly change: UpgradeHostChange }[];
  readonly upgrade: UpgradeChange | null;
}

const UNDER_WAY: ReadonlySet<AgentUpgradeHostState> = new Set(["offered", "downloading", "restarted"]);

export function isUnderWay({ state }: Pick<UpgradeHost, "state">): boolean {
  return UNDER_WAY.has(state);
}
