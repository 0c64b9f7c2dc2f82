import type { DeleteGitHubAccountTokenInput, DeleteGitHubAccountTokenOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { requireGitHubTokenName } from "@sluice/model/input-checks/required-names.ts";
import { deleteGitHubToken } from "../../../store/github-tokens.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** The server forgets the token: GitHub does not. */
export const deleteGitHubAccountToken: CodeDeployOperation<
  DeleteGitHubAccountTokenInput,
  DeleteGitHubAccountTokenOutput
> = async (input, { store }) => {
  const tokenName = requireGitHubTokenName(input.tokenName);
  const wasThere = await store.write((transaction) => deleteGitHubToken(transaction, tokenName));
  if (wasThere) return { tokenName };
  throw new CallerFault(
    "GitHubAccountTokenDoesNotExistException",
    `There is no GitHub token ${tokenName}: \`sluice github-tokens list\` shows those that exist.`,
  );
};
