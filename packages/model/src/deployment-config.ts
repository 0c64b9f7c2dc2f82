/** A deployment configuration as the API shows it, less its creation time. */
export interface DeploymentConfig {
  readonly deploymentConfigId: string;
  readonly deploymentConfigName: string;
  readonly computePlatform: ComputePlatform;
  /** Server only. */
  readonly minimumHealthyHosts?: MinimumHealthyHosts | undefined;
  /** Lambda and ECS only. */
  readonly trafficRoutingConfig?: TrafficRoutingConfig | undefined;
  /** Server only. */
  readonly zonalConfig?: ZonalConfig | undefined;
}

export const COMPUTE_PLATFORMS = ["Server", "Lambda", "ECS"] as const;
export type ComputePlatform = (typeof COMPUTE_PLATFORMS)[number];

/** MOST_CONCURRENCY is outside the documented enumeration; only OneAtATime has it, and the service reports it so. */
export interface MinimumHealthyHosts {
  readonly type: "HOST_COUNT" | "FLEET_PERCENT" | "MOST_CONCURRENCY";
  readonly value: number;
}

export type TrafficRoutingConfig =
  | { readonly type: "AllAtOnce" }
  | {
      readonly type: "TimeBasedCanary";
      readonly timeBasedCanary: { readonly canaryPercentage: number; readonly canaryInterval: number };
    }
  | {
      readonly type: "TimeBasedLinear";
      readonly timeBasedLinear: { readonly linearPercentage: number; readonly linearInterval: number };
    };

export interface ZonalConfig {
  readonly firstZoneMonitorDurationInSeconds?: number | undefined;
  readonly monitorDurationInSeconds?: number | undefined;
  readonly minimumHealthyHostsPerZone?: { readonly type: string; readonly value: number } | undefined;
}

/** The API's shapes, before it is known that they are whole. */
export interface HostsInput {
  readonly type?: string | undefined;
  readonly value?: number | undefined;
}
export interface RoutingInput {
  readonly type?: string | undefined;
  readonly timeBasedCanary?:
    | { readonly canaryPercentage?: number | undefined; readonly canaryInterval?: number | undefined }
    | undefined;
  readonly timeBasedLinear?:
    | { readonly linearPercentage?: number | undefined; readonly linearInterval?: number | undefined }
    | undefined;
}
export interface ZonalInput {
  readonly firstZoneMonitorDurationInSeconds?: number | undefined;
  readonly monitorDurationInSeconds?: number | undefined;
  readonly minimumHealthyHostsPerZone?: HostsInput | undefined;
}

/** Names that begin with it belong to the predefined configurations. */
export const PREDEFINED_CONFIG_PREFIX = "CodeDeployDefault.";

/** What a group that names no configuration gets. */
export const DEFAULT_CONFIG_NAMES: Readonly<Record<ComputePlatform, string>> = {
  Server: "CodeDeployDefault.OneAtATime",
  Lambda: "CodeDeployDefault.LambdaAllAtOnce",
  ECS: "CodeDeployDefault.ECSAllAtOnce",
};
