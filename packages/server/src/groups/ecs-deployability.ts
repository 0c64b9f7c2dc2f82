import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { DeploymentGroupFields } from "../store/columns/group-columns.ts";
import { ecsServiceOf, targetGroupPairOf } from "./ecs-service-of-group.ts";

/** A group of ECS was checked in full when it was made. What is missing all the same would be a deployment to nothing. */
export function checkEcsDeployable(groupName: string, fields: DeploymentGroupFields): void {
  if (!ecsServiceOf(fields)) {
    throw new CallerFault(
      "InvalidECSServiceException",
      `The deployment group ${groupName} names no ECS service: give it one in ecsServices.`,
    );
  }
  if (!targetGroupPairOf(fields)) {
    throw new CallerFault(
      "InvalidLoadBalancerInfoException",
      `The deployment group ${groupName} names no pair of target groups: give it one in loadBalancerInfo.targetGroupPairInfoList.`,
    );
  }
}
