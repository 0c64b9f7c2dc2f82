import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { ec2Lists, isFilled, onPremisesLists } from "@sluice/model/deployment-group-fields.ts";
import type { DeploymentGroupFields } from "../store/columns/group-columns.ts";

export type DeploymentGroupChange = Partial<DeploymentGroupFields>;

/** Every member of `DeploymentGroupFields`, so that nothing else of an input gets into the store; the compiler holds it complete. */
const FIELDS: Readonly<Record<keyof DeploymentGroupFields, true>> = {
  ec2TagFilters: true,
  onPremisesInstanceTagFilters: true,
  autoScalingGroups: true,
  serviceRoleArn: true,
  triggerConfigurations: true,
  alarmConfiguration: true,
  autoRollbackConfiguration: true,
  outdatedInstancesStrategy: true,
  deploymentStyle: true,
  blueGreenDeploymentConfiguration: true,
  loadBalancerInfo: true,
  ec2TagSet: true,
  ecsServices: true,
  onPremisesTagSet: true,
  terminationHookEnabled: true,
};

/** The group's fields among the members of an input; those that were left out are left out here too. */
export function groupFieldsOf(
  input: {
    readonly [Name in keyof DeploymentGroupFields]?: DeploymentGroupFields[Name] | undefined;
  },
): DeploymentGroupChange {
  const given = Object.entries(input).filter(([name, value]) => Object.hasOwn(FIELDS, name) && value !== undefined);
  return Object.fromEntries(given);
}

const IN_PLACE = { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" } as const;
const SHIFTING = { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" } as const;

/** What the service says of a new group where its caller says nothing. */
export const DEFAULT_GROUP_FIELDS: Readonly<Record<ComputePlatform, DeploymentGroupChange>> = {
  Server: { deploymentStyle: IN_PLACE, outdatedInstancesStrategy: "UPDATE", terminationHookEnabled: false },
  Lambda: { deploymentStyle: SHIFTING, terminationHookEnabled: false },
  ECS: { deploymentStyle: IN_PLACE, terminationHookEnabled: false },
};

/**
 * Left out stays, given replaces whole, an empty list clears. Filters and tag sets exclude each other, so a group that is given the
 * one loses the other.
 */
export function changeGroupFields(before: DeploymentGroupFields, change: DeploymentGroupChange): DeploymentGroupFields {
  const after: { -readonly [Name in keyof DeploymentGroupFields]: DeploymentGroupFields[Name] } = {
    ...before,
    ...change,
  };
  if (isFilled(change.ec2TagFilters) && change.ec2TagSet === undefined) delete after.ec2TagSet;
  if (isFilled(ec2Lists(change)) && change.ec2TagFilters === undefined) delete after.ec2TagFilters;
  if (isFilled(change.onPremisesInstanceTagFilters) && change.onPremisesTagSet === undefined) {
    delete after.onPremisesTagSet;
  }
  if (isFilled(onPremisesLists(change)) && change.onPremisesInstanceTagFilters === undefined) {
    delete after.onPremisesInstanceTagFilters;
  }
  return after;
}
