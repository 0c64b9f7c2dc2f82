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

/** Minutes that are shown though nobody gave them: the AWS CLI's `ecs deploy` and the GitHub action add them up without asking whether they are there. */
const SHOWN_MINUTES: Readonly<Record<ComputePlatform, ShownMinutes>> = {
  Server: {},
  Lambda: {},
  ECS: { endMinutes: { terminationWaitTimeInMinutes: 0 }, readyMinutes: { waitTimeInMinutes: 0 } },
};

interface ShownMinutes {
  readonly endMinutes?: { readonly terminationWaitTimeInMinutes: number };
  readonly readyMinutes?: { readonly waitTimeInMinutes: number };
}

function shownBlueGreen(
  platform: ComputePlatform,
  given: BlueGreenDeploymentConfiguration | undefined,
): BlueGreenDeploymentConfiguration | undefined {
  const { terminateBlueInstancesOnDeploymentSuccess, deploymentReadyOption, greenFleetProvisioningOption } =
    given ?? {};
  const end = filled(terminateBlueInstancesOnDeploymentSuccess);
  const ready = filled(deploymentReadyOption);
  const { endMinutes, readyMinutes } = SHOWN_MINUTES[platform];
  return filled({
    ...present("terminateBlueInstancesOnDeploymentSuccess", end && { ...endMinutes, ...end }),
    ...present("deploymentReadyOption", ready && { ...readyMinutes, ...ready }),
    ...present("greenFleetProvisioningOption", filled(greenFleetProvisioningOption)),
  });
}

/** Undefined when the structure holds nothing. */
function filled<Structure extends object>(structure: Structure | undefined): Structure | undefined {
  return structure && Object.values(structure).some((value) => value !== undefined) ? structure : undefined;
}

/** The member, or none at all. */
function present<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]?: Value });
}
