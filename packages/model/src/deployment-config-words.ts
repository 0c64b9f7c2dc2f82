import type { HostsInput, RoutingInput, ZonalInput } from "./deployment-config.ts";

/** A configuration in the API's shape. */
export interface DescribedConfig {
  readonly minimumHealthyHosts?: HostsInput | undefined;
  readonly trafficRoutingConfig?: RoutingInput | undefined;
  readonly zonalConfig?: ZonalInput | undefined;
}

/** What a deployment configuration does, in words. */
export function describeConfig(config: DescribedConfig): string {
  const { minimumHealthyHosts, trafficRoutingConfig, zonalConfig } = config;
  const lines: string[] = [];
  if (trafficRoutingConfig) lines.push(describeShift(trafficRoutingConfig));
  if (minimumHealthyHosts) lines.push(describeHealthy(minimumHealthyHosts, "of the hosts stay healthy"));
  if (zonalConfig) lines.push(describeZones(zonalConfig));
  return lines.join("\n");
}

/** The same in few words, for a table beside the longest names that there are. */
export function configInShort(config: DescribedConfig): string {
  const { minimumHealthyHosts: healthy, trafficRoutingConfig, zonalConfig } = config;
  const zones = zonalConfig ? ", by zone" : "";
  if (trafficRoutingConfig) return shiftInShort(trafficRoutingConfig);
  if (healthy === undefined) return "";
  if (healthy.type === "MOST_CONCURRENCY") return `${healthy.value} at a time${zones}`;
  if (healthy.value === 0) return `all at once${zones}`;
  return `${healthy.value}${healthy.type === "FLEET_PERCENT" ? " %" : ""} healthy${zones}`;
}

function shiftInShort(routing: RoutingInput): string {
  const { timeBasedCanary: canary, timeBasedLinear: linear } = routing;
  if (canary) return `${canary.canaryPercentage} % for ${canary.canaryInterval} min`;
  if (linear) return `${linear.linearPercentage} % every ${linear.linearInterval} min`;
  return "all at once";
}

function describeHealthy({ type, value }: HostsInput, what: string) {
  if (type === "MOST_CONCURRENCY") return `${value === 1 ? "1 host" : `${value} hosts`} at a time`;
  if (value === 0) return "all hosts at once";
  return `at least ${value}${type === "FLEET_PERCENT" ? " %" : ""} ${what}`;
}

function describeShift(routing: RoutingInput): string {
  const { type, timeBasedCanary: canary, timeBasedLinear: linear } = routing;
  if (canary) return `${canary.canaryPercentage} % of the traffic, the rest after ${canary.canaryInterval} min`;
  if (linear) return `${linear.linearPercentage} % more of the traffic every ${linear.linearInterval} min`;
  return type === "AllAtOnce" ? "all of the traffic at once" : (type ?? "");
}

function describeZones(zonal: ZonalInput): string {
  const { minimumHealthyHostsPerZone: healthy, monitorDurationInSeconds, firstZoneMonitorDurationInSeconds } = zonal;
  const waits = [
    firstZoneMonitorDurationInSeconds === undefined ? "" : `${firstZoneMonitorDurationInSeconds} s after the first`,
    monitorDurationInSeconds === undefined ? "" : `${monitorDurationInSeconds} s after each`,
  ].filter((wait) => wait !== "");
  const rule = healthy?.value === undefined ? "" : `, ${describeZoneHealthy(healthy)}`;
  return `zone by zone${rule}${waits.length === 0 ? "" : `, ${waits.join(", ")}`}`;
}

function describeZoneHealthy({
  type,
  value,
}: {
  readonly type?: string | undefined;
  readonly value?: number | undefined;
}) {
  return `at least ${value}${type === "FLEET_PERCENT" ? " %" : ""} of a zone's hosts stay healthy`;
}
