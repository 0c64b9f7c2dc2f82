import type { AccessOperations } from "./access-api.ts";
import type { AgentUpgradeOperations } from "./agent-upgrade-api.ts";
import type { ListAuditEventsInput, ListAuditEventsOutput } from "./audit-api.ts";
import type { ConsoleOperations } from "./console-api.ts";
import type { GitHubOperations } from "./git-hub-api.ts";
import type {
  AcknowledgeRollbackInput,
  AcknowledgeRollbackOutput,
  ChangeShiftInput,
  ChangeShiftOutput,
  CreateEnrolmentTokenInput,
  CreateEnrolmentTokenOutput,
  DeclareHostInput,
  DeclareHostOutput,
  EnrolHostInput,
  EnrolHostOutput,
  GetDeploymentLogsInput,
  GetDeploymentLogsOutput,
  GetDeploymentWaitsInput,
  GetDeploymentWaitsOutput,
  GetFunctionLogsInput,
  GetFunctionLogsOutput,
  GetGroupSettingsInput,
  GetTaskLogsInput,
  GetTaskLogsOutput,
  GroupSettings,
  HostHeartbeatInput,
  HostHeartbeatOutput,
  ListEnrolmentTokensInput,
  ListEnrolmentTokensOutput,
  ListHostsInput,
  ListHostsOutput,
  ListRolledBackGroupsInput,
  ListRolledBackGroupsOutput,
  ListTriggerDeliveriesInput,
  ListTriggerDeliveriesOutput,
  PlanDeploymentInput,
  PlanDeploymentOutput,
  PruneDeploymentsInput,
  PruneDeploymentsOutput,
  PutGroupSettingsInput,
  PutHostLogsInput,
  PutHostLogsOutput,
  RemoveHostInput,
  RemoveHostOutput,
  ReplayTriggerDeliveryInput,
  ReplayTriggerDeliveryOutput,
  RevokeEnrolmentTokenInput,
  RevokeEnrolmentTokenOutput,
  TagHostInput,
  TagHostOutput,
  TestTriggersInput,
  TestTriggersOutput,
  UntagHostInput,
  UntagHostOutput,
} from "./sluice-api.ts";

/** Those of `ConsoleOperations` that are served. */
type ServedConsoleOperations = Pick<
  ConsoleOperations,
  | "GetCallerAccess"
  | "CreateConsoleLink"
  | "GetOverview"
  | "SearchDeployments"
  | "DescribeDeployment"
  | "ListGridTargets"
  | "ListDeploymentEvents"
  | "ReadAlarms"
  | "GetHost"
  | "ListBundles"
  | "CreateBundleUpload"
  | "ListShiftResources"
>;

/** Of those, what is about the failures and differences of deployments. */
type DeploymentOperations = Pick<
  ConsoleOperations,
  "ListFailureClusters" | "ActOnDeployment" | "GetDeploymentSnapshot" | "CompareRevisions" | "CompareDeployments"
>;

/** All of Sluice's own operations. */
export interface SluiceOperations
  extends ServedConsoleOperations,
    DeploymentOperations,
    AccessOperations,
    AgentUpgradeOperations,
    GitHubOperations {
  CreateEnrolmentToken: { input: CreateEnrolmentTokenInput; output: CreateEnrolmentTokenOutput };
  ListEnrolmentTokens: { input: ListEnrolmentTokensInput; output: ListEnrolmentTokensOutput };
  RevokeEnrolmentToken: { input: RevokeEnrolmentTokenInput; output: RevokeEnrolmentTokenOutput };
  EnrolHost: { input: EnrolHostInput; output: EnrolHostOutput };
  HostHeartbeat: { input: HostHeartbeatInput; output: HostHeartbeatOutput };
  PutHostLogs: { input: PutHostLogsInput; output: PutHostLogsOutput };
  GetDeploymentLogs: { input: GetDeploymentLogsInput; output: GetDeploymentLogsOutput };
  GetTaskLogs: { input: GetTaskLogsInput; output: GetTaskLogsOutput };
  GetFunctionLogs: { input: GetFunctionLogsInput; output: GetFunctionLogsOutput };
  GetDeploymentWaits: { input: GetDeploymentWaitsInput; output: GetDeploymentWaitsOutput };
  ChangeShift: { input: ChangeShiftInput; output: ChangeShiftOutput };
  DeclareHost: { input: DeclareHostInput; output: DeclareHostOutput };
  ListHosts: { input: ListHostsInput; output: ListHostsOutput };
  RemoveHost: { input: RemoveHostInput; output: RemoveHostOutput };
  TagHost: { input: TagHostInput; output: TagHostOutput };
  UntagHost: { input: UntagHostInput; output: UntagHostOutput };
  ListRolledBackGroups: { input: ListRolledBackGroupsInput; output: ListRolledBackGroupsOutput };
  GetGroupSettings: { input: GetGroupSettingsInput; output: GroupSettings };
  PutGroupSettings: { input: PutGroupSettingsInput; output: GroupSettings };
  AcknowledgeRollback: { input: AcknowledgeRollbackInput; output: AcknowledgeRollbackOutput };
  ListTriggerDeliveries: { input: ListTriggerDeliveriesInput; output: ListTriggerDeliveriesOutput };
  ReplayTriggerDelivery: { input: ReplayTriggerDeliveryInput; output: ReplayTriggerDeliveryOutput };
  TestTriggers: { input: TestTriggersInput; output: TestTriggersOutput };
  PlanDeployment: { input: PlanDeploymentInput; output: PlanDeploymentOutput };
  ListAuditEvents: { input: ListAuditEventsInput; output: ListAuditEventsOutput };
  PruneDeployments: { input: PruneDeploymentsInput; output: PruneDeploymentsOutput };
}
