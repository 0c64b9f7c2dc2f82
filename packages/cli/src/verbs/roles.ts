import type { RoleSummary } from "@sluice/wire/sluice/access-api.ts";
import { type Command, InvalidArgumentError } from "commander";
import { printPolicyDoubts } from "../access/policy-doubts.ts";
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
import { formatTable } from "../terminal/printing.ts";
import { policiesOf } from "./users.ts";

const HOUR_SECONDS = 3_600;

export function define(command: Command): void {
  defineList(command);
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

function formatRoles(roles: readonly RoleSummary[]): string {
  return formatTable(
    ["NAME", "POLICIES", "SESSIONS UP TO", "TEMPORARY KEYS", "ARN"],
    roles.map((role) => [
      role.roleName,
      policiesOf(role),
      `${role.maxSessionSeconds / 3600} h`,
      String(role.temporaryKeys),
      role.arn,
    ]),
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
    .argument("<role>", "the role's name, as sluice roles list shows it");
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
