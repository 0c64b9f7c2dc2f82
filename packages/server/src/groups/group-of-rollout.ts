import type { DeploymentConfig } from "@sluice/model/deployment-config.ts";
import type { DeploymentGroupFields, GroupSettings } from "../store/columns/group-columns.ts";

/** What a group says of its deployments: its fields, the configuration that it or the caller chose, and Sluice's own settings. */
export interface GroupOfRollout {
  readonly fields: DeploymentGroupFields;
  readonly config: DeploymentConfig;
  readonly settings: GroupSettings;
}
