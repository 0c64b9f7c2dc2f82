import type { DeploymentInfo } from "@aws-sdk/client-codedeploy";
import { objectOf } from "./form.ts";

type Always<Name extends keyof DeploymentInfo> = { readonly [Member in Name]: NonNullable<DeploymentInfo[Member]> };
type Maybe<Name extends keyof DeploymentInfo> = { readonly [Member in Name]?: DeploymentInfo[Member] };

/**
 * `deployments.request_json`: what CreateDeployment was asked, with what the group said at that moment for whatever it left out.
 * GetDeployment shows all of it, for ever, however the group changes. What is not for callers is the deployment's intent.
 */
export interface DeploymentRequest
  extends Always<
      "deploymentConfigName" | "fileExistsBehavior" | "ignoreApplicationStopFailures" | "updateOutdatedInstancesOnly"
    >,
    Maybe<
      | "description"
      | "autoRollbackConfiguration"
      | "overrideAlarmConfiguration"
      | "deploymentStyle"
      | "blueGreenDeploymentConfiguration"
      | "loadBalancerInfo"
      // The replacement hosts of a blue/green deployment.
      | "targetInstances"
    > {}

export const REQUEST_FORM = objectOf<DeploymentRequest & DeploymentIntent>(
  {
    deploymentConfigName: "text",
    fileExistsBehavior: "text",
    ignoreApplicationStopFailures: "flag",
    updateOutdatedInstancesOnly: "flag",
  },
  { fileExistsBehavior: "DISALLOW", ignoreApplicationStopFailures: false, updateOutdatedInstancesOnly: false },
);

/** `deployments.intent_json`: what is meant by a deployment beyond what its request says, for us alone. */
export interface DeploymentIntent {
  /** What StopDeployment asked for: roll back, or not. Absent: the group decides. */
  readonly rollBackAfterStop?: boolean | undefined;
  /** The deployment is for these hosts alone, by their ids: they arrived late. Absent: for all that the group selects. */
  readonly onlyHosts?: readonly string[] | undefined;
}
