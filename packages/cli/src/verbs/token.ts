import { joinCommand } from "@sluice/model/join-command.ts";
import { MAX_TOKEN_LIFE_SECONDS } from "@sluice/model/limits.ts";
import { isLoopbackUrl } from "@sluice/model/loopback-url.ts";
import { visibleText } from "@sluice/model/visible-text.ts";
import { decodeEnrolmentToken, isWholeToken } from "@sluice/wire/sluice/enrolment-token.ts";
import type { EnrolmentTokenSummary, Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  collectTag,
  durationUpTo,
  parsePositiveInteger,
} from "../arguments/options.ts";
import { print, printError, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { formatAge, formatTable, formatTags, formatUntil } from "../terminal/printing.ts";

interface CreateOptions extends ClientOptions {
  readonly tag?: readonly Tag[];
  readonly uses?: number;
  readonly expires?: number;
}

interface ListOptions extends ClientOptions {
  readonly all?: boolean;
}

export function define(command: Command): void {
  defineCreate(command);
  defineList(command);
  defineRevoke(command);
}

function defineCreate(command: Command): void {
  const create = command.command("create").description("create an enrolment token; standard output has only the token");
  create
    .option("--tag <key=value>", "a tag that hosts enrolled with the token get (repeatable)", collectTag)
    .option("--uses <n>", "how many hosts can enrol with it (default: 1)", parsePositiveInteger)
    .option(
      "--expires <duration>",
      "how long it is valid, such as 15m or 7d (default: 1h)",
      durationUpTo(MAX_TOKEN_LIFE_SECONDS),
    );
  addJsonOption(addClientOptions(create));
  addExamples(create, "sluice token create --tag Environment=prod --uses 10 --expires 1h --data .sluice/up");
  create.action(async (options: CreateOptions) => {
    using connection = connect(options);
    const created = await connection.sluice.call("CreateEnrolmentToken", {
      tags: options.tag,
      uses: options.uses,
      expiresInSeconds: options.expires,
    });
    const tokenId = decodeEnrolmentToken(created.token).id;
    const { token, joinServer, joinPin } = created;
    const line = joinServer === undefined ? undefined : joinCommand({ server: joinServer, pin: joinPin }, token);
    if (options.json) {
      printJson({ tokenId, ...created, ...(line !== undefined && { joinCommand: line }) });
      return;
    }
    print(created.token);
    if (line !== undefined) {
      printError(`To install the agent on a host and enrol it, run there:\n\n${visibleText(line)}\n`);
      if (joinServer !== undefined && isLoopbackUrl(joinServer)) {
        printError(
          "The server listens on this machine alone. For hosts elsewhere, start it with --listen 0.0.0.0:7450 as well.",
        );
      }
    }
    printError(`The token's id is ${tokenId}. To revoke it: sluice token revoke ${tokenId}`);
  });
}

function defineList(command: Command): void {
  const list = command.command("list").description("list the tokens that hosts can enrol with, without their secrets");
  list.option("--all", "also list expired and used tokens");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice token list --data .sluice/up");
  list.action(async (options: ListOptions) => {
    using connection = connect(options);
    const { tokens } = await connection.sluice.call("ListEnrolmentTokens", { includeSpent: options.all });
    if (options.json) printJson(tokens);
    else if (tokens.length > 0) print(formatTokens(tokens, new Date()));
    else print(`No ${options.all ? "" : "usable "}tokens. Create one: sluice token create`);
  });
}

function defineRevoke(command: Command): void {
  const revoke = command.command("revoke").description("revoke a token; hosts that enrolled with it stay enrolled");
  revoke.argument("<token>", "the token's id, as sluice token list shows it, or the token itself");
  addJsonOption(addClientOptions(revoke));
  addExamples(revoke, "sluice token revoke 4f0k2m9xw1qa --data .sluice/up");
  revoke.action(async (idOrToken: string, options: ClientOptions) => {
    const tokenId = isWholeToken(idOrToken) ? decodeEnrolmentToken(idOrToken).id : idOrToken;
    using connection = connect(options);
    const { token } = await connection.sluice.call("RevokeEnrolmentToken", { tokenId });
    if (options.json) printJson(token);
    else print(`${token.tokenId} is revoked`);
  });
}

function formatTokens(tokens: readonly EnrolmentTokenSummary[], now: Date): string {
  return formatTable(
    ["ID", "USES LEFT", "EXPIRES", "CREATED", "TAGS"],
    tokens.map(({ tokenId, usesLeft, expiresAt, createdAt, tags }) => [
      tokenId,
      String(usesLeft),
      expiresAt > now ? formatUntil(expiresAt.getTime() - now.getTime()) : "expired",
      formatAge(now.getTime() - createdAt.getTime()),
      formatTags(tags) || "-",
    ]),
  );
}
