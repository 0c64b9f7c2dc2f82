import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { ComputePlatform, DeploymentConfig } from "@sluice/model/deployment-config.ts";
import type { FaultCode } from "@sluice/model/fault-codes.ts";
import {
  MAX_AUTO_SCALING_GROUPS_PER_GROUP,
  MAX_ECS_SERVICES_PER_GROUP,
  MAX_READY_WAIT_MINUTES,
  MAX_TERMINATION_WAIT_MINUTES,
} from "@sluice/model/limits.ts";
import { ENUMS } from "@sluice/wire/shapes/codedeploy-constraints.ts";
import type { Kysely } from "kysely";
import { type DeploymentGroupChange, isFilled } from "../../../groups/deployment-group-fields.ts";
import {
  checkEcsLoadBalancer,
  checkLoadBalancerInfo,
  checkServerLoadBalancer,
  hasLoadBalancer,
} from "../../../groups/load-balancer-checks.ts";
import type { DeploymentGroupFields } from "../../../store/columns/group-columns.ts";
import { listEcsGroups } from "../../../store/deployment-groups.ts";
import type { Database } from "../../../store/schema.ts";
import { checkTagFilters } from "../checks/tag-filter-checks.ts";
import { checkAlarms, checkAutoRollback, checkTriggers, isOneOf } from "../checks/watch-checks.ts";

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/;

/** What can be said of the fields alone, whatever the group: of those that an input gives. */
export function checkGroupFields(fields: DeploymentGroupChange): void {
  checkServiceRole(fields.serviceRoleArn);
  checkTagFilters(fields);
  checkAutoScalingGroups(fields.autoScalingGroups);
  checkTriggers(fields.triggerConfigurations);
  checkAlarms(fields.alarmConfiguration);
  checkAutoRollback(fields.autoRollbackConfiguration);
  checkDeploymentStyle(fields.deploymentStyle);
  checkLoadBalancerInfo(fields.loadBalancerInfo);
  const strategy = fields.outdatedInstancesStrategy;
  if (strategy !== undefined && !isOneOf(ENUMS.OutdatedInstancesStrategy, strategy)) {
    throw new CallerFault(
      "InvalidInputException",
      `outdatedInstancesStrategy is "${strategy}": use one of ${ENUMS.OutdatedInstancesStrategy.join(", ")}.`,
    );
  }
}

/** What can only be said of the whole group, once it is known what it keeps. */
export function checkWholeGroup(
  platform: ComputePlatform,
  config: Pick<DeploymentConfig, "computePlatform" | "deploymentConfigName">,
  fields: DeploymentGroupFields,
): void {
  checkTagFilters(fields);
  if (config.computePlatform !== platform) {
    throw new CallerFault(
      "InvalidDeploymentConfigNameException",
      `The deployment configuration ${config.deploymentConfigName} is for the compute platform ${config.computePlatform}, and the application's is ${platform}: choose another one.`,
    );
  }
  switch (platform) {
    case "Server":
      checkServerGroup(fields);
      break;
    case "Lambda":
      checkLambdaGroup(fields);
      break;
    case "ECS":
      checkEcsGroup(fields);
      break;
    default:
      platform satisfies never;
  }
  checkBlueGreenOptions(platform, fields);
}

/** One ECS service belongs to one group. */
export async function checkEcsServiceIsFree(
  db: Kysely<Database>,
  deploymentGroupId: string,
  { ecsServices }: DeploymentGroupFields,
): Promise<void> {
  const wanted = ecsServices?.[0];
  if (!wanted) return;
  for (const group of await listEcsGroups(db)) {
    if (group.deploymentGroupId === deploymentGroupId) continue;
    const taken = group.fields.ecsServices?.[0];
    if (taken?.serviceName === wanted.serviceName && taken?.clusterName === wanted.clusterName) {
      throw new CallerFault(
        "ECSServiceMappingLimitExceededException",
        `The ECS service ${wanted.clusterName}:${wanted.serviceName} belongs to the deployment group ${group.deploymentGroupName} of the application ${group.applicationName}: a service may be in one group only.`,
      );
    }
  }
}

function checkServiceRole(arn: string | undefined): void {
  if (arn === undefined || ROLE_ARN.test(arn)) return;
  throw new CallerFault(
    "InvalidRoleException",
    `Cannot assume role provided. serviceRoleArn is "${arn}": it looks like arn:aws:iam::111122223333:role/NAME.`,
  );
}

function checkAutoScalingGroups(names: readonly string[] | undefined): void {
  if (!names) return;
  if (names.length > MAX_AUTO_SCALING_GROUPS_PER_GROUP) {
    throw new CallerFault(
      "InvalidAutoScalingGroupException",
      `autoScalingGroups holds ${names.length} names: at most ${MAX_AUTO_SCALING_GROUPS_PER_GROUP} are allowed.`,
    );
  }
  if (names.includes("")) {
    throw new CallerFault("InvalidAutoScalingGroupException", "autoScalingGroups holds an empty name: leave it out.");
  }
}

function checkDeploymentStyle(style: DeploymentGroupChange["deploymentStyle"]): void {
  if (!style) return;
  const { deploymentType, deploymentOption } = style;
  if (!deploymentType || !deploymentOption) {
    const missing = deploymentType ? "deploymentOption" : "deploymentType";
    throw invalidStyle(
      `Deployment type or deployment option cannot be null or empty: deploymentStyle lacks ${missing}. Give both, or leave deploymentStyle out.`,
    );
  }
  if (!isOneOf(ENUMS.DeploymentType, deploymentType)) {
    throw invalidStyle(`Deployment type can only be ${ENUMS.DeploymentType.join(" or ")}: it is "${deploymentType}".`);
  }
  if (!isOneOf(ENUMS.DeploymentOption, deploymentOption)) {
    throw invalidStyle(
      `Deployment option can only be ${ENUMS.DeploymentOption.join(" or ")}: it is "${deploymentOption}".`,
    );
  }
}

function checkServerGroup(fields: DeploymentGroupFields): void {
  if (isFilled(fields.ecsServices)) {
    throw invalidEcsService("Should not specify ECS services parameter for Server deployment group");
  }
  checkServerLoadBalancer(fields);
  if (fields.deploymentStyle?.deploymentType !== "BLUE_GREEN") return;
  if (isFilled(fields.onPremisesInstanceTagFilters) || isFilled(fields.onPremisesTagSet?.onPremisesTagSetList)) {
    throw invalidStyle("For BLUE_GREEN deployment, on-premises instances can not be specified.");
  }
  const provisioning = fields.blueGreenDeploymentConfiguration?.greenFleetProvisioningOption?.action;
  if (provisioning === "COPY_AUTO_SCALING_GROUP" && fields.autoScalingGroups?.length !== 1) {
    // "specifed" is the service's own spelling, which clients may look for.
    throw invalidBlueGreen(
      "Exactly one AutoScaling group must be specifed when selecting the COPY_AUTO_SCALING_GROUP green fleet provisioning option.",
    );
  }
}

function checkLambdaGroup(fields: DeploymentGroupFields): void {
  checkShifting("Lambda", fields);
  checkNoHosts("Lambda", fields);
  if (isFilled(fields.ecsServices)) {
    throw invalidEcsService("Should not specify ECS services parameter for Lambda deployment group");
  }
  if (hasLoadBalancer(fields.loadBalancerInfo)) {
    throw new CallerFault(
      "InvalidLoadBalancerInfoException",
      "For Lambda deployment group, loadBalancerInfo can not be specified",
    );
  }
}

function checkEcsGroup(fields: DeploymentGroupFields): void {
  checkShifting("ECS", fields);
  checkNoHosts("ECS", fields);
  checkEcsLoadBalancer(fields);
  const options = fields.blueGreenDeploymentConfiguration;
  if (!options) throw invalidBlueGreen("For ECS deployment group, blueGreenDeploymentConfiguration must be specified");
  // What is replaced is a task set, which is always deleted in the end.
  if (options.terminateBlueInstancesOnDeploymentSuccess?.action === "KEEP_ALIVE") {
    throw invalidBlueGreen(
      "For ECS deployment group, the action of terminateBlueInstancesOnDeploymentSuccess can not be KEEP_ALIVE: give TERMINATE, with a terminationWaitTimeInMinutes during which the original task set stays",
    );
  }
  const services = fields.ecsServices ?? [];
  if (services.length !== MAX_ECS_SERVICES_PER_GROUP || !services[0]?.serviceName || !services[0]?.clusterName) {
    throw invalidEcsService(
      `For ECS deployment group, ecsServices must hold ${MAX_ECS_SERVICES_PER_GROUP} service with serviceName and clusterName: it holds ${services.length}.`,
    );
  }
}

function checkBlueGreenOptions(platform: ComputePlatform, fields: DeploymentGroupFields): void {
  const options = fields.blueGreenDeploymentConfiguration;
  if (!options) return;
  const { terminateBlueInstancesOnDeploymentSuccess: end, deploymentReadyOption: ready } = options;
  const fleet = options.greenFleetProvisioningOption;
  checkAction("terminateBlueInstancesOnDeploymentSuccess.action", end?.action, ENUMS.InstanceAction);
  checkAction("deploymentReadyOption.actionOnTimeout", ready?.actionOnTimeout, ENUMS.DeploymentReadyAction);
  checkAction("greenFleetProvisioningOption.action", fleet?.action, ENUMS.GreenFleetProvisioningAction);
  checkMinutes(
    "terminateBlueInstancesOnDeploymentSuccess.terminationWaitTimeInMinutes",
    end?.terminationWaitTimeInMinutes,
    MAX_TERMINATION_WAIT_MINUTES,
  );
  checkMinutes("deploymentReadyOption.waitTimeInMinutes", ready?.waitTimeInMinutes, MAX_READY_WAIT_MINUTES[platform]);
  if (ready?.actionOnTimeout === "CONTINUE_DEPLOYMENT" && ready.waitTimeInMinutes) {
    throw invalidBlueGreen(
      `Deployment ready action cannot be set to 'CONTINUE_DEPLOYMENT' when timeout is specified: waitTimeInMinutes is ${ready.waitTimeInMinutes}. Leave it out, or set actionOnTimeout to STOP_DEPLOYMENT.`,
    );
  }
}

function checkAction(field: string, action: string | undefined, choices: readonly string[]): void {
  if (action === undefined || isOneOf(choices, action)) return;
  throw invalidBlueGreen(`blueGreenDeploymentConfiguration.${field} is "${action}": use one of ${choices.join(", ")}.`);
}

function checkMinutes(field: string, minutes: number | undefined, maximum: number): void {
  if (minutes === undefined || (minutes >= 0 && minutes <= maximum)) return;
  throw invalidBlueGreen(`blueGreenDeploymentConfiguration.${field} is ${minutes}: give 0 to ${maximum} minutes.`);
}

function checkShifting(platform: "ECS" | "Lambda", { deploymentStyle }: DeploymentGroupFields): void {
  const { deploymentType, deploymentOption } = deploymentStyle ?? {};
  if (deploymentType === "BLUE_GREEN" && deploymentOption === "WITH_TRAFFIC_CONTROL") return;
  throw invalidStyle(
    `For ${platform} deployment, the deployment type must be BLUE_GREEN, and deployment option must be WITH_TRAFFIC_CONTROL.`,
  );
}

/** What only hosts have, each with the fault of its own field. */
function checkNoHosts(platform: "ECS" | "Lambda", fields: DeploymentGroupFields): void {
  const foreign: readonly (readonly [field: string, given: readonly unknown[] | undefined, code: FaultCode])[] = [
    ["autoScalingGroups", fields.autoScalingGroups, "InvalidAutoScalingGroupException"],
    ["ec2TagFilters", fields.ec2TagFilters, "InvalidEC2TagException"],
    ["ec2TagSet", fields.ec2TagSet?.ec2TagSetList, "InvalidEC2TagException"],
    ["onPremisesInstanceTagFilters", fields.onPremisesInstanceTagFilters, "InvalidTagException"],
    ["onPremisesTagSet", fields.onPremisesTagSet?.onPremisesTagSetList, "InvalidTagException"],
  ];
  for (const [field, given, code] of foreign) {
    if (isFilled(given)) {
      throw new CallerFault(code, `For ${platform} deployment group, ${field} can not be specified`);
    }
  }
}

function invalidStyle(message: string): CallerFault {
  return new CallerFault("InvalidDeploymentStyleException", message);
}

function invalidBlueGreen(message: string): CallerFault {
  return new CallerFault("InvalidBlueGreenDeploymentConfigurationException", message);
}

function invalidEcsService(message: string): CallerFault {
  return new CallerFault("InvalidECSServiceException", message);
}
