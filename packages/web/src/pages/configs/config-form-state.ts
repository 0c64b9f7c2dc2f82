import type { CreateDeploymentConfigInput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { type ComputePlatform, PREDEFINED_CONFIG_PREFIX } from "@sluice/model/deployment-config.ts";
import {
  readMinimumHealthyHosts,
  readTrafficRouting,
  readZonalConfig,
} from "@sluice/model/input-checks/deployment-config-input.ts";
import { requireDeploymentConfigName } from "@sluice/model/input-checks/required-names.ts";
import { type Problems, problemsOf } from "../../forms/problem-of.ts";

/** What is typed for a new configuration. Numbers are as they were typed. */
export interface ConfigForm {
  readonly name: string;
  readonly platform: ComputePlatform;
  /** `HOST_COUNT` or `FLEET_PERCENT`. */
  readonly healthyType: string;
  readonly healthyValue: string;
  readonly isZonal: boolean;
  readonly zoneHealthyType: string;
  /** Empty: no minimum in a zone. */
  readonly zoneHealthyValue: string;
  readonly firstZoneSeconds: string;
  readonly zoneSeconds: string;
  /** `AllAtOnce`, `TimeBasedCanary` or `TimeBasedLinear`. */
  readonly routing: string;
  readonly percent: string;
  readonly minutes: string;
}

export const NEW_CONFIG: ConfigForm = {
  name: "",
  platform: "Server",
  healthyType: "FLEET_PERCENT",
  healthyValue: "75",
  isZonal: false,
  zoneHealthyType: "FLEET_PERCENT",
  zoneHealthyValue: "",
  firstZoneSeconds: "",
  zoneSeconds: "",
  routing: "TimeBasedCanary",
  percent: "10",
  minutes: "5",
};

export type ConfigField = "name" | "healthy" | "zonal" | "routing";

export function createConfigInput(form: ConfigForm): CreateDeploymentConfigInput {
  const name = { deploymentConfigName: form.name };
  if (form.platform === "Server") {
    return {
      ...name,
      minimumHealthyHosts: { type: form.healthyType, value: typed(form.healthyValue) },
      ...(form.isZonal && { zonalConfig: zonalOf(form) }),
    } as CreateDeploymentConfigInput;
  }
  return {
    ...name,
    computePlatform: form.platform,
    trafficRoutingConfig: routingOf(form),
  } as CreateDeploymentConfigInput;
}

/** What the API would refuse, in its words. */
export function configProblems(form: ConfigForm): Problems<ConfigField> {
  const name = () => checkOwnName(requireDeploymentConfigName(form.name));
  const { minimumHealthyHosts, zonalConfig, trafficRoutingConfig } = createConfigInput(form);
  if (form.platform !== "Server") return problemsOf({ name, routing: () => readTrafficRouting(trafficRoutingConfig) });
  return problemsOf({
    name,
    healthy: () => readMinimumHealthyHosts(minimumHealthyHosts),
    zonal: () => zonalConfig && readZonalConfig(zonalConfig),
  });
}

function checkOwnName(name: string): void {
  if (!name.startsWith(PREDEFINED_CONFIG_PREFIX)) return;
  throw new CallerFault(
    "InvalidDeploymentConfigNameException",
    `deploymentConfigName "${name}" begins with ${PREDEFINED_CONFIG_PREFIX}, which is kept for predefined ones: choose another name.`,
  );
}

function zonalOf(form: ConfigForm) {
  return {
    ...(form.firstZoneSeconds !== "" && { firstZoneMonitorDurationInSeconds: typed(form.firstZoneSeconds) }),
    ...(form.zoneSeconds !== "" && { monitorDurationInSeconds: typed(form.zoneSeconds) }),
    ...(form.zoneHealthyValue !== "" && {
      minimumHealthyHostsPerZone: { type: form.zoneHealthyType, value: typed(form.zoneHealthyValue) },
    }),
  };
}

function routingOf({ routing, percent, minutes }: ConfigForm) {
  switch (routing) {
    case "TimeBasedCanary":
      return { type: routing, timeBasedCanary: { canaryPercentage: typed(percent), canaryInterval: typed(minutes) } };
    case "TimeBasedLinear":
      return { type: routing, timeBasedLinear: { linearPercentage: typed(percent), linearInterval: typed(minutes) } };
    default:
      return { type: routing };
  }
}

/** Undefined where nothing is typed, so that the API says that it is missing. */
function typed(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}

const FIELD_OF_FAULT: Readonly<Record<string, ConfigField>> = {
  DeploymentConfigNameRequiredException: "name",
  InvalidDeploymentConfigNameException: "name",
  DeploymentConfigAlreadyExistsException: "name",
  DeploymentConfigLimitExceededException: "name",
  InvalidMinimumHealthyHostValueException: "healthy",
  InvalidZonalDeploymentConfigurationException: "zonal",
  InvalidTrafficRoutingConfigurationException: "routing",
};

export function fieldOfConfigFault(code: string): ConfigField | undefined {
  return FIELD_OF_FAULT[code];
}
