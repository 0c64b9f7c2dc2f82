import { createdDeployment } from "@sluice/engine/created-deployment.ts";
import type { HealthRule, HostWay, Strategy } from "@sluice/engine/state.ts";
import { strategyWith } from "@sluice/engine/strategy.fixture.ts";
import {
  DEPLOYMENT_HEAD,
  DEPLOYMENT_REQUEST,
  DEPLOYMENT_REVISION,
  type DeploymentHead,
} from "./columns/deployment-columns.ts";
import type { DeploymentRequest } from "./columns/deployment-request.ts";
import { GROUP_FIELDS } from "./columns/group-columns.ts";
import type { DeploymentGroupRow } from "./deployment-groups.ts";
import type { DeploymentRow } from "./deployments.ts";

export const USUAL_REQUEST: DeploymentRequest = {
  deploymentConfigName: "CodeDeployDefault.AllAtOnce",
  fileExistsBehavior: "DISALLOW",
  ignoreApplicationStopFailures: false,
  updateOutdatedInstancesOnly: false,
};

/** The rules of hosts that are not given are the usual ones. */
export function createdHead({
  strategy: way = { type: "in-place", hasTrafficControl: false, zones: null },
  healthRule,
  ...given
}: Pick<DeploymentHead, "deploymentId" | "createdAt"> &
  Partial<Omit<DeploymentHead, "strategy">> & {
    readonly strategy?: HostWay | Strategy;
    readonly healthRule?: HealthRule;
  }): DeploymentHead {
  const strategy = strategyWith(way, healthRule ? { healthRule } : {});
  const { targets: _, ...head } = createdDeployment({
    deploymentGroupName: "prod",
    strategy,
    alarms: null,
    statusMessages: [],
    ...given,
  });
  return { ...head, ...given };
}

/** A deployment as CreateDeployment leaves it, for tests. */
export function deploymentRow(deploymentId: string, change: Partial<DeploymentRow> = {}): DeploymentRow {
  return {
    deployment_id: deploymentId,
    application_id: "application-1",
    application_name: "MyWebApp",
    deployment_group_id: "group-1",
    deployment_group_name: "prod",
    compute_platform: "Server",
    status: "Created",
    active: 1,
    advancing: 0,
    watches_alarms: 0,
    creator: "user",
    revision_key: "s3://b/k#zip##",
    revision_json: DEPLOYMENT_REVISION.write({
      revisionType: "S3",
      s3Location: { bucket: "b", key: "k", bundleType: "zip" },
    }),
    previous_revision_json: null,
    request_json: DEPLOYMENT_REQUEST.write(USUAL_REQUEST),
    intent_json: null,
    state_json: DEPLOYMENT_HEAD.write(createdHead({ deploymentId, createdAt: 0 })),
    external_id: null,
    created_by: null,
    created_at: 0,
    started_at: null,
    completed_at: null,
    error_code: null,
    error_message: null,
    wake_at: null,
    rollback_json: null,
    last_sequence: 0,
    quarantined: null,
    ...change,
  };
}

/** A group as CreateDeploymentGroup leaves it, for tests. */
export function groupRow(change: Partial<DeploymentGroupRow> = {}): DeploymentGroupRow {
  return {
    deployment_group_id: "group-1",
    application_id: "application-1",
    deployment_group_name: "prod",
    deployment_config_name: "CodeDeployDefault.AllAtOnce",
    fields_json: GROUP_FIELDS.write({ serviceRoleArn: "" }),
    target_revision_json: null,
    last_attempted_deployment_id: null,
    last_successful_deployment_id: null,
    rolled_back_json: null,
    settings_json: null,
    created_at: 0,
    ...change,
  };
}
