import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { FaultCode } from "@sluice/model/fault-codes.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { ApplicationRow } from "../../store/applications.ts";
import { type DeploymentGroupFields, isFilled } from "./deployment-group-fields.ts";

/**
 * Groups can be described in full, and deployed to where the engine can: refused here is what it would otherwise do in another way
 * than the group says.
 */
export function checkDeployable(application: ApplicationRow, groupName: string, fields: DeploymentGroupFields): void {
  if (application.compute_platform !== "Server") {
    throw notYet(
      "NotImplementedException",
      `The application ${application.application_name} is of the compute platform ${application.compute_platform}: deploying to it`,
    );
  }
  const { deploymentType, deploymentOption } = fields.deploymentStyle ?? {};
  if (deploymentType === "BLUE_GREEN") {
    throw notYet("NotImplementedException", `The deployment group ${groupName} is BLUE_GREEN: such a deployment`);
  }
  if (deploymentOption === "WITH_TRAFFIC_CONTROL") {
    throw notYet(
      "InvalidLoadBalancerInfoException",
      `The deployment group ${groupName} is WITH_TRAFFIC_CONTROL: taking hosts out of their load balancer`,
    );
  }
  if (isFilled(fields.autoScalingGroups)) {
    throw notYet(
      "InvalidAutoScalingGroupException",
      `The deployment group ${groupName} has the Auto Scaling group ${fields.autoScalingGroups?.join(", ")}: deploying to its instances`,
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

/** What the group asks for and this server does not do yet, for the deployment's status messages. */
export function unheededMessages(fields: DeploymentGroupFields): string[] {
  const messages: string[] = [];
  const alarms = fields.alarmConfiguration;
  if (alarms?.enabled && isFilled(alarms.alarms)) {
    const names = alarms.alarms?.map((alarm) => alarm.name).join(", ");
    messages.push(`The group's alarms (${names}) are not watched: alarms are not implemented yet.`);
  }
  if (isFilled(fields.triggerConfigurations)) {
    const names = fields.triggerConfigurations?.map((trigger) => trigger.triggerName).join(", ");
    messages.push(`The group's triggers (${names}) notify nobody: triggers are not implemented yet.`);
  }
  return messages;
}

function notYet(code: FaultCode, what: string): CallerFault {
  return new CallerFault(code, `${what} is not implemented yet; see docs/reference/api.md.`);
}
