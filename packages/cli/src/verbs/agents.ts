import type { AgentUpgrade } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { type Command, InvalidArgumentError } from "commander";
import { beginLine, upgradeLine } from "../agents/upgrade-words.ts";
import { watchUpgrade } from "../agents/watch-upgrade.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectText } from "../arguments/options.ts";
import { print, printJson, printJsonLine } from "../output.ts";
import { allPages, collected } from "../place/all-pages.ts";
import { listHosts } from "../place/listings.ts";
import { connect } from "../place/server-connection.ts";
import { countHosts, formatAge, formatTable } from "../terminal/printing.ts";

interface UpgradeOptions extends ClientOptions {
  readonly group?: { readonly applicationName: string; readonly deploymentGroupName: string };
  readonly host?: readonly string[];
  readonly version?: string;
  readonly allowDowngrade?: boolean;
  readonly batch?: string;
  readonly watch: boolean;
}

export function define(command: Command): void {
  defineList(command);
  defineUpgrade(command);
  defineWatch(command);
  defineUpgrades(command);
  defineStop(command);
}

function defineList(parent: Command): void {
  const list = parent
    .command("list", { isDefault: true })
    .description("list the agents of the hosts: their versions, and who is behind the server");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice agents list --data .sluice/up");
  list.action(async (options: ClientOptions) => {
    using connection = connect(options);
    const { hosts } = await listHosts(connection.sluice, { includeRetired: false });
    if (options.json) printJson(hosts.map(agentOf));
    else print(hosts.length === 0 ? "No hosts. Enrol one: see sluice token create --help" : formatAgents(hosts));
  });
}

function defineUpgrade(parent: Command): void {
  const upgrade = parent
    .command("upgrade")
    .description("give the hosts' agents another version, some hosts at a time, and watch it until its end");
  upgrade
    .option("--group <application/group>", "the hosts of a deployment group (default: all hosts)", parseGroup)
    .option("--host <name>", "a host, by name or id (repeatable)", collectText)
    .option("--version <version>", "the version (default: the server's own)")
    .option("--allow-downgrade", "also replace a later version by an earlier one")
    .option("--batch <n>", "hosts at a time, as a number (3) or a share (10%) (default: 10%, at least one)")
    .option("--no-watch", "return as soon as it has begun");
  addJsonOption(addClientOptions(upgrade));
  addExamples(upgrade, "sluice agents upgrade --data .sluice/up", "sluice agents upgrade --group shop/prod --batch 2");
  upgrade.addHelpText(
    "after",
    "\nA deployment group never has more hosts away at a time than its configuration allows. It stops at the first host that fails; that host\n" +
      "runs its former agent again. Exits with 0 only if every host has the version. Ctrl-C leaves the upgrade running.",
  );
  upgrade.action(async (options: UpgradeOptions) => {
    using connection = connect(options);
    const { group, host: hosts, version, allowDowngrade, batch } = options;
    const input = { ...group, hosts, version, allowDowngrade, batch };
    const { upgrade: begun } = await connection.sluice.call("StartAgentUpgrade", input);
    if (options.json) printJsonLine({ type: "upgrade", ...begun });
    else print(beginLine(begun));
    if (options.watch) process.exitCode = await watchUpgrade(connection.sluice, begun.upgradeId, options.json ?? false);
  });
}

function defineWatch(parent: Command): void {
  const watch = parent.command("watch").description("follow an upgrade of agents until it ends");
  watch.argument("[upgrade]", "its id, such as u-A1B2C3D4E (default: the latest one)");
  addJsonOption(addClientOptions(watch));
  addExamples(watch, "sluice agents watch --data .sluice/up");
  watch.addHelpText("after", "\nExits as `sluice agents upgrade` does.");
  watch.action(async (id: string | undefined, options: ClientOptions) => {
    using connection = connect(options);
    const { upgrade } = await connection.sluice.call("GetAgentUpgrade", { upgradeId: id, changedSince: new Date() });
    if (options.json) printJsonLine({ type: "upgrade", ...upgrade });
    else print(beginLine(upgrade));
    process.exitCode = await watchUpgrade(connection.sluice, upgrade.upgradeId, options.json ?? false);
  });
}

function defineUpgrades(parent: Command): void {
  const upgrades = parent.command("upgrades").description("list the upgrades of agents, the latest first");
  addJsonOption(addClientOptions(upgrades));
  addExamples(upgrades, "sluice agents upgrades --data .sluice/up");
  upgrades.action(async (options: ClientOptions) => {
    using connection = connect(options);
    const found = await collected(
      allPages(
        (nextToken) => connection.sluice.call("ListAgentUpgrades", { nextToken }),
        ({ upgrades }) => upgrades,
      ),
    );
    if (options.json) printJson(found);
    else
      print(found.length === 0 ? "No upgrades. Start one: sluice agents upgrade" : formatUpgrades(found, new Date()));
  });
}

function defineStop(parent: Command): void {
  const stop = parent
    .command("stop-upgrade")
    .description("stop an upgrade of agents: no further host begins, and those that have begun end by themselves");
  stop.argument("[upgrade]", "its id (default: the one that runs)");
  addJsonOption(addClientOptions(stop));
  addExamples(stop, "sluice agents stop-upgrade --data .sluice/up");
  stop.action(async (id: string | undefined, options: ClientOptions) => {
    using connection = connect(options);
    const { upgrade } = await connection.sluice.call("StopAgentUpgrade", { upgradeId: id });
    if (options.json) printJson(upgrade);
    else print(upgradeLine(upgrade));
  });
}

/** `shop/prod`. Names have no slash. */
function parseGroup(text: string): { applicationName: string; deploymentGroupName: string } {
  const [applicationName, deploymentGroupName, ...rest] = text.split("/");
  if (applicationName && deploymentGroupName && rest.length === 0) return { applicationName, deploymentGroupName };
  throw new InvalidArgumentError(`"${text}" is not APPLICATION/GROUP, such as shop/prod`);
}

function agentOf({ hostId, hostName, state, agentVersion, isAgentBehind = false }: HostSummary) {
  return { hostId, hostName, state, agentVersion, isAgentBehind };
}

function formatAgents(hosts: readonly HostSummary[]): string {
  const rows = hosts.map((host) => [
    host.hostName,
    host.hostId,
    host.state,
    host.agentVersion ?? "-",
    host.isAgentBehind ? "behind" : "",
  ]);
  const behind = hosts.filter(({ isAgentBehind }) => isAgentBehind).length;
  const summary =
    behind === 0
      ? "No agent is behind the server."
      : `The agents of ${countHosts(behind)} are behind the server: sluice agents upgrade`;
  return `${formatTable(["HOST", "ID", "STATE", "AGENT", ""], rows)}\n${summary}`;
}

function formatUpgrades(upgrades: readonly AgentUpgrade[], now: Date): string {
  const rows = upgrades.map(({ upgradeId, version, status, counts, createdAt, reason }) => [
    upgradeId,
    version,
    status,
    `${counts.done}/${Object.values(counts).reduce((sum, count) => sum + count, 0)}`,
    formatAge(now.getTime() - createdAt.getTime()),
    reason ?? "",
  ]);
  return formatTable(["UPGRADE", "VERSION", "STATUS", "DONE", "BEGAN", "REASON"], rows);
}
