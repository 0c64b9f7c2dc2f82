import type { DeploymentConfig } from "@sluice/model/deployment-config.ts";
import { objectOf } from "@sluice/model/stored-json/form.ts";
import { JsonColumn } from "./json-column.ts";
import { REVISION_FORM } from "./revision-form.ts";

/** `deployment_configs.fields_json`, in the API's shapes: what other columns do not hold. */
export type DeploymentConfigFields = Omit<DeploymentConfig, "deploymentConfigId" | "deploymentConfigName">;

export const CONFIG_FIELDS = new JsonColumn(
  "deployment_configs.fields_json",
  ["deployment_config_name"],
  objectOf<DeploymentConfigFields>({ computePlatform: "text" }),
);
export const REVISION_LOCATION = new JsonColumn(
  "revisions.location_json",
  ["application_id", "revision_key"],
  REVISION_FORM,
);
