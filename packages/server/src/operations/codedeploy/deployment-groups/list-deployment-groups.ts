import type { ListDeploymentGroupsInput, ListDeploymentGroupsOutput } from "@aws-sdk/client-codedeploy";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { listDeploymentGroupNames } from "../../../store/deployment-groups.ts";
import { requireApplication } from "../checks/known-resources.ts";
import { PAGE_READ_ITEMS, readNextToken, toPage } from "../checks/next-token.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

export const listDeploymentGroups: CodeDeployOperation<ListDeploymentGroupsInput, ListDeploymentGroupsOutput> = async (
  input,
  { store: { db } },
) => {
  const applicationName = requireApplicationName(input.applicationName);
  const [after] = readNextToken("ListDeploymentGroups", input.nextToken, ["string"]) ?? [""];
  const { application_id: applicationId } = await requireApplication(db, applicationName);
  const names = await listDeploymentGroupNames(db, applicationId, after, PAGE_READ_ITEMS);
  const { items, nextToken } = toPage("ListDeploymentGroups", names, (name) => [name]);
  return { applicationName, deploymentGroups: [...items], nextToken };
};
