import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { isRepositoryPattern } from "@sluice/model/git-hub-repository.ts";
import { requireGitHubTokenName } from "@sluice/model/input-checks/required-names.ts";
import { MAX_GITHUB_TOKEN_CHARACTERS, MAX_GITHUB_TOKEN_REPOSITORIES } from "@sluice/model/limits.ts";
import { raisedBy } from "@sluice/model/service-limits.ts";
import type { PutGitHubTokenInput, PutGitHubTokenOutput } from "@sluice/wire/sluice/git-hub-api.ts";
import { listGitHubTokens, putGitHubToken as writeToken } from "../../../store/github-tokens.ts";
import { lockCounts } from "../../../store/lock-counts.ts";
import type { Operation } from "../../operation.ts";

/** Printable characters without a space: what a header can carry. */
const SECRET = /^[!-~]+$/;

/** The server keeps the secret and shows it to nobody; no message here has it. */
export const putGitHubToken: Operation<PutGitHubTokenInput, PutGitHubTokenOutput> = async (
  input,
  { store, now, limits },
) => {
  const tokenName = requireGitHubTokenName(input.tokenName);
  const secret = requireSecret(input.secret);
  const repositories = requireRepositories(input.repositories ?? []);
  const at = now();
  await store.write(async (transaction) => {
    await lockCounts(transaction);
    const others = (await listGitHubTokens(transaction.db)).filter((row) => row.token_name !== tokenName);
    if (others.length >= limits.gitHubTokens) {
      throw new CallerFault(
        "ValidationException",
        `The account has ${others.length} GitHub tokens, and at most ${limits.gitHubTokens} are allowed: delete one with sluice github-tokens delete, or ${raisedBy("gitHubTokens")}.`,
      );
    }
    await writeToken(transaction, { tokenName, secret, repositories, at });
  });
  return { token: { tokenName, repositories, createdAt: new Date(at) } };
};

function requireSecret(secret: string | undefined): string {
  if (!secret)
    throw new CallerFault("ValidationException", "secret is missing: give the token that GitHub shows once.");
  if (secret.length > MAX_GITHUB_TOKEN_CHARACTERS || !SECRET.test(secret)) {
    throw new CallerFault(
      "ValidationException",
      `secret is no token of GitHub: it has ${secret.length} characters, and a token is 1 to ${MAX_GITHUB_TOKEN_CHARACTERS} printable characters without a space.`,
    );
  }
  return secret;
}

function requireRepositories(repositories: readonly string[]): readonly string[] {
  if (repositories.length > MAX_GITHUB_TOKEN_REPOSITORIES) {
    throw new CallerFault(
      "ValidationException",
      `repositories has ${repositories.length} items: at most ${MAX_GITHUB_TOKEN_REPOSITORIES} are allowed. OWNER/* stands for all of an owner's.`,
    );
  }
  const wrong = repositories.find((pattern) => !isRepositoryPattern(pattern));
  if (wrong === undefined) return [...new Set(repositories)];
  throw new CallerFault(
    "ValidationException",
    `repositories has '${excerpt(wrong)}': write OWNER/NAME, or OWNER/* for all of an owner's.`,
  );
}
