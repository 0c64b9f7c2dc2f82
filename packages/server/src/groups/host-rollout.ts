import type { TargetInstances } from "@aws-sdk/client-codedeploy";
import type { HealthRule, HostStrategy, HostWay } from "@sluice/engine/state.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { DeploymentConfig, ZonalConfig } from "@sluice/model/deployment-config.ts";
import { isFilled } from "@sluice/model/deployment-group-fields.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_READY_WAIT_MINUTES } from "@sluice/model/limits.ts";
import type { DeploymentGroupFields } from "../store/columns/group-columns.ts";
import type { AskedOfRollout } from "./asked-of-rollout.ts";
import type { GroupOfRollout } from "./group-of-rollout.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export function hostRollout(
  { fields, config }: GroupOfRollout,
  { targetInstances, ignoreApplicationStopFailures = false, ...asked }: AskedOfRollout,
): HostStrategy {
  const healthRule = healthRuleOf(config);
  const way = wayOf(fields, config);
  checkTargetInstances(way, targetInstances);
  if (asked.deploymentMode !== "RESTART") return { ...way, healthRule, ignoreApplicationStopFailures };
  return { ...restartIn(way, asked), healthRule, ignoreApplicationStopFailures };
}

/** Nothing is installed: what is about installing would be accepted and ignored. */
function restartIn(way: HostWay, { fileExistsBehavior, updateOutdatedInstancesOnly }: AskedOfRollout): HostWay {
  if (way.type !== "in-place") {
    throw new CallerFault(
      "InvalidDeploymentStyleException",
      "deploymentMode RESTART is for deployments in place, and the group is BLUE_GREEN: leave it out, or restart the application on its hosts yourself.",
    );
  }
  if (updateOutdatedInstancesOnly) {
    throw new CallerFault(
      "InvalidUpdateOutdatedInstancesOnlyValueException",
      "updateOutdatedInstancesOnly is true, and a deployment with deploymentMode RESTART restarts what is up to date: leave it out.",
    );
  }
  if (fileExistsBehavior !== undefined) {
    throw new CallerFault(
      "InvalidFileExistsBehaviorException",
      "fileExistsBehavior is about files that are installed, and a deployment with deploymentMode RESTART installs none: leave it out.",
    );
  }
  return { ...way, restarts: true };
}

/** How a group's next deployment goes, by its style and its configuration. The group has been found deployable. */
function wayOf(fields: DeploymentGroupFields, config: DeploymentConfig): HostWay {
  const { deploymentType, deploymentOption } = fields.deploymentStyle ?? {};
  if (deploymentType !== "BLUE_GREEN") {
    return {
      type: "in-place",
      hasTrafficControl: deploymentOption === "WITH_TRAFFIC_CONTROL",
      zones: config.zonalConfig ? zoneRuleOf(config.zonalConfig) : null,
    };
  }
  if (config.zonalConfig) {
    throw new CallerFault(
      "InvalidDeploymentConfigNameException",
      `The deployment configuration ${config.deploymentConfigName} has a zonalConfig, which is for deployments in place: choose another one for a BLUE_GREEN group.`,
    );
  }
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: end } =
    fields.blueGreenDeploymentConfiguration ?? {};
  const readyMinutes = ready?.waitTimeInMinutes ?? MAX_READY_WAIT_MINUTES.Server;
  return {
    type: "blue-green",
    readyWaitMilliseconds: ready?.actionOnTimeout === "STOP_DEPLOYMENT" ? readyMinutes * MINUTE : null,
    terminationWaitMilliseconds: end?.action === "TERMINATE" ? (end.terminationWaitTimeInMinutes ?? 0) * MINUTE : null,
  };
}

/** What the engine keeps healthy during a deployment with this configuration. */
function healthRuleOf(config: DeploymentConfig): HealthRule {
  if (config.minimumHealthyHosts) return config.minimumHealthyHosts;
  throw new CallerFault(
    "InvalidDeploymentConfigNameException",
    `The deployment configuration ${config.deploymentConfigName} is for the compute platform ${config.computePlatform}: choose one for Server.`,
  );
}

/** `targetInstances` names the replacement hosts of a blue/green deployment, and belongs to nothing else. */
function checkTargetInstances(way: HostWay, targetInstances: TargetInstances | undefined): void {
  if (way.type !== "blue-green") {
    if (!targetInstances) return;
    throw invalidTargetInstances(
      "targetInstances names the replacement hosts of a blue/green deployment, and the group deploys in place: leave it out.",
    );
  }
  const { tagFilters, ec2TagSet, autoScalingGroups } = targetInstances ?? {};
  if (isFilled(autoScalingGroups)) {
    throw invalidTargetInstances(
      `targetInstances.autoScalingGroups names ${excerpt(autoScalingGroups?.join(", "))}: Auto Scaling groups are not implemented yet; name the replacement hosts by tagFilters or ec2TagSet.`,
    );
  }
  if (isFilled(tagFilters) && isFilled(ec2TagSet?.ec2TagSetList)) {
    throw new CallerFault(
      "InvalidEC2TagCombinationException",
      "targetInstances has tagFilters and ec2TagSet: give one of them.",
    );
  }
  if (isFilled(tagFilters) || isFilled(ec2TagSet?.ec2TagSetList)) return;
  throw invalidTargetInstances(
    "targetInstances is missing: the group is BLUE_GREEN with DISCOVER_EXISTING, so name the replacement hosts by tagFilters or ec2TagSet.",
  );
}

function zoneRuleOf(config: ZonalConfig) {
  const monitorSeconds = config.monitorDurationInSeconds ?? 0;
  return {
    firstZoneMonitorMilliseconds: (config.firstZoneMonitorDurationInSeconds ?? monitorSeconds) * SECOND,
    monitorMilliseconds: monitorSeconds * SECOND,
    minimumPerZone: (config.minimumHealthyHostsPerZone as HealthRule | undefined) ?? null,
  };
}

function invalidTargetInstances(message: string): CallerFault {
  return new CallerFault("InvalidTargetInstancesException", message);
}
