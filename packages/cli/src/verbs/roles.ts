import type { RoleSummary } from "@sluice/wire/sluice/access-api.ts";
import { type Command, InvalidArgumentError } from "commander";
import { printPolicyDoubts } from "../access/policy-doubts.ts";
import { policyFields } from "../access/policy-fields.ts";
import { readPolicyFile } from "../access/policy-file.ts";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  collectText,
  parseDuration,
} from "../arguments/options.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { formatFields, formatTable } from "../terminal/printing.ts";
import { policiesOf } from "./users.ts";

const HOUR_SECONDS = 3_600;
const NAME = "the role's name, as sluice roles list shows it";

export function define(command: Command): void {
  defineList(command);
  defineShow(command);
  definePut(command);
  defineDelete(command);
}

function defineList(command: Command): void {
  const list = command.command("list").description("list roles with their policies");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice roles list");
  list.action(async (options: ClientOptions) => {
    using connection = connect(options);
    const roles: RoleSummary[] = [];
    let nextToken: string | undefined;
    do {
      const page = await connection.sluice.call("ListRoles", { nextToken });
      roles.push(...page.roles);
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    if (options.json) printJson(roles);
    else if (roles.length === 0) print("No roles. Make one: sluice roles put NAME --policy POLICY");
    else print(formatRoles(roles));
  });
}

function defineShow(command: Command): void {
  const show = command
    .command("show")
    .description("show a role, with its inline policies in full")
    .argument("<role>", NAME);
  addJsonOption(addClientOptions(show));
  addExamples(show, "sluice roles show deployer");
  show.action(async (roleName: string, options: ClientOptions) => {
    using connection = connect(options);
    const [role] = (await connection.sluice.call("ListRoles", { roleName })).roles;
    if (options.json) printJson(role);
    else if (role) print(formatRole(role));
  });
}

function formatRole(role: RoleSummary): string {
  return formatFields([
    ["role", role.roleName],
    ["arn", role.arn],
    ["id", role.roleId],
    ["about", role.description],
    ["created", role.createdAt.toISOString()],
    ["sessions", `up to ${hoursOf(role)}`],
    ["keys", `${role.temporaryKeys} temporary`],
    ...policyFields(role),
  ]);
}

function hoursOf({ maxSessionSeconds }: RoleSummary): string {
  return `${maxSessionSeconds / HOUR_SECONDS} h`;
}

function formatRoles(roles: readonly RoleSummary[]): string {
  return formatTable(
    ["NAME", "POLICIES", "SESSIONS UP TO", "TEMPORARY KEYS", "ARN"],
    roles.map((role) => [role.roleName, policiesOf(role), hoursOf(role), String(role.temporaryKeys), role.arn]),
  );
}

interface PutOptions extends ClientOptions {
  readonly policy?: readonly string[];
  readonly policyFile?: string;
  readonly description?: string;
  readonly maxSession?: number;
}

function definePut(command: Command): void {
  const put = command
    .command("put")
    .description("make a role, or change it; what is left out stays as it is")
    .argument("<name>", "the role's name");
  put
    .option(
      "--policy <name>",
      "a policy that it has from now on, by name or ARN (repeatable: all of them)",
      collectText,
    )
    .option(
      "--policy-file <file>",
      "a policy of its own, as JSON, in the place of those that it has; - is standard input",
    )
    .option("--description <text>", "what it is for")
    .option(
      "--max-session <duration>",
      "how long a session may last at most, from 1h to 12h (default: 1h)",
      parseSession,
    );
  addJsonOption(addClientOptions(put));
  addExamples(put, "sluice roles put deployer --policy AWSCodeDeployDeployerAccess --max-session 2h");
  put.action(async (roleName: string, options: PutOptions) => {
    const { policy, policyFile, description, maxSession } = options;
    const inlinePolicies =
      policyFile === undefined
        ? undefined
        : [{ policyName: roleName, document: await readPolicyFile(policyFile, "role") }];
    using connection = connect(options);
    const { role, isNew } = await connection.sluice.call("PutRole", {
      roleName,
      policyNames: policy,
      inlinePolicies,
      description,
      maxSessionSeconds: maxSession,
    });
    if (options.json) printJson(role);
    else print(`${role.roleName} is ${isNew ? "made" : "changed"}, and has: ${policiesOf(role)}\n${role.arn}`);
    for (const { document } of inlinePolicies ?? []) await printPolicyDoubts(document, "role", connection.sluice);
  });
}

/** As the server has it, said in the unit in which it was given. */
function parseSession(text: string): number {
  const seconds = parseDuration(text);
  if (seconds >= HOUR_SECONDS && seconds <= 12 * HOUR_SECONDS) return seconds;
  throw new InvalidArgumentError(`${text} is too ${seconds < HOUR_SECONDS ? "short" : "long"}: give 1h to 12h`);
}

function defineDelete(command: Command): void {
  const remove = command
    .command("delete")
    .description("delete a role; its sessions end with it")
    .argument("<role>", NAME);
  addJsonOption(addClientOptions(remove));
  addExamples(remove, "sluice roles delete deployer");
  remove.action(async (roleName: string, options: ClientOptions) => {
    using connection = connect(options);
    const deleted = await connection.sluice.call("DeleteRole", { roleName });
    if (options.json) {
      printJson(deleted);
      return;
    }
    const { endedTemporaryKeys: count } = deleted;
    const ended = count === 0 ? "" : `; ${count} temporary key${count === 1 ? "" : "s"} ended with it`;
    print(`${deleted.roleName} is deleted${ended}`);
  });
}
