import type { Tag } from "@sluice/wire/sluice/operations.ts";
import type { Command } from "commander";
import { connect } from "../connection.ts";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  collectTag,
  parseDuration,
  parsePositiveInteger,
} from "../options.ts";
import { print, printJson } from "../output.ts";

interface CreateOptions extends ClientOptions {
  readonly tag?: readonly Tag[];
  readonly uses?: number;
  readonly expires?: number;
}

export function define(command: Command): void {
  const create = command.command("create").description("print an enrolment token, alone on standard output");
  create
    .option("--tag <key=value>", "a tag that a host enrolling with the token takes (repeatable)", collectTag)
    .option("--uses <n>", "how many hosts may enrol with it (default: 1)", parsePositiveInteger)
    .option("--expires <duration>", "how long it is good, such as 15m or 7d (default: 1h)", parseDuration);
  addJsonOption(addClientOptions(create));
  addExamples(create, "sluice token create --tag Environment=prod --uses 10 --expires 1h --data .sluice/up");
  create.action(async (options: CreateOptions) => {
    using connection = connect(options);
    const created = await connection.sluice.call("CreateEnrolmentToken", {
      tags: options.tag,
      uses: options.uses,
      expiresInSeconds: options.expires,
    });
    if (options.json) printJson(created);
    else print(created.token);
  });
}
