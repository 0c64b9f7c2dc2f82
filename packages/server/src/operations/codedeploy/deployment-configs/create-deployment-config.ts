import type { CreateDeploymentConfigInput, CreateDeploymentConfigOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import {
  COMPUTE_PLATFORMS,
  type ComputePlatform,
  type DeploymentConfig,
  PREDEFINED_CONFIG_PREFIX,
} from "@sluice/model/deployment-config.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import {
  readMinimumHealthyHosts,
  readTrafficRouting,
  readZonalConfig,
} from "@sluice/model/input-checks/deployment-config-input.ts";
import { requireDeploymentConfigName } from "@sluice/model/input-checks/required-names.ts";
import { raisedBy } from "@sluice/model/service-limits.ts";
import { countCustomConfigs, findDeploymentConfig, insertDeploymentConfig } from "../../../store/deployment-configs.ts";
import { lockCounts } from "../../../store/lock-counts.ts";
import { isUniqueViolation } from "../../../store/unique-violation.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** Configurations never change once made. */
export const createDeploymentConfig: CodeDeployOperation<
  CreateDeploymentConfigInput,
  CreateDeploymentConfigOutput
> = async (input, context) => {
  const deploymentConfigName = requireDeploymentConfigName(input.deploymentConfigName);
  if (deploymentConfigName.startsWith(PREDEFINED_CONFIG_PREFIX)) {
    throw new CallerFault(
      "InvalidDeploymentConfigNameException",
      `deploymentConfigName "${deploymentConfigName}" begins with ${PREDEFINED_CONFIG_PREFIX}, which is kept for predefined ones: choose another name.`,
    );
  }
  const config: DeploymentConfig = {
    deploymentConfigId: context.randomUuid(),
    deploymentConfigName,
    ...readFields(input),
  };
  const createdAt = context.now();
  try {
    await context.store.write(async (transaction) => {
      const { db } = transaction;
      await lockCounts(transaction);
      if (await findDeploymentConfig(db, deploymentConfigName)) throw alreadyExists(deploymentConfigName);
      const { deploymentConfigs } = context.limits;
      if ((await countCustomConfigs(db)) >= deploymentConfigs) {
        throw new CallerFault(
          "DeploymentConfigLimitExceededException",
          `There are ${deploymentConfigs} deployment configurations already, which is the most allowed. Delete one that is not used: \`sluice configs delete NAME\`, or ${raisedBy("deploymentConfigs")}.`,
        );
      }
      await insertDeploymentConfig(db, config, createdAt);
    });
  } catch (error) {
    throw isUniqueViolation(error) ? alreadyExists(deploymentConfigName) : error;
  }
  return { deploymentConfigId: config.deploymentConfigId };
};

type Fields = Omit<DeploymentConfig, "deploymentConfigId" | "deploymentConfigName">;

/** What a configuration of each platform consists of. */
const READ_FIELDS: Readonly<Record<ComputePlatform, (input: CreateDeploymentConfigInput) => Fields>> = {
  Server: readServerFields,
  Lambda: (input) => readShiftFields("Lambda", input),
  ECS: (input) => readShiftFields("ECS", input),
};

function readFields(input: CreateDeploymentConfigInput): Fields {
  const { computePlatform = "Server" } = input;
  const platform = COMPUTE_PLATFORMS.find((one) => one === computePlatform);
  if (platform) return READ_FIELDS[platform](input);
  throw new CallerFault(
    "InvalidComputePlatformException",
    `computePlatform is "${excerpt(computePlatform)}": use one of ${COMPUTE_PLATFORMS.join(", ")}.`,
  );
}

function readServerFields({
  minimumHealthyHosts,
  trafficRoutingConfig,
  zonalConfig,
}: CreateDeploymentConfigInput): Fields {
  if (trafficRoutingConfig) {
    throw new CallerFault(
      "InvalidTrafficRoutingConfigurationException",
      "trafficRoutingConfig is for the compute platforms Lambda and ECS: leave it out for Server.",
    );
  }
  return {
    computePlatform: "Server",
    minimumHealthyHosts: readMinimumHealthyHosts(minimumHealthyHosts),
    ...(zonalConfig ? { zonalConfig: readZonalConfig(zonalConfig) } : {}),
  };
}

function readShiftFields(
  computePlatform: "Lambda" | "ECS",
  { minimumHealthyHosts, trafficRoutingConfig, zonalConfig }: CreateDeploymentConfigInput,
): Fields {
  if (minimumHealthyHosts) {
    throw new CallerFault(
      "InvalidMinimumHealthyHostValueException",
      `minimumHealthyHosts is for the compute platform Server: leave it out for ${computePlatform}.`,
    );
  }
  if (zonalConfig) {
    throw new CallerFault(
      "InvalidZonalDeploymentConfigurationException",
      `zonalConfig is for the compute platform Server: leave it out for ${computePlatform}.`,
    );
  }
  return { computePlatform, trafficRoutingConfig: readTrafficRouting(trafficRoutingConfig) };
}

function alreadyExists(name: string): CallerFault {
  return new CallerFault(
    "DeploymentConfigAlreadyExistsException",
    `The deployment configuration ${name} already exists: choose another name, since configurations cannot be changed. \`sluice configs list\` shows those that exist.`,
  );
}
