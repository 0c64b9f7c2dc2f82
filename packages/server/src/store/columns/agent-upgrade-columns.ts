import { listOf, objectOf } from "@sluice/model/stored-json/form.ts";
import { JsonColumn } from "./json-column.ts";

/** `agent_upgrades.request_json`: what was asked for. */
export interface AgentUpgradeRequest {
  /** The hosts of one deployment group; null: not chosen by a group. */
  readonly applicationName: string | null;
  readonly deploymentGroupName: string | null;
  /** Hosts at a time, all groups together. */
  readonly batchSize: number;
  readonly allowDowngrade: boolean;
}

/** A program that hosts of a platform are offered. */
export interface AgentProgramFacts {
  /** `linux-x64` or `linux-arm64`. */
  readonly platform: string;
  /** Of the file, hex. */
  readonly sha256: string;
  readonly bytes: number;
}

const KEY = ["upgrade_id"] as const;

export const AGENT_UPGRADE_REQUEST = new JsonColumn(
  "agent_upgrades.request_json",
  KEY,
  objectOf<AgentUpgradeRequest>({
    applicationName: "text or null",
    deploymentGroupName: "text or null",
    batchSize: "number",
    allowDowngrade: "flag",
  }),
);

export const AGENT_PROGRAMS = new JsonColumn(
  "agent_upgrades.programs_json",
  KEY,
  listOf(objectOf<AgentProgramFacts>({ platform: "text", sha256: "text", bytes: "number" })),
);
