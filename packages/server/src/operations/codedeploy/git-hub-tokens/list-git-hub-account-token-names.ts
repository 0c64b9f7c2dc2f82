import type { ListGitHubAccountTokenNamesInput, ListGitHubAccountTokenNamesOutput } from "@aws-sdk/client-codedeploy";
import { listGitHubTokens } from "../../../store/github-tokens.ts";
import { readNextToken, toPage } from "../checks/next-token.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** By name. An account has fewer than a page holds. */
export const listGitHubAccountTokenNames: CodeDeployOperation<
  ListGitHubAccountTokenNamesInput,
  ListGitHubAccountTokenNamesOutput
> = async (input, { store }) => {
  const [after] = readNextToken("ListGitHubAccountTokenNames", input.nextToken, ["string"]) ?? [""];
  const names = (await listGitHubTokens(store.db)).map((row) => row.token_name).filter((name) => name > after);
  const { items, nextToken } = toPage("ListGitHubAccountTokenNames", names, (name) => [name]);
  return { tokenNameList: [...items], nextToken };
};
