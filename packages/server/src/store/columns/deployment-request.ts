import type { DeploymentInfo } from "@aws-sdk/client-codedeploy";
import { type Form, objectOf } from "@sluice/model/stored-json/form.ts";

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
      // RESTART, or absent, as at AWS.
      | "deploymentMode"
    > {}

/** All members of a request, of which the compiler refuses those that GetDeployment does not have. */
export type ShownMembers<Request> = {
  readonly [Name in keyof Request]-?: Name extends keyof DeploymentInfo ? true : never;
};

/** What is not listed is not read. */
const SHOWN: ShownMembers<DeploymentRequest> = {
  deploymentConfigName: true,
  description: true,
  fileExistsBehavior: true,
  ignoreApplicationStopFailures: true,
  updateOutdatedInstancesOnly: true,
  autoRollbackConfiguration: true,
  overrideAlarmConfiguration: true,
  deploymentStyle: true,
  blueGreenDeploymentConfiguration: true,
  loadBalancerInfo: true,
  targetInstances: true,
  deploymentMode: true,
};

const STORED = objectOf<DeploymentRequest>(
  {
    deploymentConfigName: "text",
    fileExistsBehavior: "text",
    ignoreApplicationStopFailures: "flag",
    updateOutdatedInstancesOnly: "flag",
  },
  { fileExistsBehavior: "DISALLOW", ignoreApplicationStopFailures: false, updateOutdatedInstancesOnly: false },
);

export const REQUEST_FORM: Form<DeploymentRequest> = {
  problemOf: STORED.problemOf,
  complete(stored) {
    const members = Object.entries(STORED.complete(stored)).filter(([name]) => Object.hasOwn(SHOWN, name));
    return Object.fromEntries(members) as typeof stored;
  },
};

/** `deployments.intent_json`: what is meant by a deployment beyond what its request says, for us alone. */
export interface DeploymentIntent {
  /** What StopDeployment asked for: roll back, or not. Absent: the group decides. */
  readonly rollBackAfterStop?: boolean | undefined;
  /** The deployment is for these hosts alone, by their ids: they arrived late. Absent: for all that the group selects. */
  readonly onlyHosts?: readonly string[] | undefined;
  /** Of a restart: the deployment that gave the group what is restarted, and when that was created (epoch milliseconds). */
  readonly restartOf?: { readonly deploymentId: string; readonly deployedAt: number } | undefined;
}
