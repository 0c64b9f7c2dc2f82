import type { RollbackInfo, TriggerEventType } from "@aws-sdk/client-codedeploy";
import type { LifecycleEventState, TargetState } from "@sluice/engine/state.ts";
import { type ArnScope, ec2InstanceArn, onPremisesInstanceArn } from "@sluice/model/resource-arn.ts";
import { DEPLOYMENT_ROLLBACK } from "../store/columns/deployment-columns.ts";
import type { DeploymentRow } from "../store/deployments.ts";
import type { HostWithArn } from "../store/target-listing.ts";
import type { DeploymentEventType, InstanceEventType } from "./trigger-events.ts";

export interface TriggerMessage {
  /** `FAILED: AWS CodeDeploy d-A1B2C3D4E in us-east-1 to MyWebApp`, as CodeDeploy words it. */
  readonly subject: string;
  /** JSON. Members, their order, numbers as text and nested objects are those that AWS documents. */
  readonly body: string;
}

export type DeploymentFacts = Pick<
  DeploymentRow,
  | "deployment_id"
  | "application_name"
  | "deployment_group_name"
  | "created_at"
  | "completed_at"
  | "error_code"
  | "error_message"
  | "rollback_json"
>;

/** How many of a deployment's targets are in each status. */
export type TargetCounts = ReadonlyMap<string, number>;

/** CodeDeploy announces a start as Created and a rollback as InProgress. */
const DEPLOYMENT_STATUSES: Readonly<Record<DeploymentEventType, string>> = {
  DeploymentStart: "Created",
  DeploymentRollback: "InProgress",
  DeploymentReady: "Ready",
  DeploymentSuccess: "Succeeded",
  DeploymentFailure: "Failed",
  DeploymentStop: "Stopped",
};
const INSTANCE_STATUSES: Readonly<Record<InstanceEventType, string>> = {
  InstanceStart: "InProgress",
  InstanceReady: "Ready",
  InstanceSuccess: "Succeeded",
  InstanceFailure: "Failed",
};
const ENDS: ReadonlySet<DeploymentEventType> = new Set(["DeploymentSuccess", "DeploymentFailure", "DeploymentStop"]);

/** What a trigger says about a deployment. Before its end it says nothing of how the end came about, though that may be known by now. */
export function deploymentMessage(
  scope: ArnScope,
  triggerName: string,
  type: DeploymentEventType,
  facts: DeploymentFacts,
  counts: TargetCounts,
): TriggerMessage {
  const status = DEPLOYMENT_STATUSES[type];
  const hasEnded = ENDS.has(type);
  const rollback = rollbackOf(facts, hasEnded);
  const body = {
    region: scope.region,
    accountId: scope.accountId,
    eventTriggerName: triggerName,
    applicationName: facts.application_name,
    deploymentId: facts.deployment_id,
    deploymentGroupName: facts.deployment_group_name,
    createTime: epochSeconds(facts.created_at),
    completeTime: hasEnded && facts.completed_at !== null ? epochSeconds(facts.completed_at) : null,
    ...(hasEnded || type === "DeploymentReady" ? { deploymentOverview: overview(counts) } : {}),
    status,
    ...(hasEnded && facts.error_code !== null
      ? { errorInformation: { ErrorCode: facts.error_code, ErrorMessage: facts.error_message ?? "" } }
      : {}),
    ...(rollback ? { rollbackInformation: rollbackInformation(rollback) } : {}),
  };
  const subject = `${inCapitals(status)}: AWS CodeDeploy ${facts.deployment_id} in ${scope.region} to ${facts.application_name}${rollbackNote(rollback)}`;
  return { subject, body: JSON.stringify(body) };
}

/** What a trigger says about one host, as the host was at `at` (epoch milliseconds). */
export function instanceMessage(
  scope: ArnScope,
  triggerName: string,
  type: InstanceEventType,
  deploymentId: string,
  found: HostWithArn,
  at: number,
): TriggerMessage {
  const { target } = found;
  const status = INSTANCE_STATUSES[type];
  const body = {
    region: scope.region,
    accountId: scope.accountId,
    eventTriggerName: triggerName,
    deploymentId,
    instanceId: instanceArn(scope, found),
    lastUpdatedAt: epochSeconds(at),
    instanceStatus: status,
    lifecycleEvents: lifecycleEventsAt(target, at),
  };
  const host = target.hostName === target.targetId ? target.targetId : `${target.hostName} (${target.targetId})`;
  const subject = `${inCapitals(status)}: AWS CodeDeploy ${deploymentId} in ${scope.region} to ${host}`;
  return { subject, body: JSON.stringify(body) };
}

/** The same message, marked as a test wherever a person or a program might look. */
export function markedAsTest(message: TriggerMessage, type: TriggerEventType): TriggerMessage {
  const body = { ...(JSON.parse(message.body) as object), sluiceTest: "true", sluiceTestOf: type };
  return { subject: `TEST, nothing happened: ${message.subject}`, body: JSON.stringify(body) };
}

/** Who rolls back says so from its start; who was rolled back, at its end. */
function rollbackOf(facts: DeploymentFacts, hasEnded: boolean): RollbackInfo | undefined {
  const rollback = DEPLOYMENT_ROLLBACK.read(facts);
  return rollback && (rollback.rollbackTriggeringDeploymentId !== undefined || hasEnded) ? rollback : undefined;
}

function rollbackInformation(rollback: RollbackInfo): object {
  const { rollbackMessage, rollbackTriggeringDeploymentId, rollbackDeploymentId } = rollback;
  return {
    ...(rollbackMessage === undefined ? {} : { RollbackMessage: rollbackMessage }),
    ...(rollbackTriggeringDeploymentId ? { RollbackTriggeringDeploymentId: rollbackTriggeringDeploymentId } : {}),
    ...(rollbackDeploymentId ? { RollbackDeploymentId: rollbackDeploymentId } : {}),
  };
}

/** Beyond what CodeDeploy says, at the end, where filters on the beginning of a subject do not mind it. */
function rollbackNote(rollback: RollbackInfo | undefined): string {
  if (rollback?.rollbackTriggeringDeploymentId) return ` (rollback of ${rollback.rollbackTriggeringDeploymentId})`;
  return rollback?.rollbackDeploymentId ? ` (rolled back by ${rollback.rollbackDeploymentId})` : "";
}

/** A host whose state is unknown is not known to have finished. Ready is CodeDeploy's only for blue/green. */
function overview(counts: TargetCounts): Readonly<Record<string, string>> {
  const count = (status: string) => counts.get(status) ?? 0;
  return {
    Failed: String(count("Failed")),
    InProgress: String(count("InProgress") + count("Unknown")),
    Pending: String(count("Pending")),
    Skipped: String(count("Skipped")),
    Succeeded: String(count("Succeeded")),
    ...(count("Ready") > 0 ? { Ready: String(count("Ready")) } : {}),
  };
}

function lifecycleEventsAt({ lifecycleEvents }: TargetState, at: number): object[] {
  return lifecycleEvents.map((event) => {
    const { status, startedAt, endedAt } = asOf(event, at);
    return {
      LifecycleEvent: event.name,
      LifecycleEventStatus: status,
      ...(startedAt === null ? {} : { StartTime: epochSeconds(startedAt) }),
      ...(endedAt === null ? {} : { EndTime: epochSeconds(endedAt) }),
    };
  });
}

/** The store holds a host as it is now; what came after the event that is told of is taken back. */
function asOf(event: LifecycleEventState, at: number): Pick<LifecycleEventState, "status" | "startedAt" | "endedAt"> {
  const { status, startedAt, endedAt } = event;
  if (endedAt !== null && endedAt <= at) return { status, startedAt, endedAt };
  if (startedAt !== null && startedAt <= at) {
    return { status: endedAt === null ? status : "InProgress", startedAt, endedAt: null };
  }
  return { status: "Pending", startedAt: null, endedAt: null };
}

function instanceArn(scope: ArnScope, { target, instanceArn: registered }: HostWithArn): string {
  if (target.kind === "instance") return ec2InstanceArn(scope, target.targetId);
  return registered ?? onPremisesInstanceArn(scope, target.targetId);
}

/** Text of seconds with three decimals: `1446744188.595`. */
function epochSeconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3);
}

function inCapitals(status: string): string {
  return status === "InProgress" ? "IN_PROGRESS" : status.toUpperCase();
}
