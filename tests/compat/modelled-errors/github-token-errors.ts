import type { RaisedError } from "./modelled-error.ts";

export const GITHUB_TOKEN_ERRORS: readonly RaisedError[] = [
  {
    code: "GitHubAccountTokenNameRequiredException",
    operation: "DeleteGitHubAccountToken",
    when: "`tokenName` is missing",
    input: {},
    message: "GitHub token name is missing: give tokenName. `sluice github-tokens list` shows those that exist.",
    cure: "Give the name: `sluice github-tokens list` shows those that exist.",
  },
  {
    code: "InvalidGitHubAccountTokenNameException",
    operation: "DeleteGitHubAccountToken",
    when: "`tokenName` has other characters than names have, or more than 100",
    input: { tokenName: "a/b" },
    message: 'tokenName "a/b" is not a valid GitHub token name: use 1 to 100 letters, digits and . _ + = , @ -.',
    cure: "Correct the name.",
  },
  {
    code: "GitHubAccountTokenDoesNotExistException",
    operation: "DeleteGitHubAccountToken",
    when: "the server has no token of that name",
    input: { tokenName: "nightly" },
    message: "There is no GitHub token nightly: `sluice github-tokens list` shows those that exist.",
    cure: "Look for the name with `sluice github-tokens list`.",
  },
];
