import type { ListGitHubAccountTokenNamesInput, ListGitHubAccountTokenNamesOutput } from "@aws-sdk/client-codedeploy";
import { PAGE_ITEMS } from "@sluice/model/limits.ts";
import { listGitHubTokens } from "../../../store/github-tokens.ts";
import { openPage } from "../../listed-page.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** By name. */
export const listGitHubAccountTokenNames: CodeDeployOperation<
  ListGitHubAccountTokenNamesInput,
  ListGitHubAccountTokenNamesOutput
> = async (input, context) => {
  const page = openPage(
    { operation: "ListGitHubAccountTokenNames", input, token: input.nextToken, size: PAGE_ITEMS, shape: ["string"] },
    context,
  );
  const [after] = page.after ?? [""];
  const rows = await listGitHubTokens(context.store.db);
  const names = rows.map((row) => row.token_name).filter((name) => name > after);
  const { items, nextToken } = page.cut(names, (name) => [name]);
  return { tokenNameList: [...items], nextToken };
};
