import type {
  AlarmConfiguration,
  AutoRollbackConfiguration,
  BlueGreenDeploymentConfiguration,
  LoadBalancerInfo,
} from "@aws-sdk/client-codedeploy";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import type { DeploymentGroupFields } from "../../../store/columns/group-columns.ts";

/** A group's fields without its Auto Scaling groups, which are read in another shape than they are written in. */
export type ShownGroupFields = Omit<DeploymentGroupFields, "autoScalingGroups">;

/**
 * A group's fields as the service shows them: lists that were never given are empty, alarms that were never given are switched off, and a
 * structure that was cleared (`loadBalancerInfo: {}`) is absent. Terraform takes a structure that is there and empty for one that somebody
 * added, and plans to remove it for ever.
 */
export function shownGroupFields(platform: ComputePlatform, fields: DeploymentGroupFields): ShownGroupFields {
  const {
    autoScalingGroups: _,
    ec2TagFilters,
    ec2TagSet,
    onPremisesInstanceTagFilters,
    onPremisesTagSet,
    triggerConfigurations,
    alarmConfiguration,
    autoRollbackConfiguration,
    loadBalancerInfo,
    blueGreenDeploymentConfiguration,
    ecsServices,
    ...rest
  } = fields;
  return {
    ...rest,
    // The service shows what the group is described by: filters, or a set.
    ...(ec2TagSet && !ec2TagFilters?.length ? { ec2TagSet } : { ec2TagFilters: ec2TagFilters ?? [] }),
    ...(onPremisesTagSet && !onPremisesInstanceTagFilters?.length
      ? { onPremisesTagSet }
      : { onPremisesInstanceTagFilters: onPremisesInstanceTagFilters ?? [] }),
    triggerConfigurations: triggerConfigurations ?? [],
    alarmConfiguration: shownAlarms(alarmConfiguration),
    ...present("autoRollbackConfiguration", shownRollback(autoRollbackConfiguration)),
    ...present("loadBalancerInfo", shownLoadBalancers(loadBalancerInfo)),
    ...present("blueGreenDeploymentConfiguration", shownBlueGreen(platform, blueGreenDeploymentConfiguration)),
    ...present("ecsServices", ecsServices?.length ? ecsServices : undefined),
  };
}

/** Every member, whatever was given: clients read `enabled` without asking whether it is there. */
function shownAlarms(given: AlarmConfiguration | undefined): AlarmConfiguration {
  return {
    enabled: given?.enabled ?? false,
    ignorePollAlarmFailure: given?.ignorePollAlarmFailure ?? false,
    alarms: given?.alarms ?? [],
  };
}

function shownRollback(given: AutoRollbackConfiguration | undefined): AutoRollbackConfiguration | undefined {
  return given && { ...given, enabled: given.enabled ?? false };
}

/** The lists that name something. A list that was given empty is one that was cleared. */
function shownLoadBalancers(given: LoadBalancerInfo | undefined): LoadBalancerInfo | undefined {
  const { elbInfoList, targetGroupInfoList, targetGroupPairInfoList } = given ?? {};
  return filled({
    ...present("elbInfoList", elbInfoList?.length ? elbInfoList : undefined),
    ...present("targetGroupInfoList", targetGroupInfoList?.length ? targetGroupInfoList : undefined),
    ...present("targetGroupPairInfoList", targetGroupPairInfoList?.length ? targetGroupPairInfoList : undefined),
  });
}

/** What is shown though nobody gave it: the AWS CLI's `ecs deploy` and the GitHub action add the minutes up without asking whether they are there. */
const SHOWN_WAITS: Readonly<Record<ComputePlatform, BlueGreenDeploymentConfiguration>> = {
  Server: {},
  Lambda: {},
  ECS: {
    terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
    deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
  },
};

function shownBlueGreen(
  platform: ComputePlatform,
  options: BlueGreenDeploymentConfiguration | undefined,
): BlueGreenDeploymentConfiguration | undefined {
  const { terminateBlueInstancesOnDeploymentSuccess, deploymentReadyOption, greenFleetProvisioningOption } =
    options ?? {};
  const { terminateBlueInstancesOnDeploymentSuccess: usualEnd, deploymentReadyOption: usualReady } =
    SHOWN_WAITS[platform];
  const end = filled({ ...usualEnd, ...given(terminateBlueInstancesOnDeploymentSuccess) });
  const ready = filled({ ...usualReady, ...given(deploymentReadyOption) });
  return filled({
    ...present("terminateBlueInstancesOnDeploymentSuccess", end),
    ...present("deploymentReadyOption", ready),
    ...present("greenFleetProvisioningOption", filled(greenFleetProvisioningOption)),
  });
}

/** The members that say something. */
function given<Structure extends object>(structure: Structure | undefined): Partial<Structure> {
  const members = Object.entries(structure ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as Partial<Structure>;
}

/** Undefined when the structure holds nothing. */
function filled<Structure extends object>(structure: Structure | undefined): Structure | undefined {
  return structure && Object.values(structure).some((value) => value !== undefined) ? structure : undefined;
}

/** The member, or none at all. */
function present<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]?: Value });
}
