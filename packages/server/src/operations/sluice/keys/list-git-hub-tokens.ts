import type { ListGitHubTokensInput, ListGitHubTokensOutput } from "@sluice/wire/sluice/git-hub-api.ts";
import { TOKEN_REPOSITORIES } from "../../../store/columns/iam-columns.ts";
import { listGitHubTokens as listRows } from "../../../store/github-tokens.ts";
import type { Operation } from "../../operation.ts";

/** Without their secrets. */
export const listGitHubTokens: Operation<ListGitHubTokensInput, ListGitHubTokensOutput> = async (
  _input,
  { store },
) => ({
  tokens: (await listRows(store.db)).map((row) => ({
    tokenName: row.token_name,
    repositories: TOKEN_REPOSITORIES.read(row),
    createdAt: new Date(row.created_at),
    lastUsedAt: row.last_used_at === null ? undefined : new Date(row.last_used_at),
  })),
});
