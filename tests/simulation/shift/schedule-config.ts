import type { ShiftSchedule } from "@sluice/engine/traffic-shift.ts";
import { DEFAULT_CONFIG_NAMES, type DeploymentConfig } from "@sluice/model/deployment-config.ts";

const MINUTE = 60_000;
const NEAR = [0, 1, -1, 2, -2];

/** Those of the API have whole minutes; what counts here is of seconds. */
export function configOf(computePlatform: "ECS" | "Lambda", schedule: ShiftSchedule): DeploymentConfig {
  const named = (name: string, trafficRoutingConfig: DeploymentConfig["trafficRoutingConfig"]): DeploymentConfig => ({
    deploymentConfigId: name,
    deploymentConfigName: name,
    computePlatform,
    trafficRoutingConfig,
  });
  switch (schedule.type) {
    case "all-at-once":
      return named(DEFAULT_CONFIG_NAMES[computePlatform], { type: "AllAtOnce" });
    case "canary": {
      const { percent, intervalMilliseconds } = schedule;
      const timeBasedCanary = { canaryPercentage: percent, canaryInterval: minutes(intervalMilliseconds) };
      return named(`canary-${percent}-${intervalMilliseconds}`, { type: "TimeBasedCanary", timeBasedCanary });
    }
    case "linear": {
      const { percent, intervalMilliseconds } = schedule;
      const timeBasedLinear = { linearPercentage: percent, linearInterval: minutes(intervalMilliseconds) };
      return named(`linear-${percent}-${intervalMilliseconds}`, { type: "TimeBasedLinear", timeBasedLinear });
    }
  }
}

/** Minutes that are these milliseconds again, to the last of them. */
export function minutes(milliseconds: number): number {
  for (const near of NEAR) {
    const candidate = (milliseconds / MINUTE) * (1 + near * Number.EPSILON);
    if (candidate * MINUTE === milliseconds) return candidate;
  }
  throw new Error(`${milliseconds} ms are no minutes`);
}
