import type { RaisedError } from "./modelled-error.ts";

const HALF = { type: "FLEET_PERCENT", value: 50 } as const;

export const CONFIGURATION_ERRORS: readonly RaisedError[] = [
  {
    code: "DeploymentConfigNameRequiredException",
    operation: "GetDeploymentConfig",
    when: "`deploymentConfigName` is missing or empty",
    input: {},
    message:
      "Deployment Configuration name is missing: give deploymentConfigName. `sluice configs list` shows those that exist.",
    cure: "Name the configuration. `sluice configs list` shows those that exist.",
  },
  {
    code: "InvalidDeploymentConfigNameException",
    operation: "CreateDeploymentConfig",
    when: "a name has other characters than the allowed ones or more than 100, a new one begins with `CodeDeployDefault.`, or the configuration is of another compute platform than the application",
    input: { deploymentConfigName: "CodeDeployDefault.Mine", minimumHealthyHosts: HALF },
    message:
      'deploymentConfigName "CodeDeployDefault.Mine" begins with CodeDeployDefault., which is kept for predefined ones: choose another name.',
    cure: "Choose another name; for a group or a deployment one of the application's platform (`sluice configs list`).",
  },
  {
    code: "DeploymentConfigAlreadyExistsException",
    operation: "CreateDeploymentConfig",
    when: "another configuration has the name already",
    input: { deploymentConfigName: "half", minimumHealthyHosts: HALF },
    message:
      "The deployment configuration half already exists: choose another name, since configurations cannot be changed. `sluice configs list` shows those that exist.",
    cure: "Choose another name: a configuration never changes.",
  },
  {
    code: "DeploymentConfigDoesNotExistException",
    operation: "GetDeploymentConfig",
    when: "no configuration has the name",
    input: { deploymentConfigName: "none" },
    message: "No deployment configuration found for name: none. `sluice configs list` shows those that exist.",
    cure: "Correct the name: `sluice configs list`.",
  },
  {
    code: "DeploymentConfigInUseException",
    operation: "DeleteDeploymentConfig",
    when: "a deployment group has the configuration",
    input: { deploymentConfigName: "half" },
    message:
      "The deployment configuration half is still in use by the deployment group live of the application web: give that another one first, with `sluice groups update`.",
    cure: "Give the group that the message names another configuration first, or delete the group.",
  },
  {
    code: "DeploymentConfigLimitExceededException",
    operation: "CreateDeploymentConfig",
    when: "there are as many own configurations as are allowed",
    input: { deploymentConfigName: "one-more", minimumHealthyHosts: HALF },
    message:
      "There are 50 deployment configurations already, which is the most allowed. Delete one that is not used: `sluice configs delete NAME`, or raise limits.deploymentConfigs in sluice.yml.",
    cure: "Delete one that is not used: `sluice configs delete NAME`.",
  },
  {
    code: "InvalidOperationException",
    operation: "DeleteDeploymentConfig",
    when: "a predefined configuration is to be deleted, or a group or application while one of its deployments moves traffic",
    input: { deploymentConfigName: "CodeDeployDefault.AllAtOnce" },
    message:
      "The deployment configuration CodeDeployDefault.AllAtOnce is predefined and cannot be deleted. Leave it: it does not count as one of your own.",
    cure: "Leave predefined configurations. End the deployment first: `sluice stop ID --rollback`, or wait for it with `sluice watch ID`.",
  },
  {
    code: "InvalidMinimumHealthyHostValueException",
    operation: "CreateDeploymentConfig",
    when: "`minimumHealthyHosts` is missing for Server, given for another platform, or has a type or value out of range",
    input: { deploymentConfigName: "most", minimumHealthyHosts: { type: "FLEET_PERCENT", value: 100 } },
    message: "minimumHealthyHosts.value is 100: for FLEET_PERCENT give a percentage from 0 to 99.",
    cure: "Give `HOST_COUNT` with 0 or more, or `FLEET_PERCENT` with 0 to 99.",
  },
  {
    code: "InvalidTrafficRoutingConfigurationException",
    operation: "CreateDeploymentConfig",
    when: "`trafficRoutingConfig` is missing for Lambda or ECS, given for Server, or contradicts itself",
    input: {
      deploymentConfigName: "slow",
      computePlatform: "Lambda",
      trafficRoutingConfig: { type: "TimeBasedLinear", timeBasedLinear: { linearPercentage: 1, linearInterval: 60 } },
    },
    message:
      "The traffic routing configuration is not valid: timeBasedLinear.linearInterval is 60, so the last shift of traffic would come 5940 minutes after the first: at most 2880 are allowed.",
    cure: "Give `AllAtOnce`, `TimeBasedCanary` or `TimeBasedLinear` with its own member, 1 to 99 percent, and at most 2,880 minutes from the first to the last shift.",
  },
  {
    code: "InvalidZonalDeploymentConfigurationException",
    operation: "CreateDeploymentConfig",
    when: "`zonalConfig` is given for another platform than Server, or has a negative time or an unusable minimum",
    input: {
      deploymentConfigName: "zones",
      minimumHealthyHosts: HALF,
      zonalConfig: { monitorDurationInSeconds: -1 },
    },
    message: "zonalConfig.monitorDurationInSeconds is -1: give 0 or more seconds.",
    cure: "Give times of 0 or more seconds, and a minimum as in `minimumHealthyHosts`.",
  },
];
