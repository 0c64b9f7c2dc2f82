import type { CreateDeploymentGroupInput } from "@aws-sdk/client-codedeploy";
import { HOOK_TIMEOUT_MILLISECONDS } from "@sluice/engine/time-limits.ts";
import { objectOf } from "@sluice/model/stored-json/form.ts";
import { JsonColumn } from "./json-column.ts";
import { REVISION_FORM } from "./revision-form.ts";

/**
 * `deployment_groups.fields_json`: all that a caller may say about a group but its names and its configuration, in the API's shapes and
 * exactly as it was said, so that what is read is what was written. Auto Scaling groups are kept by name.
 */
export type DeploymentGroupFields = Omit<
  CreateDeploymentGroupInput,
  "applicationName" | "deploymentGroupName" | "deploymentConfigName" | "tags" | "serviceRoleArn"
> & { readonly serviceRoleArn: string };

/** `deployment_groups.rolled_back_json`: what a group says of itself from a rollback on until a new deployment succeeds or a person acknowledges it. */
export interface RolledBack {
  /** The deployment that was rolled back. */
  readonly deploymentId: string;
  readonly rollbackDeploymentId: string;
  /** Why the deployment ended as it did. */
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** `deployment_groups.settings_json`: what Sluice can do for a group and CodeDeploy cannot. */
export interface GroupSettings {
  /** Hosts that join the group after its last successful deployment get that deployment's revision by themselves. */
  readonly deployToLateHosts: boolean;
  /** In which a hook of ECS or Lambda has to answer. */
  readonly hookTimeoutSeconds: number;
  /** A hook of ECS or Lambda that returns without an answer fails its event at once. */
  readonly hookMustAnswer: boolean;
  /** A deployment to ECS fails as soon as the tasks of its replacement keep stopping. */
  readonly failEarly: boolean;
}

/** Without a word of a group's settings. */
export const USUAL_SETTINGS: GroupSettings = {
  deployToLateHosts: false,
  hookTimeoutSeconds: HOOK_TIMEOUT_MILLISECONDS / 1000,
  hookMustAnswer: false,
  failEarly: true,
};

const KEY = ["deployment_group_id"] as const;

export const GROUP_FIELDS = new JsonColumn(
  "deployment_groups.fields_json",
  KEY,
  objectOf<DeploymentGroupFields>({ serviceRoleArn: "text" }),
);
export const TARGET_REVISION = new JsonColumn("deployment_groups.target_revision_json", KEY, REVISION_FORM);
export const ROLLED_BACK = new JsonColumn(
  "deployment_groups.rolled_back_json",
  KEY,
  objectOf<RolledBack>({ deploymentId: "text", rollbackDeploymentId: "text", reason: "text", at: "number" }),
);
export const GROUP_SETTINGS = new JsonColumn(
  "deployment_groups.settings_json",
  KEY,
  objectOf<GroupSettings>(
    { deployToLateHosts: "flag", hookTimeoutSeconds: "number", hookMustAnswer: "flag", failEarly: "flag" },
    USUAL_SETTINGS,
  ),
);
