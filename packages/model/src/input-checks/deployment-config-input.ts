import { CallerFault } from "../caller-fault.ts";
import type {
  HostsInput,
  MinimumHealthyHosts,
  RoutingInput,
  TrafficRoutingConfig,
  ZonalConfig,
  ZonalInput,
} from "../deployment-config.ts";
import { excerpt } from "../excerpt.ts";
import type { FaultCode } from "../fault-codes.ts";
import {
  MAX_FLEET_PERCENT,
  MAX_TRAFFIC_PERCENT,
  MAX_TRAFFIC_SHIFT_MINUTES,
  MIN_TRAFFIC_INTERVAL_MINUTES,
  MIN_TRAFFIC_PERCENT,
} from "../limits.ts";

const FLEET_PERCENT_WHOLE = 100;

export function readMinimumHealthyHosts(input: HostsInput | undefined): MinimumHealthyHosts {
  if (!input) {
    throw new CallerFault(
      "InvalidMinimumHealthyHostValueException",
      "minimum healthy hosts argument is missing: give minimumHealthyHosts with a type and a value.",
    );
  }
  return readHosts(input, "minimumHealthyHosts", "InvalidMinimumHealthyHostValueException");
}

export function readTrafficRouting(input: RoutingInput | undefined): TrafficRoutingConfig {
  if (!input)
    throw invalidRouting(
      "trafficRoutingConfig is missing: give its type, one of AllAtOnce, TimeBasedCanary, TimeBasedLinear",
    );
  const { type, timeBasedCanary: canary, timeBasedLinear: linear } = input;
  if (canary && type !== "TimeBasedCanary")
    throw invalidRouting(`timeBasedCanary does not go with the type "${excerpt(type)}"`);
  if (linear && type !== "TimeBasedLinear")
    throw invalidRouting(`timeBasedLinear does not go with the type "${excerpt(type)}"`);
  switch (type) {
    case "AllAtOnce":
      return { type };
    case "TimeBasedCanary": {
      const canaryPercentage = trafficPercent("timeBasedCanary.canaryPercentage", canary?.canaryPercentage);
      const canaryInterval = trafficMinutes("timeBasedCanary.canaryInterval", canary?.canaryInterval, 1);
      return { type, timeBasedCanary: { canaryPercentage, canaryInterval } };
    }
    case "TimeBasedLinear": {
      const linearPercentage = trafficPercent("timeBasedLinear.linearPercentage", linear?.linearPercentage);
      // The first step shifts at once, so there is one wait fewer than there are steps.
      const waits = Math.ceil(FLEET_PERCENT_WHOLE / linearPercentage) - 1;
      const linearInterval = trafficMinutes("timeBasedLinear.linearInterval", linear?.linearInterval, waits);
      return { type, timeBasedLinear: { linearPercentage, linearInterval } };
    }
    default:
      throw invalidRouting(
        `trafficRoutingConfig.type is "${excerpt(type)}": use one of AllAtOnce, TimeBasedCanary, TimeBasedLinear`,
      );
  }
}

export function readZonalConfig(input: ZonalInput): ZonalConfig {
  const code = "InvalidZonalDeploymentConfigurationException";
  for (const field of ["firstZoneMonitorDurationInSeconds", "monitorDurationInSeconds"] as const) {
    const seconds = input[field];
    if (seconds !== undefined && seconds < 0) {
      throw new CallerFault(code, `zonalConfig.${field} is ${seconds}: give 0 or more seconds.`);
    }
  }
  const perZone = input.minimumHealthyHostsPerZone;
  return {
    ...input,
    minimumHealthyHostsPerZone: perZone && readHosts(perZone, "zonalConfig.minimumHealthyHostsPerZone", code),
  };
}

/** The SDK for Go leaves a zero out, so that 0 and nothing are the same to the service: a number that is not given is 0. */
function readHosts(
  { type, value = 0 }: HostsInput,
  field: string,
  code: FaultCode,
): { type: "HOST_COUNT" | "FLEET_PERCENT"; value: number } {
  if (type !== "HOST_COUNT" && type !== "FLEET_PERCENT") {
    throw new CallerFault(code, `${field}.type is ${quoted(type)}: use HOST_COUNT or FLEET_PERCENT.`);
  }
  if (value < 0 || (type === "FLEET_PERCENT" && value > MAX_FLEET_PERCENT)) {
    const rule = type === "FLEET_PERCENT" ? `a percentage from 0 to ${MAX_FLEET_PERCENT}` : "0 or more hosts";
    throw new CallerFault(code, `${field}.value is ${value}: for ${type} give ${rule}.`);
  }
  return { type, value };
}

function trafficPercent(field: string, percent: number | undefined): number {
  if (percent !== undefined && percent >= MIN_TRAFFIC_PERCENT && percent <= MAX_TRAFFIC_PERCENT) return percent;
  throw invalidRouting(
    `${field} is ${percent ?? "missing"}: give a percentage from ${MIN_TRAFFIC_PERCENT} to ${MAX_TRAFFIC_PERCENT}`,
  );
}

function trafficMinutes(field: string, minutes: number | undefined, waits: number): number {
  if (minutes === undefined || minutes < MIN_TRAFFIC_INTERVAL_MINUTES) {
    throw invalidRouting(`${field} is ${minutes ?? "missing"}: give at least ${MIN_TRAFFIC_INTERVAL_MINUTES} minute`);
  }
  if (minutes * waits <= MAX_TRAFFIC_SHIFT_MINUTES) return minutes;
  throw invalidRouting(
    `${field} is ${minutes}, so the last shift of traffic would come ${minutes * waits} minutes after the first: at most ${MAX_TRAFFIC_SHIFT_MINUTES} are allowed`,
  );
}

function quoted(text: string | undefined): string {
  return text === undefined ? "missing" : `"${excerpt(text)}"`;
}

function invalidRouting(message: string): CallerFault {
  return new CallerFault(
    "InvalidTrafficRoutingConfigurationException",
    `The traffic routing configuration is not valid: ${message}.`,
  );
}
