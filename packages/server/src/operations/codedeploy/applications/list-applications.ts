import type { ListApplicationsInput, ListApplicationsOutput } from "@aws-sdk/client-codedeploy";
import { PAGE_ITEMS } from "@sluice/model/limits.ts";
import { listApplicationNames } from "../../../store/applications.ts";
import { openPage } from "../../listed-page.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

export const listApplications: CodeDeployOperation<ListApplicationsInput, ListApplicationsOutput> = async (
  input,
  context,
) => {
  const page = openPage(
    { operation: "ListApplications", input, token: input.nextToken, size: PAGE_ITEMS, shape: ["string"] },
    context,
  );
  const [after] = page.after ?? [""];
  const names = await listApplicationNames(context.store.db, after, page.limit);
  const { items, nextToken } = page.cut(names, (name) => [name]);
  return { applications: [...items], nextToken };
};
