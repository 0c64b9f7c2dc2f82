import {
  type DeploymentConfig,
  type MinimumHealthyHosts,
  PREDEFINED_CONFIG_PREFIX,
  type TrafficRoutingConfig,
} from "./deployment-config.ts";

const PERCENT = 10;

/** The 17 configurations that every account has. Their order gives their ids: OneAtATime's ends in 1. */
export const PREDEFINED_DEPLOYMENT_CONFIGS: readonly DeploymentConfig[] = [
  server("OneAtATime", { type: "MOST_CONCURRENCY", value: 1 }),
  server("HalfAtATime", { type: "FLEET_PERCENT", value: 50 }),
  server("AllAtOnce", { type: "FLEET_PERCENT", value: 0 }),
  traffic("Lambda", "LambdaAllAtOnce", { type: "AllAtOnce" }),
  traffic("Lambda", "LambdaCanary10Percent5Minutes", canary(5)),
  traffic("Lambda", "LambdaCanary10Percent10Minutes", canary(10)),
  traffic("Lambda", "LambdaCanary10Percent15Minutes", canary(15)),
  traffic("Lambda", "LambdaCanary10Percent30Minutes", canary(30)),
  traffic("Lambda", "LambdaLinear10PercentEvery1Minute", linear(1)),
  traffic("Lambda", "LambdaLinear10PercentEvery2Minutes", linear(2)),
  traffic("Lambda", "LambdaLinear10PercentEvery3Minutes", linear(3)),
  traffic("Lambda", "LambdaLinear10PercentEvery10Minutes", linear(10)),
  traffic("ECS", "ECSAllAtOnce", { type: "AllAtOnce" }),
  traffic("ECS", "ECSCanary10Percent5Minutes", canary(5)),
  traffic("ECS", "ECSCanary10Percent15Minutes", canary(15)),
  // The plural of one minute is the service's.
  traffic("ECS", "ECSLinear10PercentEvery1Minutes", linear(1)),
  traffic("ECS", "ECSLinear10PercentEvery3Minutes", linear(3)),
].map((config, index) => ({ ...config, deploymentConfigId: predefinedId(index + 1) }));

const BY_NAME = new Map(PREDEFINED_DEPLOYMENT_CONFIGS.map((config) => [config.deploymentConfigName, config]));

export function predefinedDeploymentConfig(name: string): DeploymentConfig | undefined {
  return BY_NAME.get(name);
}

type Unnumbered = Omit<DeploymentConfig, "deploymentConfigId">;

function server(name: string, minimumHealthyHosts: MinimumHealthyHosts): Unnumbered {
  return { deploymentConfigName: PREDEFINED_CONFIG_PREFIX + name, computePlatform: "Server", minimumHealthyHosts };
}

function traffic(
  computePlatform: "Lambda" | "ECS",
  name: string,
  trafficRoutingConfig: TrafficRoutingConfig,
): Unnumbered {
  return { deploymentConfigName: PREDEFINED_CONFIG_PREFIX + name, computePlatform, trafficRoutingConfig };
}

function canary(canaryInterval: number): TrafficRoutingConfig {
  return { type: "TimeBasedCanary", timeBasedCanary: { canaryPercentage: PERCENT, canaryInterval } };
}

function linear(linearInterval: number): TrafficRoutingConfig {
  return { type: "TimeBasedLinear", timeBasedLinear: { linearPercentage: PERCENT, linearInterval } };
}

function predefinedId(number: number): string {
  return `00000000-0000-0000-0000-${String(number).padStart(12, "0")}`;
}
