import type { HealthRule } from "@sluice/engine/state.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { DeploymentConfig } from "@sluice/model/deployment-config.ts";

/** What the engine keeps healthy during a deployment with this configuration; says so when it cannot run it yet. */
export function healthRuleOf(config: DeploymentConfig): HealthRule {
  if (config.zonalConfig) {
    throw new CallerFault(
      "NotImplementedException",
      `The deployment configuration ${config.deploymentConfigName} has a zonalConfig: deploying zone after zone is not implemented yet; see docs/reference/api.md. Choose a configuration without one.`,
    );
  }
  if (config.minimumHealthyHosts) return config.minimumHealthyHosts;
  throw new CallerFault(
    "InvalidDeploymentConfigNameException",
    `The deployment configuration ${config.deploymentConfigName} is for the compute platform ${config.computePlatform}: choose one for Server.`,
  );
}
