import { type ShiftSchedule, shiftScheduleOf } from "@sluice/engine/traffic-shift.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { DEFAULT_CONFIG_NAMES, type DeploymentConfig } from "@sluice/model/deployment-config.ts";

/** How fast traffic moves, by a configuration that has to be one of the platform's. */
export function scheduleFor(platform: "ECS" | "Lambda", config: DeploymentConfig): ShiftSchedule {
  const { trafficRoutingConfig, computePlatform, deploymentConfigName } = config;
  if (computePlatform === platform && trafficRoutingConfig) return shiftScheduleOf(trafficRoutingConfig);
  throw new CallerFault(
    "InvalidDeploymentConfigNameException",
    `The deployment configuration ${deploymentConfigName} is for the compute platform ${computePlatform}: choose one for ${platform}, such as ${DEFAULT_CONFIG_NAMES[platform]}.`,
  );
}
