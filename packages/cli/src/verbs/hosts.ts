import type { HostSummary, Tag } from "@sluice/wire/sluice/operations.ts";
import type { Command } from "commander";
import { type Connection, connect } from "../connection.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../options.ts";
import { print, printError, printJson } from "../output.ts";
import { formatAge, formatTable, hostLabel } from "../printing.ts";

interface ListOptions extends ClientOptions {
  readonly all?: boolean;
}

interface AddOptions extends ClientOptions {
  readonly instanceId?: string;
  readonly tag?: readonly Tag[];
  readonly zone?: string;
}

export function define(command: Command): void {
  defineList(command);
  defineAdd(command);
  defineRemove(command);
}

function defineList(parent: Command): void {
  const list = parent.command("list", { isDefault: true }).description("list the hosts and how they are");
  list.option("--all", "removed hosts too");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice hosts list --data .sluice/up");
  list.action(async (options: ListOptions) => {
    using connection = connect(options);
    const { hosts, trouble } = await listHosts(connection, options.all ?? false);
    if (trouble !== undefined) printError(trouble);
    for (const { clockTrouble } of hosts) if (clockTrouble !== undefined) printError(clockTrouble);
    if (options.json) printJson(hosts);
    else
      print(
        hosts.length === 0 ? "No hosts. Enrol one: see sluice token create --help" : formatHosts(hosts, new Date()),
      );
  });
}

function defineAdd(parent: Command): void {
  const add = parent
    .command("add")
    .description("declare a host before it enrols: it is targeted, and dark until it polls");
  add
    .argument("<name>", "the host's name, as it will enrol")
    .option("--instance-id <id>", "its id in EC2, where a fleet binding finds it there (default: a new id)")
    .option("--tag <key=value>", "a tag (repeatable)", collectTag)
    .option("--zone <zone>", "the zone that it stands in");
  addJsonOption(addClientOptions(add));
  addExamples(add, "sluice hosts add web-4 --tag Environment=prod --zone rack-2 --data .sluice/up");
  add.action(async (hostName: string, options: AddOptions) => {
    using connection = connect(options);
    const { instanceId, tag: tags, zone } = options;
    const { host } = await connection.sluice.call("DeclareHost", { hostName, instanceId, tags, zone });
    if (options.json) printJson(host);
    else print(`${hostLabel(host.hostName, host.hostId)} is declared`);
  });
}

function defineRemove(parent: Command): void {
  const remove = parent
    .command("remove")
    .description("retire a host: it is no longer targeted, and its key is refused");
  remove.argument("<host>", "the host's name or id");
  addJsonOption(addClientOptions(remove));
  addExamples(remove, "sluice hosts remove web-4 --data .sluice/up");
  remove.action(async (name: string, options: ClientOptions) => {
    using connection = connect(options);
    const { host } = await connection.sluice.call("RemoveHost", { host: name });
    if (options.json) printJson(host);
    else print(`${hostLabel(host.hostName, host.hostId)} is removed`);
  });
}

async function listHosts(
  connection: Connection,
  includeRetired: boolean,
): Promise<{ readonly hosts: readonly HostSummary[]; readonly trouble: string | undefined }> {
  const hosts: HostSummary[] = [];
  let nextToken: string | undefined;
  let trouble: string | undefined;
  do {
    const page = await connection.sluice.call("ListHosts", { includeRetired, nextToken });
    hosts.push(...page.hosts);
    nextToken = page.nextToken;
    trouble = page.trouble;
  } while (nextToken !== undefined);
  return { hosts, trouble };
}

function formatHosts(hosts: readonly HostSummary[], now: Date): string {
  const rows = hosts.map((host) => [
    host.hostName,
    host.hostId,
    host.state,
    host.lastSeenAt === undefined ? "never" : formatAge(now.getTime() - host.lastSeenAt.getTime()),
    host.address ?? "-",
    host.zone ?? "-",
    host.tags.map((tag) => `${tag.Key}=${tag.Value}`).join(" ") || "-",
  ]);
  return formatTable(["NAME", "ID", "STATE", "LAST SEEN", "ADDRESS", "ZONE", "TAGS"], rows);
}
