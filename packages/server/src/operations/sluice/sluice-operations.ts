import { MAX_INPUT_BYTES } from "@sluice/wire/json/json-protocol.ts";
import type { SluiceOperations } from "@sluice/wire/sluice/sluice-operations.ts";
import type { Operation } from "../operation.ts";
import { getAgentUpgrade, listAgentUpgrades } from "./agent-upgrades/get-agent-upgrade.ts";
import { startAgentUpgrade } from "./agent-upgrades/start-agent-upgrade.ts";
import { stopAgentUpgrade } from "./agent-upgrades/stop-agent-upgrade.ts";
import { listAuditEvents } from "./audit/list-audit-events.ts";
import { changeShift } from "./change-shift.ts";
import { actOnDeployment } from "./console/act-on-deployment.ts";
import { compareDeployments } from "./console/compare-deployments.ts";
import { compareRevisions } from "./console/compare-revisions.ts";
import { createBundleUpload } from "./console/create-bundle-upload.ts";
import { describeDeployment } from "./console/describe-deployment.ts";
import { getDeploymentSnapshot } from "./console/get-deployment-snapshot.ts";
import { getHost } from "./console/get-host.ts";
import { getOverview } from "./console/get-overview.ts";
import { listBundles } from "./console/list-bundles.ts";
import { listDeploymentEvents } from "./console/list-deployment-events.ts";
import { listFailureClusters } from "./console/list-failure-clusters.ts";
import { listGridTargets } from "./console/list-grid-targets.ts";
import { listShiftResources } from "./console/list-shift-resources.ts";
import { readAlarmsNow } from "./console/read-alarms-now.ts";
import { searchDeployments } from "./console/search-deployments.ts";
import { createEnrolmentToken } from "./create-enrolment-token.ts";
import { declareHost } from "./declare-host.ts";
import { enrolHost } from "./enrol-host.ts";
import { listEnrolmentTokens, revokeEnrolmentToken } from "./enrolment-tokens.ts";
import { getGroupSettings, putGroupSettings } from "./get-and-put-group-settings.ts";
import { getDeploymentLogs } from "./get-deployment-logs.ts";
import { getDeploymentWaits } from "./get-deployment-waits.ts";
import { getFunctionLogs } from "./get-function-logs.ts";
import { getTaskLogs } from "./get-task-logs.ts";
import { hostHeartbeat } from "./host-heartbeat.ts";
import { tagHost, untagHost } from "./host-tags.ts";
import { explainAccess } from "./identities/explain-access.ts";
import { deletePolicy, getPolicy, listPolicies, putPolicy } from "./identities/policies.ts";
import { deleteRole, listRoles, putRole } from "./identities/roles.ts";
import { deleteUser, listUsers, putUser } from "./identities/users.ts";
import { createAccessKey } from "./keys/create-access-key.ts";
import { createConsoleLink } from "./keys/create-console-link.ts";
import { deleteAccessKey } from "./keys/delete-access-key.ts";
import { getCallerAccess } from "./keys/get-caller-access.ts";
import { listAccessKeys } from "./keys/list-access-keys.ts";
import { listGitHubTokens } from "./keys/list-git-hub-tokens.ts";
import { putGitHubToken } from "./keys/put-git-hub-token.ts";
import { rotateAccessKey } from "./keys/rotate-access-key.ts";
import { updateAccessKey } from "./keys/update-access-key.ts";
import { listHosts } from "./list-hosts.ts";
import { acknowledge, listRolledBack } from "./list-rolled-back-groups.ts";
import { planDeployment } from "./plan-deployment.ts";
import { pruneDeployments } from "./prune-deployments.ts";
import { putHostLogs } from "./put-host-logs.ts";
import { removeHost } from "./remove-host.ts";
import type { SluiceContext } from "./sluice-context.ts";
import { testTriggers } from "./test-triggers.ts";
import { listTriggerDeliveries, replayTriggerDelivery } from "./trigger-deliveries.ts";

/** Sluice's own operations, by their names on the wire. */
export const SLUICE_HANDLERS: {
  readonly [Name in keyof SluiceOperations]: Operation<
    SluiceOperations[Name]["input"],
    SluiceOperations[Name]["output"],
    SluiceContext
  >;
} = {
  CreateEnrolmentToken: createEnrolmentToken,
  ListEnrolmentTokens: listEnrolmentTokens,
  RevokeEnrolmentToken: revokeEnrolmentToken,
  EnrolHost: enrolHost,
  HostHeartbeat: hostHeartbeat,
  PutHostLogs: putHostLogs,
  GetDeploymentLogs: getDeploymentLogs,
  GetTaskLogs: getTaskLogs,
  GetFunctionLogs: getFunctionLogs,
  GetDeploymentWaits: getDeploymentWaits,
  ChangeShift: changeShift,
  ListFailureClusters: listFailureClusters,
  ActOnDeployment: actOnDeployment,
  GetDeploymentSnapshot: getDeploymentSnapshot,
  CompareRevisions: compareRevisions,
  CompareDeployments: compareDeployments,
  DeclareHost: declareHost,
  ListHosts: listHosts,
  RemoveHost: removeHost,
  TagHost: tagHost,
  UntagHost: untagHost,
  ListRolledBackGroups: listRolledBack,
  AcknowledgeRollback: acknowledge,
  GetGroupSettings: getGroupSettings,
  PutGroupSettings: putGroupSettings,
  ListTriggerDeliveries: listTriggerDeliveries,
  ReplayTriggerDelivery: replayTriggerDelivery,
  TestTriggers: testTriggers,
  PlanDeployment: planDeployment,
  PruneDeployments: pruneDeployments,
  GetOverview: getOverview,
  SearchDeployments: searchDeployments,
  DescribeDeployment: describeDeployment,
  ListGridTargets: listGridTargets,
  ListDeploymentEvents: listDeploymentEvents,
  ReadAlarms: readAlarmsNow,
  GetHost: getHost,
  ListBundles: listBundles,
  CreateBundleUpload: createBundleUpload,
  ListShiftResources: listShiftResources,
  PutGitHubToken: putGitHubToken,
  ListGitHubTokens: listGitHubTokens,
  CreateAccessKey: createAccessKey,
  ListAccessKeys: listAccessKeys,
  UpdateAccessKey: updateAccessKey,
  RotateAccessKey: rotateAccessKey,
  DeleteAccessKey: deleteAccessKey,
  ListPolicies: listPolicies,
  GetPolicy: getPolicy,
  PutPolicy: putPolicy,
  DeletePolicy: deletePolicy,
  ListUsers: listUsers,
  PutUser: putUser,
  DeleteUser: deleteUser,
  ListRoles: listRoles,
  PutRole: putRole,
  DeleteRole: deleteRole,
  ExplainAccess: explainAccess,
  GetCallerAccess: getCallerAccess,
  CreateConsoleLink: createConsoleLink,
  ListAuditEvents: listAuditEvents,
  StartAgentUpgrade: startAgentUpgrade,
  GetAgentUpgrade: getAgentUpgrade,
  ListAgentUpgrades: listAgentUpgrades,
  StopAgentUpgrade: stopAgentUpgrade,
};

/** Whose credential is in the body. */
export const UNSIGNED_SLUICE_OPERATIONS: ReadonlySet<string> = new Set(["EnrolHost"]);

/** Of what nobody has signed. */
const MAX_ENROLMENT_INPUT_BYTES = 64 * 1024;
const MAX_HEARTBEAT_INPUT_BYTES = 64 * 1024;
/** The agent sends at most 256 Ki characters of output at a time, which as JSON may be six times as long. */
const MAX_HOST_LOGS_INPUT_BYTES = 2 * 1024 * 1024;

const MAX_INPUTS_BYTES: Readonly<Record<string, number>> = {
  EnrolHost: MAX_ENROLMENT_INPUT_BYTES,
  HostHeartbeat: MAX_HEARTBEAT_INPUT_BYTES,
  PutHostLogs: MAX_HOST_LOGS_INPUT_BYTES,
};

export function sluiceInputMaxBytes(operation: string): number {
  return Object.hasOwn(MAX_INPUTS_BYTES, operation) ? MAX_INPUTS_BYTES[operation]! : MAX_INPUT_BYTES;
}
