import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { CommandFailed } from "../command-failed.ts";

/** What Sluice deploys to. */
export type DeployablePlatform = "Server" | "ECS" | "Lambda";

/** What a group deploys to, as messages call it. */
export const DESTINATION_WORDS: Readonly<Record<DeployablePlatform, string>> = {
  Server: "hosts",
  ECS: "an ECS service",
  Lambda: "a Lambda function",
};

const PLATFORMS = Object.keys(DESTINATION_WORDS) as readonly DeployablePlatform[];

/** Undefined: a platform that this version does not know. */
export function deployablePlatform(info: DeploymentGroupInfo | undefined): DeployablePlatform | undefined {
  const { computePlatform = "Server" } = info ?? {};
  return PLATFORMS.find((platform) => platform === computePlatform);
}

/** Before anything is uploaded, or advised. */
export function requireDeployablePlatform(info: DeploymentGroupInfo | undefined): DeployablePlatform {
  const platform = deployablePlatform(info);
  if (platform) return platform;
  const { applicationName, deploymentGroupName, computePlatform } = info ?? {};
  throw new CommandFailed(
    `group ${deploymentGroupName} of ${applicationName} has the compute platform ${computePlatform}, which this version of Sluice does not know: use the version of the server`,
  );
}
