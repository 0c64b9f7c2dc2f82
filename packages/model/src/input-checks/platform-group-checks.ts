import { CallerFault } from "../caller-fault.ts";
import type { ComputePlatform } from "../deployment-config.ts";
import { type GroupFields, isFilled } from "../deployment-group-fields.ts";
import type { FaultCode } from "../fault-codes.ts";
import { MAX_ECS_SERVICES_PER_GROUP } from "../limits.ts";
import { invalidBlueGreen, invalidStyle } from "./group-faults.ts";
import { checkEcsLoadBalancer, checkServerLoadBalancer, hasLoadBalancer } from "./load-balancer-checks.ts";

/** What a whole group of each platform has to say, and what it cannot. */
export const PLATFORM_GROUP_CHECKS: Readonly<Record<ComputePlatform, (fields: GroupFields) => void>> = {
  Server: checkServerGroup,
  Lambda: checkLambdaGroup,
  ECS: checkEcsGroup,
};

function checkServerGroup(fields: GroupFields): void {
  if (isFilled(fields.ecsServices)) {
    throw invalidEcsService(
      "Should not specify ECS services parameter for Server deployment group: leave ecsServices out, or clear it with [].",
    );
  }
  checkServerLoadBalancer(fields);
  if (fields.deploymentStyle?.deploymentType !== "BLUE_GREEN") return;
  if (isFilled(fields.onPremisesInstanceTagFilters) || isFilled(fields.onPremisesTagSet?.onPremisesTagSetList)) {
    throw invalidStyle(
      "For BLUE_GREEN deployment, on-premises instances can not be specified: leave onPremisesInstanceTagFilters and onPremisesTagSet out, or deploy IN_PLACE.",
    );
  }
  const provisioning = fields.blueGreenDeploymentConfiguration?.greenFleetProvisioningOption?.action;
  if (provisioning === "COPY_AUTO_SCALING_GROUP" && fields.autoScalingGroups?.length !== 1) {
    // "specifed" is the service's own spelling, which clients may look for.
    throw invalidBlueGreen(
      "Exactly one AutoScaling group must be specifed when selecting the COPY_AUTO_SCALING_GROUP green fleet provisioning option.",
    );
  }
}

function checkLambdaGroup(fields: GroupFields): void {
  checkShifting("Lambda", fields);
  checkNoHosts("Lambda", fields);
  if (isFilled(fields.ecsServices)) {
    throw invalidEcsService(
      "Should not specify ECS services parameter for Lambda deployment group: leave ecsServices out, or clear it with [].",
    );
  }
  if (hasLoadBalancer(fields.loadBalancerInfo)) {
    throw new CallerFault(
      "InvalidLoadBalancerInfoException",
      "For Lambda deployment group, loadBalancerInfo can not be specified: leave it out, or clear it with {}.",
    );
  }
  // Accepted, it would be ignored.
  if (Object.values(fields.blueGreenDeploymentConfiguration ?? {}).some((option) => option !== undefined)) {
    throw invalidBlueGreen(
      "For Lambda deployment group, blueGreenDeploymentConfiguration can not be specified: a deployment to a function does not wait to be continued, and removes no version. Leave it out, or clear it by {}.",
    );
  }
}

function checkEcsGroup(fields: GroupFields): void {
  checkShifting("ECS", fields);
  checkNoHosts("ECS", fields);
  checkEcsLoadBalancer(fields);
  const options = fields.blueGreenDeploymentConfiguration;
  if (!options)
    throw invalidBlueGreen(
      "For ECS deployment group, blueGreenDeploymentConfiguration must be specified: give terminateBlueInstancesOnDeploymentSuccess and deploymentReadyOption, or {} for their defaults.",
    );
  // What is replaced is a task set, which is always deleted in the end.
  if (options.terminateBlueInstancesOnDeploymentSuccess?.action === "KEEP_ALIVE") {
    throw invalidBlueGreen(
      "For ECS deployment group, the action of terminateBlueInstancesOnDeploymentSuccess can not be KEEP_ALIVE: give TERMINATE, with a terminationWaitTimeInMinutes during which the original task set stays",
    );
  }
  const services = fields.ecsServices ?? [];
  if (services.length !== MAX_ECS_SERVICES_PER_GROUP || !services[0]?.serviceName || !services[0]?.clusterName) {
    throw invalidEcsService(
      `For ECS deployment group, ecsServices must hold ${MAX_ECS_SERVICES_PER_GROUP} service with serviceName and clusterName: it holds ${services.length}. Name one service.`,
    );
  }
}

function checkShifting(platform: "ECS" | "Lambda", { deploymentStyle }: GroupFields): void {
  const { deploymentType, deploymentOption } = deploymentStyle ?? {};
  if (deploymentType === "BLUE_GREEN" && deploymentOption === "WITH_TRAFFIC_CONTROL") return;
  throw invalidStyle(
    `For ${platform} deployment, the deployment type must be BLUE_GREEN, and deployment option must be WITH_TRAFFIC_CONTROL. deploymentStyle is ${deploymentType ?? "without a type"} and ${deploymentOption ?? "without an option"}.`,
  );
}

/** What only hosts have, each with the fault of its own field. */
function checkNoHosts(platform: "ECS" | "Lambda", fields: GroupFields): void {
  const foreign: readonly (readonly [field: string, given: readonly unknown[] | undefined, code: FaultCode])[] = [
    ["autoScalingGroups", fields.autoScalingGroups, "InvalidAutoScalingGroupException"],
    ["ec2TagFilters", fields.ec2TagFilters, "InvalidEC2TagException"],
    ["ec2TagSet", fields.ec2TagSet?.ec2TagSetList, "InvalidEC2TagException"],
    ["onPremisesInstanceTagFilters", fields.onPremisesInstanceTagFilters, "InvalidTagException"],
    ["onPremisesTagSet", fields.onPremisesTagSet?.onPremisesTagSetList, "InvalidTagException"],
  ];
  for (const [field, given, code] of foreign) {
    if (isFilled(given)) {
      throw new CallerFault(
        code,
        `For ${platform} deployment group, ${field} can not be specified: leave it out, or clear it with ${field.endsWith("Set") ? "{}" : "[]"}.`,
      );
    }
  }
}

function invalidEcsService(message: string): CallerFault {
  return new CallerFault("InvalidECSServiceException", message);
}
