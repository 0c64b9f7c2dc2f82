import type { ListApplicationsInput, ListApplicationsOutput } from "@aws-sdk/client-codedeploy";
import { listApplicationNames } from "../../../store/applications.ts";
import { PAGE_READ_ITEMS, readNextToken, toPage } from "../checks/next-token.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

export const listApplications: CodeDeployOperation<ListApplicationsInput, ListApplicationsOutput> = async (
  input,
  { store },
) => {
  const [after] = readNextToken("ListApplications", input.nextToken, ["string"]) ?? [""];
  const names = await listApplicationNames(store.db, after, PAGE_READ_ITEMS);
  const { items, nextToken } = toPage("ListApplications", names, (name) => [name]);
  return { applications: [...items], nextToken };
};
