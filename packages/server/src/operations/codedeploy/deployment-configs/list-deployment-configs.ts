import type { ListDeploymentConfigsInput, ListDeploymentConfigsOutput } from "@aws-sdk/client-codedeploy";
import { PAGE_ITEMS } from "@sluice/model/limits.ts";
import { PREDEFINED_DEPLOYMENT_CONFIGS } from "@sluice/model/predefined-deployment-configs.ts";
import { listCustomConfigNames } from "../../../store/deployment-configs.ts";
import { openPage } from "../../listed-page.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** The predefined ones first, on the first page. */
export const listDeploymentConfigs: CodeDeployOperation<
  ListDeploymentConfigsInput,
  ListDeploymentConfigsOutput
> = async (input, context) => {
  const page = openPage(
    { operation: "ListDeploymentConfigs", input, token: input.nextToken, size: PAGE_ITEMS, shape: ["string"] },
    context,
  );
  const [after] = page.after ?? [];
  const predefined =
    after === undefined ? PREDEFINED_DEPLOYMENT_CONFIGS.map((config) => config.deploymentConfigName) : [];
  const custom = await listCustomConfigNames(context.store.db, after ?? "", page.limit - predefined.length);
  const { items, nextToken } = page.cut([...predefined, ...custom], (name) => [name]);
  return { deploymentConfigsList: [...items], nextToken };
};
