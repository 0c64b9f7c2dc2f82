import { MAX_KEY_DESCRIPTION_CHARACTERS } from "@sluice/model/limits.ts";
import type { AccessKeySummary } from "@sluice/wire/sluice/console-api.ts";
import { type Command, InvalidArgumentError, Option } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printError, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { formatAge, formatTable } from "../terminal/printing.ts";

interface CreateOptions extends ClientOptions {
  readonly readOnly?: boolean;
  readonly root?: boolean;
  readonly description?: string;
}

export function define(command: Command): void {
  defineCreate(command);
  defineList(command);
  defineDelete(command);
}

function defineCreate(command: Command): void {
  const create = command.command("create").description("create an access key, and print it with its secret, once");
  create
    .option("--read-only", "a key that may look at everything and change nothing")
    .addOption(new Option("--root", "a key that may do everything").conflicts("readOnly"))
    .option("--description <text>", "whose it is, or what for", parseDescription);
  addJsonOption(addClientOptions(create));
  addExamples(create, 'sluice keys create --read-only --description "Ann, on call"');
  create.action(async (options: CreateOptions) => {
    if (!options.readOnly && !options.root) {
      throw new CommandFailed("say what the key may do: --read-only, or --root for everything", {
        exitStatus: EXIT_USAGE,
      });
    }
    using connection = connect(options);
    const { accessKey, secretAccessKey } = await connection.sluice.call("CreateAccessKey", {
      role: options.root ? "root" : "read-only",
      description: options.description,
    });
    if (options.json) {
      printJson({ ...accessKey, secretAccessKey });
      return;
    }
    // As a credentials file has them, so that they can be pasted into one.
    print(`aws_access_key_id = ${accessKey.accessKeyId}\naws_secret_access_key = ${secretAccessKey}`);
    printError(`The secret is shown this once. To delete the key: sluice keys delete ${accessKey.accessKeyId}`);
  });
}

function defineList(command: Command): void {
  const list = command.command("list").description("list the keys of people and pipelines, without their secrets");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice keys list");
  list.action(async (options: ClientOptions) => {
    using connection = connect(options);
    const { accessKeys } = await connection.sluice.call("ListAccessKeys", {});
    if (options.json) printJson(accessKeys);
    else print(formatKeys(accessKeys, new Date()));
  });
}

function defineDelete(command: Command): void {
  const remove = command.command("delete").description("delete an access key; its sessions in the console end with it");
  remove.argument("<key>", "the key's id, as sluice keys list shows it");
  addJsonOption(addClientOptions(remove));
  addExamples(remove, "sluice keys delete AKIAIOSFODNN7EXAMPLE");
  remove.action(async (accessKeyId: string, options: ClientOptions) => {
    using connection = connect(options);
    const deleted = await connection.sluice.call("DeleteAccessKey", { accessKeyId });
    if (options.json) {
      printJson(deleted);
      return;
    }
    const { endedSessions: count } = deleted;
    const sessions = count === 0 ? "" : `; ${count} session${count === 1 ? "" : "s"} of the console ended with it`;
    print(`${deleted.accessKeyId} is deleted${sessions}`);
  });
}

function parseDescription(text: string): string {
  if (text.length <= MAX_KEY_DESCRIPTION_CHARACTERS) return text;
  throw new InvalidArgumentError(
    `It has ${text.length} characters; at most ${MAX_KEY_DESCRIPTION_CHARACTERS} are allowed.`,
  );
}

function formatKeys(accessKeys: readonly AccessKeySummary[], now: Date): string {
  return formatTable(
    ["ID", "ROLE", "CREATED", "DESCRIPTION"],
    accessKeys.map(({ accessKeyId, role, createdAt, description }) => [
      accessKeyId,
      role,
      formatAge(now.getTime() - createdAt.getTime()),
      description ?? "-",
    ]),
  );
}
