import type {
  AlarmConfiguration,
  DeploymentConfigInfo,
  DeploymentGroupInfo,
  RevisionLocation,
  TargetInstances,
} from "@aws-sdk/client-codedeploy";
import type { ServiceLimits } from "@sluice/model/service-limits.ts";
import type { GroupSettings, HostSummary, ShiftView, WaitView } from "./sluice-api.ts";

/**
 * What people look at before and while something changes: the state of everything, why a deployment does not move, which failures are the
 * same, what differs. Operations of Sluice like all others (`sluice-api.ts`); the console has no way in that the command line has not.
 */

// ---- The caller, and sessions

/** What the caller's own key may do. */
export type GetCallerAccessInput = Record<string, never>;
export interface GetCallerAccessOutput {
  readonly accessKeyId: string;
  readonly role: string;
  readonly arn: string;
  /** Which region this server says it is, for ARNs. */
  readonly region: string;
  /** As IAM names them: `codedeploy:CreateDeployment`. */
  readonly allowedActions: readonly string[];
  /** Of this server: how many there may be of what callers make. */
  readonly limits: ServiceLimits;
}

/** A way into the console that works once. Its session has the caller's own rights. */
export type CreateConsoleLinkInput = Record<string, never>;
export interface CreateConsoleLinkOutput {
  /** Relative to the server's URL: `/#link=SECRET`. The secret is in the fragment, which no server and no proxy sees. */
  readonly path: string;
  readonly expiresAt: Date;
}

// ---- The state of everything

/** What a person has to look at, the most urgent first. */
export interface Attention {
  /** `ready-deployment`, `paused-shift`, `unanswered-hook`, `rolled-back-group`, `dark-host`, `firing-alarm` or `server-trouble`. */
  readonly kind: string;
  /** One sentence: what is the matter. */
  readonly summary: string;
  /** What to do, as a sentence. */
  readonly cure: string;
  /** A command that does it; absent where none does. */
  readonly command?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly applicationName?: string | undefined;
  readonly deploymentGroupName?: string | undefined;
  readonly deploymentId?: string | undefined;
  readonly hostId?: string | undefined;
  readonly alarmName?: string | undefined;
}

/** How many targets are in each state; the states of CodeDeploy's DeploymentOverview. A target of which nobody knows how it ended counts as failed. */
export interface TargetCounts {
  readonly pending: number;
  readonly inProgress: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ready: number;
}

/** A deployment as a row of a list. */
export interface DeploymentSummary {
  readonly deploymentId: string;
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  /** `Server`, `ECS` or `Lambda`. */
  readonly computePlatform: string;
  readonly status: string;
  /** `user`, `autoscaling`, `codeDeployRollback`, … */
  readonly creator: string;
  /** The ARN of whoever called CreateDeployment; absent: the server began it by itself, or a version of Sluice did that did not keep it. */
  readonly createdBy?: string | undefined;
  readonly deploymentConfigName: string;
  /** `RESTART`: the revision that is on the hosts was stopped and started, and nothing was installed. Absent: any other deployment. */
  readonly deploymentMode?: string | undefined;
  readonly revision?: RevisionLocation | undefined;
  /** What an AppSpec that came in the call deploys: `version 3`, `storefront:14`. Its text is not shown. */
  readonly deploys?: string | undefined;
  readonly description?: string | undefined;
  readonly createdAt: Date;
  readonly startedAt?: Date | undefined;
  readonly completedAt?: Date | undefined;
  /** All zero until the targets are known. */
  readonly targets: TargetCounts;
  readonly errorCode?: string | undefined;
  readonly errorMessage?: string | undefined;
  /** Of a shift: what the new side gets, in whole percent. */
  readonly shiftPercent?: number | undefined;
  /** The deployment that this one takes back. */
  readonly rollbackOf?: string | undefined;
  /** The deployment that takes this one back. */
  readonly rolledBackBy?: string | undefined;
}

/**
 * The newest deployment of a group, without what would have to be counted for each of a thousand groups. Its `errorMessage` is the cause alone,
 * cut to 200 characters.
 */
export type LastDeployment = Pick<
  DeploymentSummary,
  | "deploymentId"
  | "status"
  | "creator"
  | "revision"
  | "deploys"
  | "createdAt"
  | "startedAt"
  | "completedAt"
  | "errorCode"
  | "errorMessage"
  | "rollbackOf"
  | "rolledBackBy"
>;

/** What runs in a group now. */
export interface GroupOverview {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly computePlatform: string;
  /** Of the last successful deployment; absent: none has succeeded. */
  readonly revision?: RevisionLocation | undefined;
  /** As of a deployment. */
  readonly deploys?: string | undefined;
  readonly deployedAt?: Date | undefined;
  readonly lastDeployment?: LastDeployment | undefined;
  readonly isRolledBack: boolean;
}

export type GetOverviewInput = Record<string, never>;
export interface GetOverviewOutput {
  readonly attention: readonly Attention[];
  /** Active ones, the oldest first. */
  readonly deployments: readonly DeploymentSummary[];
  /** All groups, and applications that have none (with an empty deploymentGroupName), by application and name. */
  readonly groups: readonly GroupOverview[];
  /** Hosts by their state. */
  readonly hosts: readonly { readonly state: string; readonly count: number }[];
  /** Position in the event stream that this answer stands at. */
  readonly eventId: string;
}

export interface SearchDeploymentsInput {
  readonly applicationName?: string | undefined;
  readonly deploymentGroupName?: string | undefined;
  readonly computePlatform?: string | undefined;
  readonly statuses?: readonly string[] | undefined;
  readonly creators?: readonly string[] | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  /** Of hosts: only deployments that it was a target of; its id or name. */
  readonly host?: string | undefined;
  /** Part of an id, a name, a description, a revision or an error message; upper and lower case are the same. */
  readonly text?: string | undefined;
  /** 1 to 200; 50 when absent. */
  readonly limit?: number | undefined;
  readonly nextToken?: string | undefined;
}
export interface SearchDeploymentsOutput {
  /** The newest first. */
  readonly deployments: readonly DeploymentSummary[];
  /** Where there may be more. A search that finds little in a long history answers after some of it, perhaps with nothing: ask on with it. */
  readonly nextToken?: string | undefined;
  /** With a `nextToken`: deployments that were created since then were all looked at. */
  readonly searchedBackTo?: Date | undefined;
}

// ---- One deployment

/** A reason that a person gave for what they did to a deployment. */
export interface DeploymentNote {
  readonly at: Date;
  /** The key that did it. */
  readonly accessKeyId: string;
  /** Whose it is; absent of notes that an earlier version made. */
  readonly callerArn?: string | undefined;
  /** As in ActOnDeployment, or `create`. */
  readonly action: string;
  readonly reason: string;
}

export interface DescribeDeploymentInput {
  readonly deploymentId: string;
}
export interface AlarmView {
  readonly name: string;
  /** `OK`, `ALARM`, `INSUFFICIENT_DATA` or `UNREADABLE`. */
  readonly state: string;
  readonly detail?: string | undefined;
}
export interface DescribeDeploymentOutput {
  readonly deployment: DeploymentSummary;
  /** The whole story in one sentence. */
  readonly story: string;
  /** The step under way, and since when; absent: none is. */
  readonly step?: { readonly name: string; readonly since: Date } | undefined;
  /** Why nothing moves, and what then: only where something is waited for. */
  readonly waiting?: (WaitView & { readonly then: string }) | undefined;
  /** Targets that wait, each with its own reason: the first 100. */
  readonly targetWaits: readonly {
    readonly targetId: string;
    readonly hostName: string;
    readonly lifecycleEvent: string;
    readonly reason: string;
    readonly since?: Date | undefined;
    readonly until?: Date | undefined;
  }[];
  /** Minimum healthy hosts and batches in words; empty for ECS and Lambda, and until the targets are known. */
  readonly arithmetic: readonly string[];
  readonly minimumHealthyHosts?: number | undefined;
  readonly healthyHosts?: number | undefined;
  readonly alarms: readonly AlarmView[];
  readonly shift?: ShiftView | undefined;
  readonly notes: readonly DeploymentNote[];
  readonly statusMessages: readonly string[];
  /** What a person can do now: each action with what it would do, in a sentence that counts hosts and traffic. */
  readonly actions: readonly DeploymentActionView[];
  /** Of the group, for a rollback: successful deployments of other revisions, the newest first, at most 20. */
  readonly earlierRevisions: readonly DeploymentSummary[];
  readonly eventId: string;
}
export interface DeploymentActionView {
  /** As in ActOnDeployment. */
  readonly action: string;
  /** What it will do to how many hosts and how much traffic. */
  readonly consequence: string;
  /** The same as a command: `sluice stop d-…` or `aws deploy …`. */
  readonly command: string;
  /** Absent: it can be done now. Otherwise why not. */
  readonly unavailable?: string | undefined;
}

export interface ActOnDeploymentInput {
  readonly deploymentId: string;
  /**
   * `next`, `finish`, `pause`, `resume` (of a shift), `continue` (traffic), `skip-wait` (for termination), `stop`, `stop-and-roll-back`, or
   * `roll-back`, which deploys another revision of the group.
   */
  readonly action: string;
  /** Kept with the deployment; 1 to 1,000 characters. */
  readonly reason: string;
  /** Of `roll-back`: the deployment whose revision is deployed again; absent: the last successful one before this. */
  readonly toDeploymentId?: string | undefined;
  /** Of `roll-back` in a group of blue/green deployments to hosts: the hosts that replace those that are there. */
  readonly targetInstances?: TargetInstances | undefined;
  /** Of a shift: the weight that the caller saw; at another one by now, nothing is done. */
  readonly percent?: number | undefined;
}
export interface ActOnDeploymentOutput {
  readonly deploymentId: string;
  /** The new deployment, where the action made one. */
  readonly createdDeploymentId?: string | undefined;
  /** What was done, in a sentence. */
  readonly message: string;
}

/** A target and its events, short enough for a thousand of them. */
export interface GridTarget {
  readonly targetId: string;
  readonly hostName: string;
  readonly zone?: string | undefined;
  /** `Blue` or `Green`. */
  readonly label?: string | undefined;
  /** `host`, `ecs-service` or `lambda-alias`. */
  readonly type: string;
  readonly status: string;
  readonly events: readonly GridEvent[];
}
export interface GridEvent {
  readonly name: string;
  readonly status: string;
  /** `agent`, `balancer`, `platform` or `hook`. */
  readonly by: string;
  readonly startedAt?: Date | undefined;
  readonly endedAt?: Date | undefined;
  /** Of a failed one. */
  readonly errorCode?: string | undefined;
  readonly scriptName?: string | undefined;
  readonly message?: string | undefined;
}
export interface ListGridTargetsInput {
  readonly deploymentId: string;
  readonly nextToken?: string | undefined;
}
export interface ListGridTargetsOutput {
  /** In admission order, up to 1,000 an answer. */
  readonly targets: readonly GridTarget[];
  readonly eventId: string;
  readonly nextToken?: string | undefined;
}

/** What happened to a deployment, as the event stream tells it. */
export interface DeploymentEventView {
  /** Its position in the stream of all deployments. */
  readonly eventId: string;
  readonly at: Date;
  /** `stageEntered`, `trafficShifted`, … */
  readonly type: string;
  /** What its type has besides, JSON. */
  readonly body: string;
}
export interface ListDeploymentEventsInput {
  readonly deploymentId: string;
  readonly nextToken?: string | undefined;
}
export interface ListDeploymentEventsOutput {
  /**
   * The oldest first, up to 1,000 an answer: stages, waits, traffic, what people did, the end. Events of single targets are not among them:
   * ListGridTargets says what they come to.
   */
  readonly events: readonly DeploymentEventView[];
  readonly eventId: string;
  readonly nextToken?: string | undefined;
}

/** Failures of which the logs, or else the error, say the same. */
export interface FailureCluster {
  /** The line that they share, as the first host wrote it. */
  readonly line: string;
  readonly lifecycleEvent: string;
  readonly errorCode: string;
  readonly scriptName?: string | undefined;
  readonly targetIds: readonly string[];
  readonly hostNames: readonly string[];
  readonly firstAt: Date;
  /** The last lines of the first target's log, with the line among them. */
  readonly sample: readonly string[];
}
export interface ListFailureClustersInput {
  readonly deploymentId: string;
}
export interface ListFailureClustersOutput {
  /** First cause first: by when the first target failed. */
  readonly clusters: readonly FailureCluster[];
}

// ---- Differences

/** What the settings of a group were when a deployment was created. */
export interface DeploymentSnapshot {
  readonly deploymentId: string;
  readonly takenAt: Date;
  /** As GetDeploymentGroup shows it, without what each deployment changes by itself. */
  readonly deploymentGroup: Omit<
    DeploymentGroupInfo,
    "targetRevision" | "lastAttemptedDeployment" | "lastSuccessfulDeployment"
  >;
  /** The deployment's, which may be another than the group's. */
  readonly deploymentConfig?: DeploymentConfigInfo | undefined;
  readonly settings: GroupSettings;
}
export interface GetDeploymentSnapshotInput {
  readonly deploymentId: string;
}
export interface GetDeploymentSnapshotOutput {
  /** Absent: the deployment was created by a version that kept none. */
  readonly snapshot?: DeploymentSnapshot | undefined;
}

/** One member that differs: `deploymentConfigName`, `alarmConfiguration.alarms[0].name`. */
export interface SettingDifference {
  readonly path: string;
  /** JSON; absent: it was not there. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
export interface FileDifference {
  readonly path: string;
  /** `added`, `removed` or `changed`. */
  readonly change: string;
  readonly fromBytes?: number | undefined;
  readonly toBytes?: number | undefined;
}
export interface TextDifference {
  /** `appspec.yml`, or `taskDefinition`, or `function`. */
  readonly name: string;
  readonly lines: readonly { readonly kind: "same" | "added" | "removed"; readonly text: string }[];
}
export interface RevisionDifference {
  /** Why the two were not compared, or not wholly: a bundle that is not there any more. */
  readonly trouble?: string | undefined;
  readonly isSame: boolean;
  readonly fromBytes?: number | undefined;
  readonly toBytes?: number | undefined;
  /** At most 2,000; `moreFiles` says how many are left out. */
  readonly files: readonly FileDifference[];
  readonly moreFiles: number;
  readonly texts: readonly TextDifference[];
}
export interface CompareRevisionsInput {
  readonly applicationName: string;
  readonly from: RevisionLocation;
  readonly to: RevisionLocation;
}
export interface CompareRevisionsOutput {
  readonly difference: RevisionDifference;
}
export interface CompareDeploymentsInput {
  readonly fromDeploymentId: string;
  readonly toDeploymentId: string;
}
export interface CompareDeploymentsOutput {
  readonly from: DeploymentSummary;
  readonly to: DeploymentSummary;
  readonly revision: RevisionDifference;
  readonly settings: readonly SettingDifference[];
  /** Where one of them has no snapshot: why the settings are not compared. */
  readonly settingsTrouble?: string | undefined;
}

// ---- Hosts, bundles and what can be chosen

export interface GetHostInput {
  /** Its id or name. */
  readonly host: string;
}
export interface GetHostOutput {
  readonly host: HostSummary;
  /** Why it is not alive, and what mends it; absent: it is. */
  readonly trouble?: string | undefined;
  /** A command to run on the host, where one mends it. */
  readonly command?: string | undefined;
  /** What its last attempt in each group left on it. */
  readonly revisions: readonly HostRevision[];
  /** The newest first, at most 20. */
  readonly deployments: readonly DeploymentSummary[];
}
export interface HostRevision {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deploymentId: string;
  readonly revision?: RevisionLocation | undefined;
  /** Whether that attempt succeeded. */
  readonly isHealthy: boolean;
  /** `Current`: the group's last successful revision; `Old`: another. */
  readonly standing: string;
}

export interface BundleObject {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  readonly eTag: string;
  /** Only in a bucket that has or had versioning. */
  readonly versionId?: string | undefined;
  readonly modifiedAt: Date;
}
export interface ListBundlesInput {
  /** Absent: the objects of all buckets of this server. */
  readonly bucket?: string | undefined;
  readonly prefix?: string | undefined;
  readonly nextToken?: string | undefined;
}
export interface ListBundlesOutput {
  readonly buckets: readonly string[];
  /**
   * Keys that could be a revision (zip, tar, tgz, yml, yaml, json), the newest first within an answer of at most 1,000. An answer may have none
   * and a token all the same: among many objects few may be revisions.
   */
  readonly objects: readonly BundleObject[];
  readonly nextToken?: string | undefined;
}
/** A URL to which whoever has it can PUT one object, for an hour. It needs what s3:PutObject needs. */
export interface CreateBundleUploadInput {
  readonly applicationName: string;
  /** The file's own name; the object's key begins with the application. */
  readonly fileName: string;
}
export interface CreateBundleUploadOutput {
  readonly bucket: string;
  readonly key: string;
  /** `tar`, `tgz`, `zip`, `YAML` or `JSON`, by the file's name. */
  readonly bundleType: string;
  /** On this server; relative, so that it works under each of its names: `/bucket/key?X-Amz-…`. */
  readonly url: string;
  readonly expiresAt: Date;
}

/** What a group of ECS or Lambda can name on this server. AWS's own are not listed: they are typed in. */
export type ListShiftResourcesInput = Record<string, never>;
export interface ListShiftResourcesOutput {
  readonly services: readonly { readonly clusterName: string; readonly serviceName: string }[];
  readonly targetGroups: readonly { readonly name: string; readonly arn: string; readonly targetType: string }[];
  readonly listeners: readonly { readonly arn: string; readonly loadBalancerName: string; readonly port: number }[];
  readonly taskDefinitions: readonly string[];
  readonly functions: readonly {
    readonly name: string;
    readonly aliases: readonly { readonly name: string; readonly version: string }[];
    readonly versions: readonly string[];
  }[];
  /** Names that `sluice.yml` binds to alarms, topics and traffic routers: patterns as they are written there. */
  readonly bindings: readonly { readonly port: string; readonly match: string; readonly driver: string }[];
  /** There are more than 1,000 of a kind, and the others are left out. */
  readonly cut: boolean;
}

/** Whether alarms are as they should be, read now. */
export interface ReadAlarmsInput {
  readonly alarmConfiguration: AlarmConfiguration;
}
export interface ReadAlarmsOutput {
  readonly alarms: readonly AlarmView[];
}

export interface ConsoleOperations {
  GetCallerAccess: { input: GetCallerAccessInput; output: GetCallerAccessOutput };
  CreateConsoleLink: { input: CreateConsoleLinkInput; output: CreateConsoleLinkOutput };
  GetOverview: { input: GetOverviewInput; output: GetOverviewOutput };
  SearchDeployments: { input: SearchDeploymentsInput; output: SearchDeploymentsOutput };
  DescribeDeployment: { input: DescribeDeploymentInput; output: DescribeDeploymentOutput };
  ActOnDeployment: { input: ActOnDeploymentInput; output: ActOnDeploymentOutput };
  ListGridTargets: { input: ListGridTargetsInput; output: ListGridTargetsOutput };
  ListDeploymentEvents: { input: ListDeploymentEventsInput; output: ListDeploymentEventsOutput };
  ListFailureClusters: { input: ListFailureClustersInput; output: ListFailureClustersOutput };
  GetDeploymentSnapshot: { input: GetDeploymentSnapshotInput; output: GetDeploymentSnapshotOutput };
  CompareRevisions: { input: CompareRevisionsInput; output: CompareRevisionsOutput };
  CompareDeployments: { input: CompareDeploymentsInput; output: CompareDeploymentsOutput };
  GetHost: { input: GetHostInput; output: GetHostOutput };
  ListBundles: { input: ListBundlesInput; output: ListBundlesOutput };
  CreateBundleUpload: { input: CreateBundleUploadInput; output: CreateBundleUploadOutput };
  ListShiftResources: { input: ListShiftResourcesInput; output: ListShiftResourcesOutput };
  ReadAlarms: { input: ReadAlarmsInput; output: ReadAlarmsOutput };
}
