import { boolean, integer, list, long, string, structure, timestamp } from "../shapes/shape.ts";
import { alarmConfiguration, autoRollbackConfiguration, tagFilters } from "./api-shapes.ts";

// The API's own shapes, as far as a snapshot has them: agents import this table too, and CodeDeploy's whole one would cost them memory for nothing.
const names = list(structure({ name: string }));
const route = structure({ listenerArns: list(string) });
const health = structure({ type: string, value: integer });

export const groupSettings = structure(
  { deployToLateHosts: boolean, hookTimeoutSeconds: integer, hookMustAnswer: boolean, failEarly: boolean },
  ["deployToLateHosts"],
);

export const deploymentGroupInfo = structure({
  applicationName: string,
  deploymentGroupId: string,
  deploymentGroupName: string,
  deploymentConfigName: string,
  ec2TagFilters: tagFilters,
  onPremisesInstanceTagFilters: tagFilters,
  autoScalingGroups: list(structure({ name: string, hook: string, terminationHook: string })),
  serviceRoleArn: string,
  triggerConfigurations: list(
    structure({ triggerName: string, triggerTargetArn: string, triggerEvents: list(string) }),
  ),
  alarmConfiguration,
  autoRollbackConfiguration,
  deploymentStyle: structure({ deploymentType: string, deploymentOption: string }),
  outdatedInstancesStrategy: string,
  blueGreenDeploymentConfiguration: structure({
    terminateBlueInstancesOnDeploymentSuccess: structure({ action: string, terminationWaitTimeInMinutes: integer }),
    deploymentReadyOption: structure({ actionOnTimeout: string, waitTimeInMinutes: integer }),
    greenFleetProvisioningOption: structure({ action: string }),
  }),
  loadBalancerInfo: structure({
    elbInfoList: names,
    targetGroupInfoList: names,
    targetGroupPairInfoList: list(structure({ targetGroups: names, prodTrafficRoute: route, testTrafficRoute: route })),
  }),
  ec2TagSet: structure({ ec2TagSetList: list(tagFilters) }),
  onPremisesTagSet: structure({ onPremisesTagSetList: list(tagFilters) }),
  computePlatform: string,
  ecsServices: list(structure({ serviceName: string, clusterName: string })),
  terminationHookEnabled: boolean,
});

export const deploymentConfigInfo = structure({
  deploymentConfigId: string,
  deploymentConfigName: string,
  minimumHealthyHosts: health,
  createTime: timestamp,
  computePlatform: string,
  trafficRoutingConfig: structure({
    type: string,
    timeBasedCanary: structure({ canaryPercentage: integer, canaryInterval: integer }),
    timeBasedLinear: structure({ linearPercentage: integer, linearInterval: integer }),
  }),
  zonalConfig: structure({
    firstZoneMonitorDurationInSeconds: long,
    monitorDurationInSeconds: long,
    minimumHealthyHostsPerZone: health,
  }),
});
