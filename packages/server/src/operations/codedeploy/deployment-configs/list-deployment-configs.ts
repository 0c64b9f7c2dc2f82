import type { ListDeploymentConfigsInput, ListDeploymentConfigsOutput } from "@aws-sdk/client-codedeploy";
import { PREDEFINED_DEPLOYMENT_CONFIGS } from "@sluice/model/predefined-deployment-configs.ts";
import { listCustomConfigNames } from "../../../store/deployment-configs.ts";
import { PAGE_READ_ITEMS, readNextToken, toPage } from "../checks/next-token.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** The predefined ones first, on the first page. */
export const listDeploymentConfigs: CodeDeployOperation<
  ListDeploymentConfigsInput,
  ListDeploymentConfigsOutput
> = async (input, { store }) => {
  const [after] = readNextToken("ListDeploymentConfigs", input.nextToken, ["string"]) ?? [];
  const predefined =
    after === undefined ? PREDEFINED_DEPLOYMENT_CONFIGS.map((config) => config.deploymentConfigName) : [];
  const custom = await listCustomConfigNames(store.db, after ?? "", PAGE_READ_ITEMS - predefined.length);
  const { items, nextToken } = toPage("ListDeploymentConfigs", [...predefined, ...custom], (name) => [name]);
  return { deploymentConfigsList: [...items], nextToken };
};
