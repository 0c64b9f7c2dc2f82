import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { CommandFailed } from "../command-failed.ts";

/** Before anything is uploaded, or advised: the server would refuse the deployment whatever it is. */
export function requireServerPlatform(info: DeploymentGroupInfo | undefined): void {
  const { applicationName, deploymentGroupName, computePlatform = "Server" } = info ?? {};
  if (computePlatform === "Server") return;
  throw new CommandFailed(
    `group ${deploymentGroupName} of ${applicationName} has the compute platform ${computePlatform}, which this server does not support yet: see docs/reference/api.md`,
  );
}
