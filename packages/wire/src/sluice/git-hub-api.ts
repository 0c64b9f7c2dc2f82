/** A token with which the server downloads private GitHub revisions. The secret is never told again. Times are `Date` in code. */
export interface GitHubTokenSummary {
  readonly tokenName: string;
  /** `OWNER/NAME` or `OWNER/*`; empty: every repository. */
  readonly repositories: readonly string[];
  readonly createdAt: Date;
  /** Absent: never. */
  readonly lastUsedAt?: Date | undefined;
}

/** A name that there is gets the new secret and repositories. */
export interface PutGitHubTokenInput {
  readonly tokenName: string;
  readonly secret: string;
  readonly repositories?: readonly string[] | undefined;
}
export interface PutGitHubTokenOutput {
  readonly token: GitHubTokenSummary;
}

export type ListGitHubTokensInput = Readonly<Record<never, never>>;
export interface ListGitHubTokensOutput {
  readonly tokens: readonly GitHubTokenSummary[];
}

export interface GitHubOperations {
  PutGitHubToken: { input: PutGitHubTokenInput; output: PutGitHubTokenOutput };
  ListGitHubTokens: { input: ListGitHubTokensInput; output: ListGitHubTokensOutput };
}
