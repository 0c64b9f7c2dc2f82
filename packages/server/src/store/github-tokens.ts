import type { Kysely, Selectable } from "kysely";
import { TOKEN_REPOSITORIES } from "./columns/iam-columns.ts";
import type { WriteTransaction } from "./group-commit.ts";
import type { GitHubTokensTable } from "./iam/iam-tables.ts";
import type { Database } from "./schema.ts";

export type GitHubTokenRow = Selectable<GitHubTokensTable>;

/** By name. They are few, and each is one person's doing. */
export async function listGitHubTokens(db: Kysely<Database>): Promise<GitHubTokenRow[]> {
  return db.selectFrom("github_tokens").selectAll().orderBy("token_name").execute();
}

export interface NewGitHubToken {
  readonly tokenName: string;
  readonly secret: string;
  readonly repositories: readonly string[];
  readonly at: number;
}

/** A name that there is gets the new secret and repositories. */
export async function putGitHubToken(
  { db }: WriteTransaction,
  { tokenName, secret, repositories, at }: NewGitHubToken,
): Promise<void> {
  const repositories_json = TOKEN_REPOSITORIES.write(repositories);
  await db
    .insertInto("github_tokens")
    .values({ token_name: tokenName, secret, repositories_json, created_at: at, last_used_at: null })
    .onConflict((conflict) =>
      conflict.column("token_name").doUpdateSet({ secret, repositories_json, created_at: at, last_used_at: null }),
    )
    .execute();
}

/** @returns whether there was one */
export async function deleteGitHubToken({ db }: WriteTransaction, tokenName: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("github_tokens")
    .where("token_name", "=", tokenName)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export async function markGitHubTokenUsed({ db }: WriteTransaction, tokenName: string, at: number): Promise<void> {
  await db.updateTable("github_tokens").set({ last_used_at: at }).where("token_name", "=", tokenName).execute();
}
