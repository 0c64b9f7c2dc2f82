import type {
  AlarmConfiguration,
  AutoRollbackConfiguration,
  DeploymentMode,
  RevisionLocation,
  TargetInstances,
} from "@aws-sdk/client-codedeploy";
import type { AgentUpgradeReport, SignedAgentOffer } from "./agent-upgrade-api.ts";

/**
 * Sluice's own operations: `X-Amz-Target: Sluice_20261101.<Operation>`, signed for the service `sluice`, AWS JSON 1.1.
 * What CodeDeploy lacks lives here, never as extra members of CodeDeploy's inputs. Times are epoch seconds on the wire and `Date` in
 * code, as in the CodeDeploy API.
 */
export const SLUICE_TARGET_PREFIX = "Sluice_20261101";
export const SLUICE_SIGNING_NAME = "sluice";

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/**
 * `declared`: known, never enrolled. `enrolled`: its agent has never polled. `alive`: polled within its grace. `dark`: silent for longer
 * than its grace, or gone with a goodbye. `unknown`: not heard for its grace, in which the server itself was down or could not hear.
 * `retired`: removed.
 */
export type HostState = "declared" | "enrolled" | "alive" | "dark" | "unknown" | "retired";

export interface HostSummary {
  /** `i-` and 17 hex digits, or the on-premises instance's name. What targets are called in the API. */
  readonly hostId: string;
  readonly hostName: string;
  readonly kind: "instance" | "on-premises";
  readonly state: HostState;
  readonly tags: readonly Tag[];
  readonly zone?: string | undefined;
  readonly address?: string | undefined;
  readonly agentVersion?: string | undefined;
  /** Its agent is Sluice's, and of an earlier version than the server; absent: it is not. */
  readonly isAgentBehind?: boolean | undefined;
  readonly declaredAt: Date;
  readonly enrolledAt?: Date | undefined;
  readonly lastSeenAt?: Date | undefined;
  /** By how much the host's clock is ahead of the server's (behind: negative), where it is so far off that its calls are refused or corrected. */
  readonly clockOffsetSeconds?: number | undefined;
  /** What is wrong with it and what to run, as a sentence; absent where it is the server's clock that is off, too. */
  readonly clockTrouble?: string | undefined;
  /** The commands that the host holds (acknowledged, not completed). */
  readonly runningCommands: number;
}

export interface CreateEnrolmentTokenInput {
  /** Tags that a host enrolling with the token takes, and the only ones that it may ask for. */
  readonly tags?: readonly Tag[] | undefined;
  /** How many hosts may enrol with it; 1 when absent. */
  readonly uses?: number | undefined;
  /** Life of the token; 3,600 when absent. */
  readonly expiresInSeconds?: number | undefined;
}
export interface CreateEnrolmentTokenOutput {
  /** Opaque: id, secret and the server's certificate fingerprints (see `enrolment-token.ts`). */
  readonly token: string;
  readonly expiresAt: Date;
  /** By which hosts reach the server. A server before 0.3.0 does not say it. */
  readonly joinServer?: string | undefined;
  /** `sha256//BASE64` of the public key of the server's certificate, by which a host knows it; absent where the host's own authorities do, or without TLS. */
  readonly joinPin?: string | undefined;
}

/** A token that has been made. Its secret is nowhere: the server keeps a hash of it. */
export interface EnrolmentTokenSummary {
  readonly tokenId: string;
  readonly tags: readonly Tag[];
  readonly usesLeft: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}
export interface ListEnrolmentTokensInput {
  /** Those too that are expired or used up. */
  readonly includeSpent?: boolean | undefined;
}
export interface ListEnrolmentTokensOutput {
  /** The newest first. */
  readonly tokens: readonly EnrolmentTokenSummary[];
}
export interface RevokeEnrolmentTokenInput {
  readonly tokenId: string;
}
export interface RevokeEnrolmentTokenOutput {
  readonly token: EnrolmentTokenSummary;
}

/** The only operation that is not signed: the token is the credential. */
export interface EnrolHostInput {
  readonly token: string;
  /**
   * Drawn at random for one enrolment, 32 to 64 letters and digits. A call that comes again with it within ten minutes, because its answer was lost,
   * is answered again with the same key; absent: a second call is another host's.
   */
  readonly clientToken?: string | undefined;
  readonly hostName: string;
  readonly tags?: readonly Tag[] | undefined;
  /** Give the host its name as the tag `Name`, unless the token or `tags` have one. */
  readonly nameTag?: boolean | undefined;
  /**
   * The key that the machine has of an earlier enrolment under the same name, and the proof of it (`former-key-proof.ts`), which needs a
   * `clientToken`. The host keeps its id and its tags, and gets a new key for the old one.
   */
  readonly formerAccessKeyId?: string | undefined;
  readonly formerKeyProof?: string | undefined;
  readonly onPremises?: boolean | undefined;
  readonly zone?: string | undefined;
  readonly address?: string | undefined;
  readonly agentVersion?: string | undefined;
}
export interface EnrolHostOutput {
  readonly hostId: string;
  /** What the agent sends as HostIdentifier: the instance's ARN, or the on-premises IAM user's ARN. */
  readonly hostIdentifier: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly accountId: string;
  /** PEM of the certificate that signs deployment specifications; the agent pins it. */
  readonly signingCertificate: string;
}

export interface HostHeartbeatInput {
  readonly hostIdentifier: string;
  /** HostCommandIdentifiers that are acknowledged and not completed. */
  readonly heldCommands: readonly string[];
  readonly agentVersion?: string | undefined;
  /** By how much the agent corrects its clock to be believed (the host's clock is ahead: positive); absent: not at all. */
  readonly clockOffsetSeconds?: number | undefined;
  /** The agent is going away: count it as dark at once. */
  readonly goodbye?: boolean | undefined;
  /** `linux-x64` or `linux-arm64`: which program the agent is. */
  readonly agentPlatform?: string | undefined;
  /** Why the agent cannot replace its own program, with the cure; absent: it can, if it gave its platform. */
  readonly agentUpgradeObstacle?: string | undefined;
  /** What became of the program that it was offered. */
  readonly agentUpgrade?: AgentUpgradeReport | undefined;
}
export interface HostHeartbeatOutput {
  /** When to send the next one. */
  readonly intervalSeconds: number;
  /** A program for the agent to become; in every answer until it is taken. */
  readonly agentOffer?: SignedAgentOffer | undefined;
  /** `agentUpgrade` was written down, and need not be said again. */
  readonly isAgentUpgradeHeard?: boolean | undefined;
}

export interface LogChunk {
  readonly hostCommandIdentifier: string;
  /** Byte-for-byte order within a command: 0, 1, 2 … A chunk that was stored already is dropped. */
  readonly sequence: number;
  readonly at: Date;
  readonly stream: "stdout" | "stderr" | "agent";
  readonly scriptName: string;
  readonly text: string;
}
export interface PutHostLogsInput {
  readonly hostIdentifier: string;
  readonly chunks: readonly LogChunk[];
}
export type PutHostLogsOutput = Record<string, never>;

export interface GetDeploymentLogsInput {
  readonly deploymentId: string;
  readonly targetId?: string | undefined;
  readonly lifecycleEvent?: string | undefined;
  /** Opaque; from the previous answer. */
  readonly cursor?: string | undefined;
  /** Hold the answer until there is something to say, at most this long (0 to 20). */
  readonly waitSeconds?: number | undefined;
}
export interface LogEntry {
  readonly targetId: string;
  readonly hostName: string;
  readonly lifecycleEvent: string;
  readonly at: Date;
  readonly stream: "stdout" | "stderr" | "agent";
  readonly scriptName: string;
  readonly text: string;
}
export interface GetDeploymentLogsOutput {
  readonly entries: readonly LogEntry[];
  readonly cursor: string;
  /** The deployment is over and everything was read: no more will come. */
  readonly ended: boolean;
}

/** Of one task, or of the tasks of a service. */
export interface GetTaskLogsInput {
  /** An id or an ARN. */
  readonly task?: string | undefined;
  /** With `service`: names or ARNs. */
  readonly cluster?: string | undefined;
  readonly service?: string | undefined;
  /** Only of the service's task set of this id. */
  readonly taskSet?: string | undefined;
  /** Only of the container that the task definition calls so. */
  readonly container?: string | undefined;
  /** The last so many lines of all together (0 to 2000, default 2000). Not with a cursor. */
  readonly tail?: number | undefined;
  /** Only what was written after it. */
  readonly since?: Date | undefined;
  /** Opaque; from the previous answer: only what was written since. */
  readonly cursor?: string | undefined;
  /** Hold the answer until there is something to say, at most this long (0 to 20). */
  readonly waitSeconds?: number | undefined;
}
export interface TaskLogEntry {
  readonly taskId: string;
  readonly taskSetId: string;
  readonly container: string;
  readonly at: Date;
  readonly stream: "stdout" | "stderr";
  /** One line. */
  readonly text: string;
}
export interface GetTaskLogsOutput {
  /** Oldest first. */
  readonly entries: readonly TaskLogEntry[];
  readonly cursor: string;
  /** More was written than one answer has: older lines were left out. */
  readonly cut: boolean;
  /** The task has stopped and everything was read: no more will come. Of a service never. */
  readonly ended: boolean;
}

export interface GetFunctionLogsInput {
  /** Of a function of this server: its name or its ARN. */
  readonly function: string;
  /** The last so many lines (0 to 2000, default 2000). Not with a cursor. */
  readonly tail?: number | undefined;
  /** Opaque; from the previous answer: what was written after it, the oldest first. */
  readonly cursor?: string | undefined;
  /** Hold the answer until there is something to say, at most this long (0 to 20). */
  readonly waitSeconds?: number | undefined;
}
export interface FunctionLogEntry {
  readonly at: Date;
  /** As the function wrote it, without the line's end; START, END and REPORT of each invocation are among them. */
  readonly text: string;
}
export interface GetFunctionLogsOutput {
  /** Oldest first. */
  readonly entries: readonly FunctionLogEntry[];
  readonly cursor: string;
  /** Lines that were asked for are not here: there are more than an answer has, or they are not kept any more. */
  readonly cut: boolean;
}

export interface DeclareHostInput {
  readonly hostName: string;
  /** Of an instance that EC2 has; absent: a new id. */
  readonly instanceId?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
  readonly zone?: string | undefined;
}
export interface DeclareHostOutput {
  readonly host: HostSummary;
}
export interface ListHostsInput {
  readonly nextToken?: string | undefined;
  readonly includeRetired?: boolean | undefined;
}
export interface ListHostsOutput {
  readonly hosts: readonly HostSummary[];
  /** What keeps the server from hearing hosts that may speak, and what to do; absent: it hears them. */
  readonly trouble?: string | undefined;
  readonly nextToken?: string | undefined;
}
export interface RemoveHostInput {
  /** The host's id or name. */
  readonly host: string;
}
export interface RemoveHostOutput {
  readonly host: HostSummary;
}

export interface TagHostInput {
  /** The host's id or name. */
  readonly host: string;
  /** A tag whose key the host has already gets the new value. */
  readonly tags: readonly Tag[];
}
export interface TagHostOutput {
  readonly host: HostSummary;
}
export interface UntagHostInput {
  /** The host's id or name. */
  readonly host: string;
  /** Keys that the host does not have are passed over. */
  readonly tagKeys: readonly string[];
}
export interface UntagHostOutput {
  readonly host: HostSummary;
}

/** A group whose last rollout was rolled back, until a new deployment succeeds or a person acknowledges it. */
export interface RolledBackGroup {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  /** The deployment that was rolled back, and why it ended: `Failed: HEALTH_CONSTRAINTS`. */
  readonly deploymentId: string;
  readonly reason: string;
  readonly rollbackDeploymentId: string;
  /** The rollback's own status, as GetDeployment gives it. */
  readonly rollbackStatus: string;
  readonly at: Date;
}
export type ListRolledBackGroupsInput = Record<string, never>;
export interface ListRolledBackGroupsOutput {
  readonly groups: readonly RolledBackGroup[];
}
export interface AcknowledgeRollbackInput {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
}
export interface AcknowledgeRollbackOutput {
  /** False: the group was not rolled back, or somebody else has acknowledged it. */
  readonly acknowledged: boolean;
}

/** `pending`: to be sent, perhaps again. `failed`: refused or given up, until it is replayed. */
export type TriggerDeliveryStatus = "pending" | "delivered" | "failed";

/** One message of a trigger of a deployment group. */
export interface TriggerDelivery {
  /** The same at every attempt; receivers find it in `webhook-id` or the message attribute `notificationId`. */
  readonly notificationId: string;
  readonly status: TriggerDeliveryStatus;
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deploymentId: string;
  readonly triggerName: string;
  readonly triggerTargetArn: string;
  /** `DeploymentFailure`, `InstanceStart`, … */
  readonly eventType: string;
  /** Of the instance types. */
  readonly targetId?: string | undefined;
  readonly subject: string;
  /** The message itself, JSON. */
  readonly body: string;
  /** Since it was made, or replayed. */
  readonly attempts: number;
  readonly createdAt: Date;
  readonly lastAttemptAt?: Date | undefined;
  /** While it is pending, and does not wait for one before it. */
  readonly nextAttemptAt?: Date | undefined;
  readonly deliveredAt?: Date | undefined;
  /** Why the last attempt did not succeed. */
  readonly reason?: string | undefined;
}
export interface ListTriggerDeliveriesInput {
  readonly status?: string | undefined;
  readonly deploymentId?: string | undefined;
  readonly nextToken?: string | undefined;
}
export interface ListTriggerDeliveriesOutput {
  /** The newest first. */
  readonly deliveries: readonly TriggerDelivery[];
  readonly nextToken?: string | undefined;
}
/** One of the two. */
export interface ReplayTriggerDeliveryInput {
  readonly notificationId?: string | undefined;
  /** Every message that failed, in their order. */
  readonly allFailed?: boolean | undefined;
}
export interface ReplayTriggerDeliveryOutput {
  /** How many are to be sent again; 0 also when the message is being sent at this moment. */
  readonly replayed: number;
}
export interface TestTriggersInput {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
}
export interface TriggerTest {
  readonly triggerName: string;
  readonly triggerTargetArn: string;
  readonly eventType: string;
  readonly delivered: boolean;
  /** Why not. */
  readonly reason?: string | undefined;
}
export interface TestTriggersOutput {
  /** One for each event type of each trigger of the group. */
  readonly tests: readonly TriggerTest[];
}

/** What Sluice can do for a group and CodeDeploy has no field for. */
export interface GroupSettings {
  /** Hosts that join the group after its last successful deployment get that deployment's revision by themselves. */
  readonly deployToLateHosts: boolean;
  /** In which a hook has to answer, 60 to 86,400. Of groups of ECS and Lambda; 3,600 unless it was set. */
  readonly hookTimeoutSeconds?: number | undefined;
  /** A hook that returns without an answer fails its event at once, and nobody else may answer for it. Of groups of ECS and Lambda; false unless it was set. */
  readonly hookMustAnswer?: boolean | undefined;
  /** A deployment fails as soon as tasks of its replacement task set keep stopping. Of groups of ECS; true unless it was set. */
  readonly failEarly?: boolean | undefined;
}
export interface GetGroupSettingsInput {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
}
/** A setting that is left out stays as it is. */
export interface PutGroupSettingsInput extends GetGroupSettingsInput {
  readonly deployToLateHosts?: boolean | undefined;
  readonly hookTimeoutSeconds?: number | undefined;
  readonly hookMustAnswer?: boolean | undefined;
  readonly failEarly?: boolean | undefined;
}

/** As CreateDeployment's input of the same names. Without a revision its bundle is not looked at; of ECS there is no plan without one. */
export interface PlanDeploymentInput {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly revision?: RevisionLocation | undefined;
  readonly deploymentConfigName?: string | undefined;
  readonly targetInstances?: TargetInstances | undefined;
  readonly autoRollbackConfiguration?: AutoRollbackConfiguration | undefined;
  readonly overrideAlarmConfiguration?: AlarmConfiguration | undefined;
  readonly updateOutdatedInstancesOnly?: boolean | undefined;
  /** As in CreateDeployment: STANDARD or RESTART. */
  readonly deploymentMode?: DeploymentMode | undefined;
}
/** Why CreateDeployment would be refused, or the deployment would end before it touches a host; `code` as there. */
export interface PlanObstacle {
  readonly code: string;
  readonly message: string;
}
/** What one load balancer says of one host. */
export interface PlannedTraffic {
  readonly group: string;
  /** `serving`, `draining`, `blocked`, `unhealthy` or `unknown`. */
  readonly state: string;
  readonly detail: string;
}
export interface PlannedHost {
  readonly targetId: string;
  readonly hostName: string;
  readonly zone?: string | undefined;
  /** Of a blue/green deployment: `original` or `replacement`. */
  readonly fleet?: string | undefined;
  /** Whether its last deployment in the group succeeded. */
  readonly healthy: boolean;
  /** `Unknown`, `Old` or `Current`. */
  readonly revision: string;
  readonly dark: boolean;
  /** Why a dark host is dark, and what mends it. */
  readonly problem?: string | undefined;
  readonly traffic: readonly PlannedTraffic[];
}
/** What happens, in its order. */
export interface PlannedStep {
  /**
   * `hosts` begin together; `wait` is the deployment's own; `terminate` ends original hosts. Of ECS: `install`, `hook`, `test-traffic`,
   * `shift`, `wait`, and `remove`, which ends the original task set.
   */
  readonly kind: string;
  readonly description: string;
  /** Of `hosts` and `terminate`, as `PlannedHost.targetId`. */
  readonly targetIds: readonly string[];
  /** Of `hosts`: `deploy`, `allow` or `block`. */
  readonly stage?: string | undefined;
  /** Of a `wait`: at most. Of a `shift`: since the first one. */
  readonly seconds?: number | undefined;
}
/** `ok`, `warning`, `failed`: it keeps the deployment from starting. `unchecked`: nobody can say. */
export interface PlannedCheck {
  /** `hosts`, `capacity`, `fleets`, `balancers`, `bundle`, `appspec` or `alarms`; of ECS also `service`, `task-definition` and `hooks`. */
  readonly subject: string;
  readonly outcome: string;
  readonly detail: string;
}
/** How the deployment ends if its scripts succeed, and hosts that are dark now stay so. */
export interface PlannedEnd {
  readonly status: string;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}
export interface PlanDeploymentOutput {
  readonly canStart: boolean;
  readonly obstacles: readonly PlanObstacle[];
  readonly warnings: readonly string[];
  readonly strategy: string;
  /** Minimum healthy hosts in words. */
  readonly arithmetic: readonly string[];
  readonly checks: readonly PlannedCheck[];
  readonly hosts: readonly PlannedHost[];
  readonly steps: readonly PlannedStep[];
  /** Absent when it cannot start. */
  readonly end?: PlannedEnd | undefined;
}

export interface PruneDeploymentsInput {
  /** Say what would go; nothing goes. */
  readonly dryRun?: boolean | undefined;
  /** Of an earlier answer that was not done: how that pass goes on. Absent: a pass begins now, or the one under way is joined. */
  readonly pass?: string | undefined;
}
/** A group of which deployments were removed, or would be. */
export interface PrunedGroup {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deployments: number;
  /** Of a dry run, like the bytes, which are an estimate. */
  readonly oldestCreatedAt?: Date | undefined;
  readonly databaseBytes?: number | undefined;
  readonly logBytes?: number | undefined;
}
/** Logs that were removed, or would be, because the database does not know their deployments. */
export interface OrphanedLogs {
  readonly deployments: number;
  /** The first 20; the server's log names all that it removes. */
  readonly deploymentIds: readonly string[];
  readonly logBytes: number;
}
export interface PruneDeploymentsOutput {
  /** Absent after a dry run. */
  readonly pass?: string | undefined;
  /** False: ask again with `pass`. */
  readonly isDone: boolean;
  /** Why the pass ended before its end. */
  readonly failure?: string | undefined;
  /** Of the pass so far. */
  readonly groups: readonly PrunedGroup[];
  /** Absent: there are none. */
  readonly orphanedLogs?: OrphanedLogs | undefined;
}

/** What somebody waits for, in words. */
export interface WaitView {
  readonly reason: string;
  /** Absent of waits that an earlier version of the server began. */
  readonly since?: Date | undefined;
  /** When it ends at the latest, by itself; absent: when somebody acts. A gap in the server's hearing moves it on. */
  readonly until?: Date | undefined;
}
export interface TargetWait extends WaitView {
  readonly targetId: string;
  readonly hostName: string;
  /** BlockTraffic or AllowTraffic, whose reason is the load balancer's; an event of which the host's report may be lost; or a hook's. */
  readonly lifecycleEvent: string;
}
export interface GetDeploymentWaitsInput {
  readonly deploymentId: string;
}
export interface GetDeploymentWaitsOutput {
  /** What the deployment as a whole waits for; absent: nothing, or nothing that is known. */
  readonly waiting?: WaitView | undefined;
  /** Targets of which is known what they wait for: in a load balancer's words, or a hook's answer. A wait of less than a second is not among them. */
  readonly targets: readonly TargetWait[];
  /** Of deployments to ECS and Lambda whose traffic moves, or has. */
  readonly shift?: ShiftView | undefined;
}

/** A weight of the new side, in whole percent. */
export interface ShiftStepView {
  readonly percent: number;
  /** When it was in force; absent: it is not yet. */
  readonly at?: Date | undefined;
}
/** Where the traffic of one service or alias is between its old and its new side. */
export interface ShiftView {
  readonly targetId: string;
  /** What the new side gets. */
  readonly percent: number;
  /** Those of the past, as they were set, and those that the schedule has still to come. */
  readonly steps: readonly ShiftStepView[];
  /** A weight that was asked for and is not in force yet, and since when. */
  readonly askedPercent?: number | undefined;
  readonly askedSince?: Date | undefined;
  /** The next weight, and when its time comes; without a time: it waits for `resume`. */
  readonly nextPercent?: number | undefined;
  readonly nextAt?: Date | undefined;
  readonly pausedSince?: Date | undefined;
  /** Whether ChangeShift would be heard now. */
  readonly isOpen: boolean;
}
export interface ChangeShiftInput {
  readonly deploymentId: string;
  /**
   * `next`: the wait of the present step is over now. `finish`: all the rest of the traffic moves in one step, now. `pause`: no further
   * traffic moves until `resume`.
   */
  readonly action: string;
  /**
   * What the new side gets, as the caller saw it. Where it gets something else by now the step that was meant is over, and nothing is
   * changed: a call that is repeated cannot skip a second step. Absent: whatever it gets.
   */
  readonly percent?: number | undefined;
}
export interface ChangeShiftOutput {
  readonly deploymentId: string;
  readonly shift: ShiftView;
}
