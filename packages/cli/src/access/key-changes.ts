import type { UpdateAccessKeyInput, UpdateAccessKeyOutput } from "@sluice/wire/sluice/access-api.ts";
import { type Command, InvalidArgumentError } from "commander";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  parseDuration,
  parseMoment,
} from "../arguments/options.ts";
import { print, printError, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { printSecret } from "./key-create.ts";

const KEY_ID = "the key's id, as sluice keys list shows it";
const EXAMPLE_ID = "AKIAIOSFODNN7EXAMPLE";
const NEVER = "never";

export function defineKeyChanges(command: Command): void {
  defineUpdate(command, "disable", "disable an access key: it opens nothing until it is enabled", {
    status: "Inactive",
  });
  defineUpdate(command, "enable", "enable an access key that was disabled", { status: "Active" });
  defineExpire(command);
  defineRotate(command);
  defineDelete(command);
}

function defineUpdate(command: Command, name: string, description: string, change: { readonly status: string }): void {
  const update = command.command(name).description(description).argument("<key>", KEY_ID);
  addJsonOption(addClientOptions(update));
  addExamples(update, `sluice keys ${name} ${EXAMPLE_ID}`);
  update.action((accessKeyId: string, options: ClientOptions) => changeKey(options, { accessKeyId, ...change }));
}

function defineExpire(command: Command): void {
  const expire = command.command("expire").description("let an access key expire, or never");
  expire
    .argument("<key>", KEY_ID)
    .argument("<when>", "how long it is still good, such as 12h or 30d, a time in ISO 8601, or never", parseExpiry);
  addJsonOption(addClientOptions(expire));
  addExamples(expire, `sluice keys expire ${EXAMPLE_ID} 30d`, `sluice keys expire ${EXAMPLE_ID} never`);
  expire.action((accessKeyId: string, when: Date | typeof NEVER, options: ClientOptions) =>
    changeKey(options, { accessKeyId, ...(when === NEVER ? { neverExpires: true } : { expiresAt: when }) }),
  );
}

async function changeKey(options: ClientOptions, input: UpdateAccessKeyInput): Promise<void> {
  using connection = connect(options);
  const changed = await connection.sluice.call("UpdateAccessKey", input);
  if (options.json) printJson(changed.accessKey);
  else print(`${input.accessKeyId} ${stateOf(changed)}`);
}

function stateOf({ accessKey: { status, expiresAt }, endedSessions }: UpdateAccessKeyOutput): string {
  if (status !== "Active") return `is disabled${sessionsEnded(endedSessions)}`;
  return expiresAt ? `is active until ${expiresAt.toISOString()}` : "is active, and never expires";
}

/** `30d`, a time, or never. */
function parseExpiry(text: string): Date | typeof NEVER {
  if (text === NEVER) return NEVER;
  if (/^0+[smhd]?$/.test(text)) throw new InvalidArgumentError("To end the key now: sluice keys disable ID");
  if (/^\d+[a-z]?$/.test(text)) return new Date(Date.now() + parseDuration(text) * 1000);
  if (/^\d{4}-/.test(text)) {
    const at = parseMoment(text);
    if (at.getTime() > Date.now()) return at;
    throw new InvalidArgumentError(`${text} is past: name a time to come, or disable the key: sluice keys disable ID`);
  }
  throw new InvalidArgumentError(`"${text}" is not a time to come: give 30d, 2027-01-31T08:00:00Z or ${NEVER}`);
}

interface RotateOptions extends ClientOptions {
  readonly keepOld?: number;
}

function defineRotate(command: Command): void {
  const rotate = command
    .command("rotate")
    .description("create a key with the rights of another, which expires soon, and print it with its secret, once")
    .argument("<key>", KEY_ID);
  rotate.option(
    "--keep-old <duration>",
    "how long the old key is still good, such as 1h or 0s (default: 1d)",
    parseKeep,
  );
  addJsonOption(addClientOptions(rotate));
  addExamples(rotate, `sluice keys rotate ${EXAMPLE_ID}`, `sluice keys rotate ${EXAMPLE_ID} --keep-old 1h`);
  rotate.action(async (accessKeyId: string, options: RotateOptions) => {
    using connection = connect(options);
    const rotated = await connection.sluice.call("RotateAccessKey", { accessKeyId, keepOldSeconds: options.keepOld });
    const { accessKey, secretAccessKey, oldAccessKey } = rotated;
    if (options.json) {
      printJson({ ...accessKey, secretAccessKey, oldAccessKey });
      return;
    }
    printSecret(accessKey.accessKeyId, secretAccessKey);
    if (accessKey.expiresAt) printError(`The new key expires at ${accessKey.expiresAt.toISOString()}.`);
    printError(`The old key ${accessKeyId} is good until ${oldAccessKey.expiresAt?.toISOString()}.`);
    printError(`The secret is shown this once. When the new key is everywhere: sluice keys delete ${accessKeyId}`);
  });
}

function parseKeep(text: string): number {
  return /^0[smhd]?$/.test(text) ? 0 : parseDuration(text);
}

function defineDelete(command: Command): void {
  const remove = command.command("delete").description("delete an access key; its sessions in the console end with it");
  remove.argument("<key>", KEY_ID);
  addJsonOption(addClientOptions(remove));
  addExamples(remove, `sluice keys delete ${EXAMPLE_ID}`);
  remove.action(async (accessKeyId: string, options: ClientOptions) => {
    using connection = connect(options);
    const deleted = await connection.sluice.call("DeleteAccessKey", { accessKeyId });
    if (options.json) {
      printJson(deleted);
      return;
    }
    const { endedSessions, endedTemporaryKeys: keys } = deleted;
    const temporary = keys === 0 ? "" : `; ${keys} temporary key${keys === 1 ? "" : "s"} ended with it`;
    print(`${deleted.accessKeyId} is deleted${sessionsEnded(endedSessions)}${temporary}`);
  });
}

export function sessionsEnded(count: number): string {
  return count === 0 ? "" : `; ${count} session${count === 1 ? "" : "s"} of the console ended with it`;
}
