import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { ComputePlatform, DeploymentConfig } from "@sluice/model/deployment-config.ts";
import {
  AUTO_SCALING_GROUPS_PER_GROUP_MAX,
  ECS_SERVICES_PER_GROUP_MAX,
  READY_WAIT_MAX_MINUTES,
  TERMINATION_WAIT_MAX_MINUTES,
} from "@sluice/model/limits.ts";
import { ENUMS } from "@sluice/wire/shapes/codedeploy-constraints.ts";
import type { Kysely } from "kysely";
import { listEcsGroups } from "../../store/deployment-groups.ts";
import type { Database } from "../../store/schema.ts";
import { type DeploymentGroupChange, type DeploymentGroupFields, isFilled } from "./deployment-group-fields.ts";
import { checkLoadBalancerInfo, hasLoadBalancer, invalidLoadBalancer } from "./load-balancer-checks.ts";
import { checkTagFilters } from "./tag-filter-checks.ts";
import { checkAlarms, checkAutoRollback, checkTriggers, isOneOf } from "./watch-checks.ts";

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
    const taken = (JSON.parse(group.fieldsJson) as DeploymentGroupFields).ecsServices?.[0];
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
  if (names.length > AUTO_SCALING_GROUPS_PER_GROUP_MAX) {
    throw new CallerFault(
      "InvalidAutoScalingGroupException",
      `autoScalingGroups holds ${names.length} names: at most ${AUTO_SCALING_GROUPS_PER_GROUP_MAX} are allowed.`,
    );
  }
  if (names.includes("")) {
    throw new CallerFault("InvalidAutoScalingGroupException", "autoScalingGroups holds an empty name: leave it out.");
  }
}

function checkDeploymentStyle(style: DeploymentGroupChange["deploymentStyle"]): void {
  const { deploymentType, deploymentOption } = style ?? {};
  if (deploymentType !== undefined && !isOneOf(ENUMS.DeploymentType, deploymentType)) {
    throw invalidStyle(`deploymentType is "${deploymentType}": use one of ${ENUMS.DeploymentType.join(", ")}.`);
  }
  if (deploymentOption !== undefined && !isOneOf(ENUMS.DeploymentOption, deploymentOption)) {
    throw invalidStyle(`deploymentOption is "${deploymentOption}": use one of ${ENUMS.DeploymentOption.join(", ")}.`);
  }
}

function checkServerGroup(fields: DeploymentGroupFields): void {
  if (isFilled(fields.ecsServices)) throw invalidInput("For Server deployment group, ecsServices can not be specified");
  const { deploymentType, deploymentOption } = fields.deploymentStyle ?? {};
  if (deploymentOption === "WITH_TRAFFIC_CONTROL" && !hasLoadBalancer(fields.loadBalancerInfo)) {
    throw invalidLoadBalancer("With the deploymentOption WITH_TRAFFIC_CONTROL, loadBalancerInfo must name one.");
  }
  if (deploymentType !== "BLUE_GREEN") return;
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
  if (!isShifting(fields)) {
    throw invalidStyle(
      "For Lambda deployment, the deployment type must be BLUE_GREEN, and deployment option must be WITH_TRAFFIC_CONTROL.",
    );
  }
  const foreign = hostMembers(fields) ?? (isFilled(fields.ecsServices) ? "ecsServices" : undefined);
  if (foreign) throw invalidInput(`For Lambda deployment group, ${foreign} can not be specified`);
}

function checkEcsGroup(fields: DeploymentGroupFields): void {
  if (!isShifting(fields)) {
    throw invalidStyle(
      "For ECS deployment, the deployment type must be BLUE_GREEN, and deployment option must be WITH_TRAFFIC_CONTROL.",
    );
  }
  const foreign = hostMembers(fields);
  if (foreign) throw invalidInput(`For ECS deployment group, ${foreign} can not be specified`);
  if (!hasLoadBalancer(fields.loadBalancerInfo)) {
    throw new CallerFault(
      "InvalidLoadBalancerInfoException",
      "For ECS deployment group, loadBalancerInfo must be specified",
    );
  }
  if (!fields.blueGreenDeploymentConfiguration) {
    throw invalidBlueGreen("For ECS deployment group, blueGreenDeploymentConfiguration must be specified");
  }
  const services = fields.ecsServices ?? [];
  if (services.length !== ECS_SERVICES_PER_GROUP_MAX || !services[0]?.serviceName || !services[0]?.clusterName) {
    throw new CallerFault(
      "InvalidECSServiceException",
      `For ECS deployment group, ecsServices must hold ${ECS_SERVICES_PER_GROUP_MAX} service with serviceName and clusterName: it holds ${services.length}.`,
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
    TERMINATION_WAIT_MAX_MINUTES,
  );
  checkMinutes("deploymentReadyOption.waitTimeInMinutes", ready?.waitTimeInMinutes, READY_WAIT_MAX_MINUTES[platform]);
}

function checkAction(field: string, action: string | undefined, choices: readonly string[]): void {
  if (action === undefined || isOneOf(choices, action)) return;
  throw invalidBlueGreen(`blueGreenDeploymentConfiguration.${field} is "${action}": use one of ${choices.join(", ")}.`);
}

function checkMinutes(field: string, minutes: number | undefined, maximum: number): void {
  if (minutes === undefined || (minutes >= 0 && minutes <= maximum)) return;
  throw invalidBlueGreen(`blueGreenDeploymentConfiguration.${field} is ${minutes}: give 0 to ${maximum} minutes.`);
}

function isShifting({ deploymentStyle }: DeploymentGroupFields): boolean {
  const { deploymentType, deploymentOption } = deploymentStyle ?? {};
  return deploymentType === "BLUE_GREEN" && deploymentOption === "WITH_TRAFFIC_CONTROL";
}

/** The member that only hosts have, when there is one. */
function hostMembers(fields: DeploymentGroupFields): string | undefined {
  if (isFilled(fields.autoScalingGroups)) return "autoScalingGroups";
  if (isFilled(fields.ec2TagFilters)) return "ec2TagFilters";
  if (isFilled(fields.ec2TagSet?.ec2TagSetList)) return "ec2TagSet";
  if (isFilled(fields.onPremisesInstanceTagFilters)) return "onPremisesInstanceTagFilters";
  return isFilled(fields.onPremisesTagSet?.onPremisesTagSetList) ? "onPremisesTagSet" : undefined;
}

function invalidInput(message: string): CallerFault {
  return new CallerFault("InvalidInputException", message);
}

function invalidStyle(message: string): CallerFault {
  return new CallerFault("InvalidDeploymentStyleException", message);
}

function invalidBlueGreen(message: string): CallerFault {
  return new CallerFault("InvalidBlueGreenDeploymentConfigurationException", message);
}
