import { CallerFault } from "../caller-fault.ts";
import { ENUMS } from "../codedeploy-enums.ts";
import type { ComputePlatform, DeploymentConfig } from "../deployment-config.ts";
import type { GroupFields } from "../deployment-group-fields.ts";
import { excerpt } from "../excerpt.ts";
import { isOneOf } from "../is-one-of.ts";
import { MAX_READY_WAIT_MINUTES, MAX_TERMINATION_WAIT_MINUTES } from "../limits.ts";
import { raisedBy, type ServiceLimits } from "../service-limits.ts";
import { invalidBlueGreen, invalidStyle } from "./group-faults.ts";
import { checkLoadBalancerInfo } from "./load-balancer-checks.ts";
import { PLATFORM_GROUP_CHECKS } from "./platform-group-checks.ts";
import { checkTagFilters } from "./tag-filter-checks.ts";
import { checkAlarms, checkAutoRollback, checkTriggers } from "./watch-checks.ts";

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/;

/** What can be said of the fields alone, whatever the group: of those that an input gives. */
export function checkGroupFields(fields: GroupFields, limits: ServiceLimits): void {
  checkServiceRole(fields.serviceRoleArn);
  checkTagFilters(fields, limits);
  checkAutoScalingGroups(fields.autoScalingGroups, limits);
  checkTriggers(fields.triggerConfigurations, limits);
  checkAlarms(fields.alarmConfiguration, limits);
  checkAutoRollback(fields.autoRollbackConfiguration);
  checkDeploymentStyle(fields.deploymentStyle);
  checkLoadBalancerInfo(fields.loadBalancerInfo);
  const strategy = fields.outdatedInstancesStrategy;
  if (strategy !== undefined && !isOneOf(ENUMS.OutdatedInstancesStrategy, strategy)) {
    throw new CallerFault(
      "InvalidInputException",
      `outdatedInstancesStrategy is "${excerpt(strategy)}": use one of ${ENUMS.OutdatedInstancesStrategy.join(", ")}.`,
    );
  }
}

/** What can only be said of the whole group, once it is known what it keeps. */
export function checkWholeGroup(
  platform: ComputePlatform,
  config: Pick<DeploymentConfig, "computePlatform" | "deploymentConfigName">,
  fields: GroupFields,
  limits: ServiceLimits,
): void {
  checkTagFilters(fields, limits);
  if (config.computePlatform !== platform) {
    throw new CallerFault(
      "InvalidDeploymentConfigNameException",
      `The deployment configuration ${config.deploymentConfigName} is for the compute platform ${config.computePlatform}, and the application's is ${platform}: choose another one. \`sluice configs list\` shows those that exist.`,
    );
  }
  PLATFORM_GROUP_CHECKS[platform](fields);
  checkBlueGreenOptions(platform, fields);
}

/** CreateDeploymentGroup cannot do without one. */
export function requireServiceRole(arn: string | undefined): string {
  if (arn) return arn;
  throw new CallerFault(
    "RoleRequiredException",
    "serviceRoleArn is missing: give the ARN of a role, such as arn:aws:iam::111122223333:role/CodeDeployServiceRole.",
  );
}

export function checkServiceRole(arn: string | undefined): void {
  if (arn === undefined || ROLE_ARN.test(arn)) return;
  throw new CallerFault(
    "InvalidRoleException",
    `Cannot assume role provided. serviceRoleArn is "${excerpt(arn)}": it looks like arn:aws:iam::111122223333:role/NAME.`,
  );
}

function checkAutoScalingGroups(
  names: readonly string[] | undefined,
  { autoScalingGroupsPerGroup }: ServiceLimits,
): void {
  if (!names) return;
  if (names.length > autoScalingGroupsPerGroup) {
    throw new CallerFault(
      "InvalidAutoScalingGroupException",
      `autoScalingGroups holds ${names.length} names: at most ${autoScalingGroupsPerGroup} are allowed. Leave some out, or ${raisedBy("autoScalingGroupsPerGroup")}.`,
    );
  }
  if (names.includes("")) {
    throw new CallerFault("InvalidAutoScalingGroupException", "autoScalingGroups holds an empty name: leave it out.");
  }
}

function checkDeploymentStyle(style: GroupFields["deploymentStyle"]): void {
  if (!style) return;
  const { deploymentType, deploymentOption } = style;
  if (!deploymentType || !deploymentOption) {
    const missing = deploymentType ? "deploymentOption" : "deploymentType";
    throw invalidStyle(
      `Deployment type or deployment option cannot be null or empty: deploymentStyle lacks ${missing}. Give both, or leave deploymentStyle out.`,
    );
  }
  if (!isOneOf(ENUMS.DeploymentType, deploymentType)) {
    throw invalidStyle(
      `Deployment type can only be ${ENUMS.DeploymentType.join(" or ")}: deploymentStyle.deploymentType is "${excerpt(deploymentType)}".`,
    );
  }
  if (!isOneOf(ENUMS.DeploymentOption, deploymentOption)) {
    throw invalidStyle(
      `Deployment option can only be ${ENUMS.DeploymentOption.join(" or ")}: deploymentStyle.deploymentOption is "${excerpt(deploymentOption)}".`,
    );
  }
}

function checkBlueGreenOptions(platform: ComputePlatform, fields: GroupFields): void {
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
  throw invalidBlueGreen(
    `blueGreenDeploymentConfiguration.${field} is "${excerpt(action)}": use one of ${choices.join(", ")}.`,
  );
}

function checkMinutes(field: string, minutes: number | undefined, maximum: number): void {
  if (minutes === undefined || (minutes >= 0 && minutes <= maximum)) return;
  throw invalidBlueGreen(`blueGreenDeploymentConfiguration.${field} is ${minutes}: give 0 to ${maximum} minutes.`);
}
