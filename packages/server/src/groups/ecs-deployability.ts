import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
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

/** An AppSpec: its text, a file in S3, or an archive there with one AppSpec in it. */
export function checkEcsRevision(revision: RevisionLocation): void {
  if (revision.revisionType !== "GitHub") return;
  throw new CallerFault(
    "InvalidRevisionException",
    "The revision is of the revisionType GitHub, which is for Server: on ECS give an appSpecContent, or an s3Location.",
  );
}
