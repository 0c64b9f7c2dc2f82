import type { ListGitHubAccountTokenNamesInput, ListGitHubAccountTokenNamesOutput } from "@aws-sdk/client-codedeploy";
import { readNextToken } from "./checks/next-token.ts";
import type { CodeDeployOperation } from "./codedeploy-context.ts";

/** No token is kept here, so there is none to list: a private repository's token is set in the server's configuration. */
export const listGitHubAccountTokenNames: CodeDeployOperation<
  ListGitHubAccountTokenNamesInput,
  ListGitHubAccountTokenNamesOutput
> = async (input) => {
  readNextToken("ListGitHubAccountTokenNames", input.nextToken, ["string"]);
  return { tokenNameList: [] };
};
