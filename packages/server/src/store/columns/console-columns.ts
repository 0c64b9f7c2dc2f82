import type { ComputePlatform, DeploymentConfig } from "@sluice/model/deployment-config.ts";
import { objectOf } from "@sluice/model/stored-json/form.ts";
import type { DeploymentGroupFields, GroupSettings } from "./group-columns.ts";
import { JsonColumn } from "./json-column.ts";

/** `deployment_snapshots.snapshot_json`: the settings of a group as they were when a deployment was created. */
export interface StoredSnapshot {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deploymentGroupId: string;
  readonly computePlatform: ComputePlatform;
  /** The group's own, which a deployment may replace by another. */
  readonly deploymentConfigName: string;
  readonly fields: DeploymentGroupFields;
  /** The deployment's, with its creation time (epoch milliseconds; null: predefined). Null: it was not there any more. */
  readonly deploymentConfig: (DeploymentConfig & { readonly createdAt: number | null }) | null;
  readonly settings: GroupSettings;
}

export const DEPLOYMENT_SNAPSHOT = new JsonColumn(
  "deployment_snapshots.snapshot_json",
  ["deployment_id"] as const,
  objectOf<StoredSnapshot>({
    applicationName: "text",
    deploymentGroupName: "text",
    deploymentGroupId: "text",
    computePlatform: "text",
    deploymentConfigName: "text",
    fields: "object",
    deploymentConfig: "object or null",
    settings: "object",
  }),
);
