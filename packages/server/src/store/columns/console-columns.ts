import type { DeploymentConfigInfo, DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { objectOf } from "@sluice/model/stored-json/form.ts";
import type { GroupSettings } from "./group-columns.ts";
import { JsonColumn } from "./json-column.ts";

/** `deployment_snapshots.snapshot_json`: the settings of a group as they were when a deployment was created. Times are ISO 8601. */
export interface StoredSnapshot {
  readonly deploymentGroup: DeploymentGroupInfo;
  /** Null: its configuration was not there any more. */
  readonly deploymentConfig: DeploymentConfigInfo | null;
  readonly settings: GroupSettings;
}

export const DEPLOYMENT_SNAPSHOT = new JsonColumn(
  "deployment_snapshots.snapshot_json",
  ["deployment_id"] as const,
  objectOf<StoredSnapshot>({ deploymentGroup: "object", deploymentConfig: "object or null", settings: "object" }),
);
