import type { ListDeploymentGroupsInput, ListDeploymentGroupsOutput } from "@aws-sdk/client-codedeploy";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { PAGE_ITEMS } from "@sluice/model/limits.ts";
import { listDeploymentGroupNames } from "../../../store/deployment-groups.ts";
import { openPage } from "../../listed-page.ts";
import { requireApplication } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

export const listDeploymentGroups: CodeDeployOperation<ListDeploymentGroupsInput, ListDeploymentGroupsOutput> = async (
  input,
  context,
) => {
  const applicationName = requireApplicationName(input.applicationName);
  const { db } = context.store;
  const page = openPage(
    { operation: "ListDeploymentGroups", input, token: input.nextToken, size: PAGE_ITEMS, shape: ["string"] },
    context,
  );
  const [after] = page.after ?? [""];
  const { application_id: applicationId } = await requireApplication(db, applicationName);
  const names = await listDeploymentGroupNames(db, applicationId, after, page.limit);
  const { items, nextToken } = page.cut(names, (name) => [name]);
  return { applicationName, deploymentGroups: [...items], nextToken };
};
