import type { DeploymentTarget, InstanceSummary, LifecycleEvent } from "@aws-sdk/client-codedeploy";
import type { CommandState, LifecycleEventState } from "@sluice/engine/state.ts";
import { type ArnScope, ec2InstanceArn, onPremisesInstanceArn } from "@sluice/model/resource-arn.ts";
import type { HostWithArn, TargetWithArn } from "../../../store/target-listing.ts";

export function deploymentTarget(
  scope: ArnScope,
  deploymentId: string,
  { target, instanceArn }: TargetWithArn,
): DeploymentTarget {
  const common = {
    deploymentId,
    targetId: target.targetId,
    status: target.status,
    lastUpdatedAt: new Date(target.updatedAt),
    lifecycleEvents: target.lifecycleEvents.map((event) => lifecycleEvent(event, target.command)),
  };
  switch (target.type) {
    case "host": {
      const host = { targetArn: targetArn(scope, { target, instanceArn }), instanceLabel: target.label ?? undefined };
      return { deploymentTargetType: "InstanceTarget", instanceTarget: { ...common, ...host } };
    }
    case "ecs-service":
      return { deploymentTargetType: "ECSTarget", ecsTarget: common };
    case "lambda-alias": {
      const { functionName, aliasName: functionAlias, currentVersion, targetVersion, shift } = target;
      const weight = { targetVersionWeight: shift.percent / 100 };
      const lambdaFunctionInfo = { functionName, functionAlias, currentVersion, targetVersion, ...weight };
      return { deploymentTargetType: "LambdaTarget", lambdaTarget: { ...common, lambdaFunctionInfo } };
    }
    default: {
      const never: never = target;
      return never;
    }
  }
}

/** The deprecated form, in which the id is an ARN. */
export function instanceSummary(scope: ArnScope, deploymentId: string, found: HostWithArn): InstanceSummary {
  const { target } = found;
  return {
    deploymentId,
    instanceId: targetArn(scope, found),
    status: target.status,
    lastUpdatedAt: new Date(target.updatedAt),
    lifecycleEvents: target.lifecycleEvents.map((event) => lifecycleEvent(event, target.command)),
    instanceType: target.label ?? undefined,
  };
}

function targetArn(scope: ArnScope, { target, instanceArn }: HostWithArn): string {
  switch (target.kind) {
    case "instance":
      return ec2InstanceArn(scope, target.targetId);
    case "on-premises":
      return instanceArn ?? onPremisesInstanceArn(scope, target.targetId);
    default: {
      const never: never = target.kind;
      return never;
    }
  }
}

function lifecycleEvent(event: LifecycleEventState, command: CommandState | null): LifecycleEvent {
  return {
    lifecycleEventName: event.name,
    status: event.status,
    startTime: event.startedAt === null ? undefined : new Date(event.startedAt),
    endTime: event.endedAt === null ? undefined : new Date(event.endedAt),
    diagnostics: event.diagnostics ?? (command?.event === event.name ? waitDiagnostics(command) : undefined),
  };
}

/** The API has no place for what an event waits for but this one. An error code would say that it is over. */
function waitDiagnostics({ by, waiting }: CommandState): LifecycleEvent["diagnostics"] {
  if (!waiting) return undefined;
  const { reason, since, until } = waiting;
  const end = until === null ? "" : `, until ${new Date(until).toISOString()} at the latest`;
  const times = `since ${new Date(since).toISOString()}${end}`;
  const message =
    by === "balancer"
      ? `Waiting for the load balancer ${times}. It says: ${reason}`
      : `Waiting for the host ${times}: ${reason}`;
  return { scriptName: "", message, logTail: "" };
}
