import { MAX_GITHUB_TOKEN_CHARACTERS } from "@sluice/model/limits.ts";
import type { GitHubTokenSummary } from "@sluice/wire/sluice/git-hub-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { secretFromFile } from "../arguments/secret-file-option.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { formatAge, formatTable } from "../terminal/printing.ts";

interface CreateOptions extends ClientOptions {
  readonly repository?: readonly string[];
  readonly tokenFile: string;
}

export function define(command: Command): void {
  defineCreate(command);
  defineList(command);
  defineDelete(command);
}

function defineCreate(command: Command): void {
  const create = command
    .command("create")
    .description("store a token with which the server downloads private GitHub revisions");
  create
    .argument("<name>", "what the token is called; a name that exists gets the new token")
    .option(
      "--repository <owner/name>",
      "a repository that it is for, or OWNER/* (repeatable; default: every repository)",
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .option("--token-file <file>", "the file whose first line is the token; -: standard input", "-");
  addJsonOption(addClientOptions(create));
  addExamples(create, "sluice github-tokens create ci --repository acme/shop --token-file token.txt");
  create.action(async (tokenName: string, options: CreateOptions) => {
    using connection = connect(options);
    const secret = await secretFromFile(options.tokenFile, {
      option: "--token-file",
      prompt: "GitHub token (it is not shown):",
      maxCharacters: MAX_GITHUB_TOKEN_CHARACTERS,
    });
    const { repository: repositories } = options;
    const { token } = await connection.sluice.call("PutGitHubToken", {
      tokenName,
      secret,
      ...(repositories ? { repositories } : {}),
    });
    if (options.json) printJson(token);
    else print(`${token.tokenName} is stored, for ${scopeOf(token)}`);
  });
}

function defineList(command: Command): void {
  const list = command.command("list").description("list the GitHub tokens of the server, without their secrets");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice github-tokens list");
  list.action(async (options: ClientOptions) => {
    using connection = connect(options);
    const { tokens } = await connection.sluice.call("ListGitHubTokens", {});
    if (options.json) printJson(tokens);
    else print(formatTokens(tokens, new Date()));
  });
}

function defineDelete(command: Command): void {
  const remove = command.command("delete").description("delete a GitHub token from the server; GitHub keeps it");
  remove.argument("<name>", "the token's name, as sluice github-tokens list shows it");
  addJsonOption(addClientOptions(remove));
  addExamples(remove, "sluice github-tokens delete ci");
  remove.action(async (tokenName: string, options: ClientOptions) => {
    using connection = connect(options);
    const deleted = await connection.codeDeploy.call("DeleteGitHubAccountToken", { tokenName });
    if (options.json) printJson(deleted);
    else print(`${tokenName} is deleted here. To make it worthless, revoke it on GitHub, too.`);
  });
}

function scopeOf({ repositories }: GitHubTokenSummary): string {
  return repositories.length === 0 ? "every repository" : repositories.join(", ");
}

function formatTokens(tokens: readonly GitHubTokenSummary[], now: Date): string {
  return formatTable(
    ["NAME", "REPOSITORIES", "STORED", "LAST USED"],
    tokens.map((token) => [
      token.tokenName,
      scopeOf(token),
      formatAge(now.getTime() - token.createdAt.getTime()),
      token.lastUsedAt ? formatAge(now.getTime() - token.lastUsedAt.getTime()) : "never",
    ]),
  );
}
