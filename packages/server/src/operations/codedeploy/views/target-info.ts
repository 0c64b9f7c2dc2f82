import type { DeploymentTarget, InstanceSummary, LifecycleEvent } from "@aws-sdk/client-codedeploy";
import type { Executor } from "@sluice/engine/planned-event.ts";
import { type CommandState, isTerminal, type LifecycleEventState } from "@sluice/engine/state.ts";
import { ecsServiceArn } from "@sluice/model/ecs-arn.ts";
import { type ArnScope, ec2InstanceArn, lambdaFunctionArn, onPremisesInstanceArn } from "@sluice/model/resource-arn.ts";
import { type DeploymentRow, readHead } from "../../../store/deployments.ts";
import type { HostWithArn, TargetWithArn } from "../../../store/target-listing.ts";
import type { CodeDeployContext } from "../codedeploy-context.ts";
import { isOfEcs, taskSetsInfo } from "./ecs-target-info.ts";
import { isOfLambda, lambdaFunctionInfo } from "./lambda-target-info.ts";

/** Of a service or an alias, what it is now is asked for, too. */
export async function deploymentTarget(
  scope: ArnScope & Pick<CodeDeployContext, "ecsServices" | "lambdaAliases">,
  deployment: DeploymentRow,
  { target, instanceArn }: TargetWithArn,
): Promise<DeploymentTarget> {
  const { deployment_id: deploymentId } = deployment;
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
    case "ecs-service": {
      const { strategy, status } = readHead(deployment);
      const hasEnded = isTerminal(status);
      const taskSets = isOfEcs(strategy)
        ? await taskSetsInfo(target, { strategy, hasEnded }, scope.ecsServices)
        : undefined;
      const service = {
        targetArn: ecsServiceArn(scope, target.clusterName, target.serviceName),
        taskSetsInfo: taskSets,
      };
      return { deploymentTargetType: "ECSTarget", ecsTarget: { ...common, ...service } };
    }
    case "lambda-alias": {
      const { strategy, status } = readHead(deployment);
      const alias = isOfLambda(strategy) ? strategy.alias : null;
      const info = await lambdaFunctionInfo(target, isTerminal(status) ? null : alias, scope.lambdaAliases);
      const written = alias?.functionName ?? "";
      const arn = written.startsWith("arn:") ? written : lambdaFunctionArn(scope, target.functionName);
      const lambdaTarget = { ...common, targetArn: arn, lambdaFunctionInfo: info };
      return { deploymentTargetType: "LambdaTarget", lambdaTarget };
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
  return { scriptName: "", message: waitMessage(by, times, reason), logTail: "" };
}

function waitMessage(by: Executor, times: string, reason: string): string {
  switch (by) {
    case "balancer":
      return `Waiting for the load balancer ${times}. It says: ${reason}`;
    case "agent":
      return `Waiting for the host ${times}: ${reason}`;
    case "platform":
      return `Waiting ${times}: ${reason}`;
    case "hook":
      return `Waiting for the hook's answer ${times}: ${reason}`;
    default: {
      const never: never = by;
      return never;
    }
  }
}
