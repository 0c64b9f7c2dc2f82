import type { HealthRule } from "@sluice/engine/state.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { DeploymentConfig } from "@sluice/model/deployment-config.ts";

/** What the engine keeps healthy during a deployment with this configuration. */
export function healthRuleOf(config: DeploymentConfig): HealthRule {
  if (config.minimumHealthyHosts) return config.minimumHealthyHosts;
  throw new CallerFault(
    "InvalidDeploymentConfigNameException",
    `The deployment configuration ${config.deploymentConfigName} is for the compute platform ${config.computePlatform}: choose one for Server.`,
  );
}
