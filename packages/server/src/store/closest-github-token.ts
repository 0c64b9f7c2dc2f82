import { repositoryMatch } from "@sluice/model/git-hub-repository.ts";
import { TOKEN_REPOSITORIES } from "./columns/iam-columns.ts";
import { type GitHubTokenRow, listGitHubTokens, markGitHubTokenUsed } from "./github-tokens.ts";
import type { Store } from "./open-store.ts";

/** How often it is written down that a token was used. */
const USED_EVERY_MILLISECONDS = 60_000;

/** The token for a repository: one that names it before one of its owner's, and that before one for all; among equals the first by name. */
export function gitHubTokens(store: Store, now: () => number) {
  return async (repository: string): Promise<{ readonly name: string; readonly secret: string } | undefined> => {
    const ranked = (await listGitHubTokens(store.db))
      .map((row) => ({ row, rank: rankOf(row, repository) }))
      .filter(({ rank }) => rank > 0)
      .sort((one, other) => other.rank - one.rank);
    const row = ranked[0]?.row;
    if (!row) return undefined;
    const at = now();
    if (row.last_used_at === null || at - row.last_used_at > USED_EVERY_MILLISECONDS) {
      await store.write((transaction) => markGitHubTokenUsed(transaction, row.token_name, at));
    }
    return { name: row.token_name, secret: row.secret };
  };
}

/** 3: the repository itself; 2: all of its owner's; 1: all there are. */
function rankOf(row: GitHubTokenRow, repository: string): number {
  const patterns = TOKEN_REPOSITORIES.read(row);
  if (patterns.length === 0) return 1;
  const best = Math.max(...patterns.map((pattern) => repositoryMatch(pattern, repository)));
  return best === 0 ? 0 : best + 1;
}
