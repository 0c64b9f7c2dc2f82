import type { UserSummary } from "@sluice/wire/sluice/access-api.ts";
import type { Command } from "commander";
import { sessionsEnded } from "../access/key-changes.ts";
import { policyFields } from "../access/policy-fields.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { formatAge, formatFields, formatTable, formatTags } from "../terminal/printing.ts";

const NAME = "the user's name, as sluice users list shows it";

export function define(command: Command): void {
  defineList(command);
  defineShow(command);
  definePolicies(command, "attach", "attach policies to a user: its keys have their rights at once");
  definePolicies(command, "detach", "detach policies from a user: its keys lose their rights at once");
  defineDelete(command);
}

function defineList(command: Command): void {
  const list = command.command("list").description("list users with their policies; sluice keys create makes them");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice users list");
  list.action(async (options: ClientOptions) => {
    using connection = connect(options);
    const users: UserSummary[] = [];
    let nextToken: string | undefined;
    do {
      const page = await connection.sluice.call("ListUsers", { nextToken });
      users.push(...page.users);
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    if (options.json) printJson(users);
    else if (users.length === 0)
      print("No users. Make one with its first key: sluice keys create NAME --policy POLICY");
    else print(formatUsers(users, Date.now()));
  });
}

function defineShow(command: Command): void {
  const show = command
    .command("show")
    .description("show a user, with its inline policies in full")
    .argument("<user>", NAME);
  addJsonOption(addClientOptions(show));
  addExamples(show, "sluice users show ci");
  show.action(async (userName: string, options: ClientOptions) => {
    using connection = connect(options);
    const [user] = (await connection.sluice.call("ListUsers", { userName })).users;
    if (options.json) printJson(user);
    else if (user) print(formatUser(user));
  });
}

function formatUser(user: UserSummary): string {
  return formatFields([
    ["user", user.userName],
    ["arn", user.arn],
    ["id", user.userId],
    ["about", user.description],
    ["tags", formatTags(user.tags)],
    ["created", user.createdAt.toISOString()],
    ["keys", String(user.accessKeys)],
    ...policyFields(user),
  ]);
}

function formatUsers(users: readonly UserSummary[], now: number): string {
  return formatTable(
    ["NAME", "KEYS", "POLICIES", "CREATED"],
    users.map((user) => [
      user.userName,
      String(user.accessKeys),
      policiesOf(user),
      formatAge(now - user.createdAt.getTime()),
    ]),
  );
}

/** Attached and inline ones. */
export function policiesOf({
  policyNames,
  inlinePolicies,
}: Pick<UserSummary, "policyNames" | "inlinePolicies">): string {
  const inline = inlinePolicies.map(({ policyName }) => `${policyName} (inline)`);
  return [...policyNames, ...inline].join(", ") || "-";
}

function definePolicies(command: Command, name: "attach" | "detach", description: string): void {
  const change = command
    .command(name)
    .description(description)
    .argument("<user>", NAME)
    .argument("<policies...>", "names or ARNs, as sluice policies list shows them");
  addJsonOption(addClientOptions(change));
  addExamples(change, `sluice users ${name} ci AWSCodeDeployDeployerAccess`);
  change.action(async (userName: string, policies: readonly string[], options: ClientOptions) => {
    using connection = connect(options);
    // PutUser makes a user that is not there: a slip of the pen must not.
    await connection.sluice.call("ListUsers", { userName });
    const { user } = await connection.sluice.call("PutUser", {
      userName,
      [name === "attach" ? "attachPolicyNames" : "detachPolicyNames"]: policies,
    });
    if (options.json) printJson(user);
    else print(`${user.userName} has now: ${policiesOf(user)}`);
  });
}

function defineDelete(command: Command): void {
  const remove = command.command("delete").description("delete a user").argument("<user>", NAME);
  remove.option("--with-keys", "delete its access keys, too");
  addJsonOption(addClientOptions(remove));
  addExamples(remove, "sluice users delete ci --with-keys");
  remove.action(async (userName: string, options: ClientOptions & { readonly withKeys?: boolean }) => {
    using connection = connect(options);
    const deleted = await connection.sluice.call("DeleteUser", { userName, deleteAccessKeys: options.withKeys });
    if (options.json) {
      printJson(deleted);
      return;
    }
    const { deletedAccessKeyIds: ids, endedSessions } = deleted;
    const keys = ids.length === 0 ? "" : `, with ${ids.join(", ")}`;
    print(`${deleted.userName} is deleted${keys}${sessionsEnded(endedSessions)}`);
  });
}
