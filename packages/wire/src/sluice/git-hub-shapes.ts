import { list, string, structure, timestamp } from "../shapes/shape.ts";

const token = structure(
  { tokenName: string, repositories: list(string), createdAt: timestamp, lastUsedAt: timestamp },
  ["tokenName", "repositories", "createdAt"],
);

/** Tokens of GitHub; spread into `SLUICE_TABLE`. */
export const GITHUB_TABLE = {
  PutGitHubToken: {
    input: structure({ tokenName: string, secret: string, repositories: list(string) }, ["tokenName", "secret"]),
    output: structure({ token }, ["token"]),
  },
  ListGitHubTokens: {
    input: structure({}),
    output: structure({ tokens: list(token) }, ["tokens"]),
  },
};
