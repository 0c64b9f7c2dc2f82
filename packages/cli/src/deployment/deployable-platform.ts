import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { CommandFailed } from "../command-failed.ts";

/** What this server deploys to. */
export type DeployablePlatform = "Server" | "ECS";

/** Before anything is uploaded, or advised: the server would refuse the deployment whatever it is. */
export function requireDeployablePlatform(info: DeploymentGroupInfo | undefined): DeployablePlatform {
  const { applicationName, deploymentGroupName, computePlatform = "Server" } = info ?? {};
  if (computePlatform === "Server" || computePlatform === "ECS") return computePlatform;
  throw new CommandFailed(
    `group ${deploymentGroupName} of ${applicationName} has the compute platform ${computePlatform}, which this server does not support yet: see docs/reference/api.md`,
  );
}
