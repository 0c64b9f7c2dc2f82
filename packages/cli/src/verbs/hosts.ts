import { revisionName } from "@sluice/model/revision-name.ts";
import type { DeploymentSummary, GetHostOutput, HostRevision } from "@sluice/wire/sluice/console-api.ts";
import type { HostSummary, Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { type Command, Option } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../arguments/options.ts";
import { type AwsAgentOptions, addAwsAgent } from "../aws-agent/add-aws-agent.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printError, printJson } from "../output.ts";
import { listHosts } from "../place/listings.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { formatAge, formatFields, formatTable, formatTags, visibleHost } from "../terminal/printing.ts";

interface ListOptions extends ClientOptions {
  readonly all?: boolean;
}

interface AddOptions extends ClientOptions, AwsAgentOptions {
  readonly instanceId?: string;
  readonly tag?: readonly Tag[];
  readonly zone?: string;
  readonly awsAgent?: boolean;
  readonly json?: boolean;
}

export function define(command: Command): void {
  defineList(command);
  defineShow(command);
  defineTag(command);
  defineUntag(command);
  defineAdd(command);
  defineRemove(command);
}

function defineList(parent: Command): void {
  const list = parent.command("list", { isDefault: true }).description("list the hosts and their states");
  list.option("--all", "also list removed hosts");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice hosts list --data .sluice/up");
  list.action(async (options: ListOptions) => {
    using connection = connect(options);
    const { hosts, trouble } = await listHosts(connection.sluice, { includeRetired: options.all ?? false });
    if (trouble !== undefined) printError(trouble);
    for (const { clockTrouble } of hosts) if (clockTrouble !== undefined) printError(clockTrouble);
    if (options.json) printJson(hosts);
    else
      print(
        hosts.length === 0 ? "No hosts. Enrol one: see sluice token create --help" : formatHosts(hosts, new Date()),
      );
  });
}

function defineShow(parent: Command): void {
  const show = parent
    .command("show")
    .description("show a host: why it is not alive, what is on it, and its latest deployments");
  show.argument("<host>", "the host's name or id");
  addJsonOption(addClientOptions(show));
  addExamples(show, "sluice hosts show web-1 --data .sluice/up");
  show.action(async (name: string, options: ClientOptions) => {
    using connection = connect(options);
    const { host, ...others } = await connection.sluice.call("GetHost", { host: name });
    if (options.json) printJson({ ...host, ...others });
    else print(formatHost({ host, ...others }, new Date()));
  });
}

function defineTag(parent: Command): void {
  const tag = parent.command("tag").description("set tags on a host");
  tag.argument("<host>", "the host's name or id");
  tag.argument("<key=value...>", "the tags", collectTag);
  addJsonOption(addClientOptions(tag));
  addExamples(tag, "sluice hosts tag web-1 Environment=prod Role=web --data .sluice/up");
  tag.addHelpText("after", "\nGroups use the new tags from the next deployment on.");
  tag.action(async (name: string, tags: readonly Tag[], options: ClientOptions) => {
    using connection = connect(options);
    const { host } = await connection.sluice.call("TagHost", { host: name, tags });
    if (options.json) printJson(host);
    else print(formatTagged(host));
  });
}

function defineUntag(parent: Command): void {
  const untag = parent.command("untag").description("remove tags from a host");
  untag.argument("<host>", "the host's name or id");
  untag.argument("<key...>", "the tags' keys");
  addJsonOption(addClientOptions(untag));
  addExamples(untag, "sluice hosts untag web-1 Role --data .sluice/up");
  untag.action(async (name: string, tagKeys: readonly string[], options: ClientOptions) => {
    using connection = connect(options);
    const before = await findHost(connection, name);
    const { host } = await connection.sluice.call("UntagHost", { host: name, tagKeys });
    const missing = before === undefined ? [] : tagKeys.filter((key) => !before.tags.some(({ Key }) => Key === key));
    for (const key of missing) printError(`${visibleHost(host.hostName, host.hostId)} had no tag ${key}`);
    if (options.json) printJson(host);
    else print(formatTagged(host));
  });
}

function defineAdd(parent: Command): void {
  const add = parent
    .command("add")
    .description("declare a host that enrols later: deployments target it, and it is dark until it polls");
  add
    .argument("<name>", "the name with which the host enrols")
    .option("--instance-id <id>", "its EC2 instance id, for fleet bindings (default: a new id)")
    .option("--tag <key=value>", "a tag (repeatable)", collectTag)
    .option("--zone <zone>", "the host's zone")
    .addOption(
      new Option(
        "--aws-agent",
        "register an on-premises instance that runs AWS's own agent, and print the agent's files with the least key",
      ).conflicts(["instanceId", "zone"]),
    )
    .option("--out <dir>", "with --aws-agent: write the files to a new directory, with a script that installs them")
    .option(
      "--server <url>",
      "with --aws-agent: the server's address as the host reaches it (default: the connection's)",
    )
    .option(
      "--s3-endpoint <url>",
      "with --aws-agent: where the agent asks for buckets (default: the server's IP address)",
    );
  addJsonOption(addClientOptions(add));
  addExamples(
    add,
    "sluice hosts add web-4 --tag Environment=prod --zone rack-2 --data .sluice/up",
    "sluice hosts add db-1 --aws-agent --tag Environment=prod --server https://deploy.example.org:7450 --out db-1-agent",
  );
  add.action(async (hostName: string, options: AddOptions) => {
    const lonely = (["out", "server", "s3Endpoint"] as const).find((name) => options[name] !== undefined);
    if (!options.awsAgent && lonely !== undefined) {
      const option = lonely === "s3Endpoint" ? "--s3-endpoint" : `--${lonely}`;
      throw new CommandFailed(`${option} is for --aws-agent: give both, or leave it out`, { exitStatus: EXIT_USAGE });
    }
    using connection = connect(options);
    if (options.awsAgent) {
      await addAwsAgent(connection, hostName, options);
      return;
    }
    const { instanceId, tag: tags, zone } = options;
    const { host } = await connection.sluice.call("DeclareHost", { hostName, instanceId, tags, zone });
    if (options.json) printJson(host);
    else print(`${visibleHost(host.hostName, host.hostId)} is declared`);
  });
}

function defineRemove(parent: Command): void {
  const remove = parent
    .command("remove")
    .description("remove a host: deployments no longer target it, and its key is refused");
  remove.argument("<host>", "the host's name or id");
  addJsonOption(addClientOptions(remove));
  addExamples(remove, "sluice hosts remove web-4 --data .sluice/up");
  remove.action(async (name: string, options: ClientOptions) => {
    using connection = connect(options);
    const { host } = await connection.sluice.call("RemoveHost", { host: name });
    if (options.json) printJson(host);
    else print(`${visibleHost(host.hostName, host.hostId)} is removed`);
  });
}

async function findHost(connection: Connection, name: string): Promise<HostSummary | undefined> {
  const { hosts } = await listHosts(connection.sluice, { includeRetired: true });
  const named = hosts.filter(({ hostId, hostName }) => hostId === name || hostName === name);
  // The name of a removed host may be another's today.
  return named.find(({ state }) => state !== "retired") ?? named[0];
}

function formatTagged(host: HostSummary): string {
  return `${visibleHost(host.hostName, host.hostId)}: ${formatTags(host.tags) || "no tags"}`;
}

function formatHost({ host, trouble, command, revisions, deployments }: GetHostOutput, now: Date): string {
  const parts = [formatFields(hostFields(host, now))];
  if (trouble !== undefined) parts.push(command === undefined ? trouble : `${trouble} On the host:\n  ${command}`);
  if (revisions.length > 0) parts.push(formatRevisions(revisions));
  if (deployments.length > 0) parts.push(formatDeployments(deployments, now));
  return parts.join("\n\n");
}

function hostFields(host: HostSummary, now: Date): readonly (readonly [label: string, value: string | undefined])[] {
  return [
    ["name", host.hostName],
    ["id", host.hostId],
    ["kind", host.kind],
    ["state", host.state],
    ["last seen", lastSeen(host, now)],
    ["tags", formatTags(host.tags) || "none"],
    ["address", host.address],
    ["zone", host.zone],
    ["agent", host.agentVersion],
    ["declared", host.declaredAt.toISOString()],
    ["enrolled", host.enrolledAt?.toISOString()],
    ["commands", String(host.runningCommands)],
    ["clock", host.clockTrouble],
  ];
}

/** What the last attempt of each group left on the host. */
function formatRevisions(revisions: readonly HostRevision[]): string {
  const rows = revisions.map(
    ({ applicationName, deploymentGroupName, deploymentId, revision, isHealthy, standing }) => [
      applicationName,
      deploymentGroupName,
      isHealthy ? standing.toLowerCase() : "failed",
      deploymentId,
      revision ? revisionName(revision) : "-",
    ],
  );
  return formatTable(["APPLICATION", "GROUP", "ON IT", "BY", "REVISION"], rows);
}

function formatDeployments(deployments: readonly DeploymentSummary[], now: Date): string {
  const rows = deployments.map(({ deploymentId, applicationName, deploymentGroupName, status, createdAt }) => [
    deploymentId,
    applicationName,
    deploymentGroupName,
    status,
    formatAge(now.getTime() - createdAt.getTime()),
  ]);
  return formatTable(["DEPLOYMENT", "APPLICATION", "GROUP", "STATUS", "CREATED"], rows);
}

function lastSeen({ lastSeenAt }: HostSummary, now: Date): string {
  return lastSeenAt === undefined ? "never" : formatAge(now.getTime() - lastSeenAt.getTime());
}

function formatHosts(hosts: readonly HostSummary[], now: Date): string {
  const rows = hosts.map((host) => [
    host.hostName,
    host.hostId,
    host.state,
    lastSeen(host, now),
    host.address ?? "-",
    host.zone ?? "-",
    formatTags(host.tags) || "-",
  ]);
  return formatTable(["NAME", "ID", "STATE", "LAST SEEN", "ADDRESS", "ZONE", "TAGS"], rows);
}
