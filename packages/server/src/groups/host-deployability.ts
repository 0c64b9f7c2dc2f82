import { CallerFault } from "@sluice/model/caller-fault.ts";
import { isFilled } from "@sluice/model/deployment-group-fields.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { FaultCode } from "@sluice/model/fault-codes.ts";
import { checkServerLoadBalancer } from "@sluice/model/input-checks/load-balancer-checks.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { DeploymentGroupFields } from "../store/columns/group-columns.ts";

/**
 * Groups can be described in full, and deployed to where the engine can: refused here is what it would otherwise do in another way
 * than the group says.
 */
export function checkHostsDeployable(groupName: string, fields: DeploymentGroupFields): void {
  const { deploymentType, deploymentOption } = fields.deploymentStyle ?? {};
  const provisioning = fields.blueGreenDeploymentConfiguration?.greenFleetProvisioningOption?.action;
  if (deploymentType === "BLUE_GREEN" && provisioning === "COPY_AUTO_SCALING_GROUP") {
    throw notYet(
      "InvalidBlueGreenDeploymentConfigurationException",
      `The deployment group ${groupName} makes its replacement fleet by COPY_AUTO_SCALING_GROUP: this`,
    );
  }
  if (deploymentType === "BLUE_GREEN" && deploymentOption !== "WITH_TRAFFIC_CONTROL") {
    throw new CallerFault(
      "InvalidDeploymentStyleException",
      `The deployment group ${groupName} is BLUE_GREEN and WITHOUT_TRAFFIC_CONTROL: traffic can only move from one fleet to the other through a load balancer. Give the group a loadBalancerInfo and WITH_TRAFFIC_CONTROL.`,
    );
  }
  checkServerLoadBalancer(fields);
  if (isFilled(fields.autoScalingGroups)) {
    throw notYet(
      "InvalidAutoScalingGroupException",
      `The deployment group ${groupName} has the Auto Scaling group ${excerpt(fields.autoScalingGroups?.join(", "))}: deploying to its instances`,
    );
  }
}

/** Bundles only: a host unpacks an archive. */
export function checkHostRevision(revision: RevisionLocation): void {
  const { revisionType } = revision;
  if (revisionType !== "S3" && revisionType !== "GitHub") {
    throw new CallerFault(
      "InvalidRevisionException",
      `The revision is of the revisionType ${revisionType}, which is for Lambda and ECS: on Server give an s3Location or a gitHubLocation.`,
    );
  }
  if (revisionType !== "S3") return;
  const { bundleType } = revision.s3Location;
  if (bundleType === "YAML" || bundleType === "JSON") {
    throw new CallerFault(
      "InvalidRevisionException",
      `The revision's bundleType is ${bundleType}, which is for Lambda and ECS: on Server give a tar, tgz or zip.`,
    );
  }
}

function notYet(code: FaultCode, what: string): CallerFault {
  return new CallerFault(code, `${what} is not implemented yet; see docs/reference/api.md.`);
}
