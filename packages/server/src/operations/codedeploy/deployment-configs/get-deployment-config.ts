import type {
  DeploymentConfigInfo,
  GetDeploymentConfigInput,
  GetDeploymentConfigOutput,
} from "@aws-sdk/client-codedeploy";
import { requireDeploymentConfigName } from "@sluice/model/input-checks/required-names.ts";
import type { StoredDeploymentConfig } from "../../../store/deployment-configs.ts";
import { requireDeploymentConfig } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** A predefined configuration was never created, so it has no creation time. */
export const getDeploymentConfig: CodeDeployOperation<GetDeploymentConfigInput, GetDeploymentConfigOutput> = async (
  input,
  { store },
) => {
  const name = requireDeploymentConfigName(input.deploymentConfigName);
  return { deploymentConfigInfo: deploymentConfigInfo(await requireDeploymentConfig(store.db, name)) };
};

/** As GetDeploymentConfig shows it. */
export function deploymentConfigInfo({ createdAt, ...config }: StoredDeploymentConfig): DeploymentConfigInfo {
  return {
    ...config,
    // MOST_CONCURRENCY, which OneAtATime reports, is outside the enumeration that the SDK knows.
    minimumHealthyHosts: config.minimumHealthyHosts as DeploymentConfigInfo["minimumHealthyHosts"],
    zonalConfig: config.zonalConfig as DeploymentConfigInfo["zonalConfig"],
    createTime: createdAt === null ? undefined : new Date(createdAt),
  };
}
