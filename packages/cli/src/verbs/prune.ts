import { formatBytes } from "@sluice/model/byte-size.ts";
import type { OrphanedLogs, PruneDeploymentsOutput, PrunedGroup } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { CommandFailed } from "../command-failed.ts";
import { print, printError, printJson } from "../output.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { formatTable } from "../terminal/printing.ts";

interface PruneOptions extends ClientOptions {
  readonly dryRun?: boolean;
}

export function define(command: Command): void {
  command.option("--dry-run", "list what would be removed, and remove nothing");
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice prune --dry-run --data /var/lib/sluice", "sluice prune --data /var/lib/sluice");
  command.addHelpText(
    "after",
    "\nThe server does this automatically once an hour, with the section `retention` of its sluice.yml; without that section, a deployment is removed a year after its end. Deployments that a group, a rollback or a host still needs are kept.",
  );
  command.action(async (options: PruneOptions) => {
    using connection = connect(options);
    const { groups, orphanedLogs, failure } = options.dryRun
      ? await connection.sluice.call("PruneDeployments", { dryRun: true })
      : await pruneAll(connection);
    if (options.json) printJson(groups);
    else if (groups.length === 0 && !orphanedLogs && failure === undefined)
      print("Nothing to remove: no deployment is older than its retention.");
    else if (groups.length > 0) print(options.dryRun ? formatPreview(groups) : formatPruned(groups));
    if (orphanedLogs) {
      const text = formatOrphaned(orphanedLogs, options.dryRun ? "would be removed" : "were removed");
      if (options.json) printError(text);
      else print(text);
    }
    if (failure !== undefined) throw new CommandFailed(`not everything was pruned: ${failure}`);
  });
}

async function pruneAll({ sluice }: Connection): Promise<PruneDeploymentsOutput> {
  let answer = await sluice.call("PruneDeployments", {});
  while (!answer.isDone) answer = await sluice.call("PruneDeployments", { pass: answer.pass });
  return answer;
}

function formatPreview(groups: readonly PrunedGroup[]): string {
  return formatTable(
    ["GROUP", "DEPLOYMENTS", "OLDEST", "DATABASE", "LOGS"],
    groups.map((group) => [
      nameOf(group),
      String(group.deployments),
      group.oldestCreatedAt?.toISOString() ?? "",
      `about ${formatBytes(group.databaseBytes ?? 0)}`,
      `about ${formatBytes(group.logBytes ?? 0)}`,
    ]),
  );
}

function formatPruned(groups: readonly PrunedGroup[]): string {
  return formatTable(
    ["GROUP", "REMOVED"],
    groups.map((group) => [nameOf(group), String(group.deployments)]),
  );
}

function formatOrphaned({ deployments, deploymentIds, logBytes }: OrphanedLogs, what: string): string {
  const others = deployments - deploymentIds.length;
  const names = `${deploymentIds.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
  return `Logs without a deployment in the database ${what} (${deployments}, about ${formatBytes(logBytes)}): ${names}`;
}

function nameOf({ applicationName, deploymentGroupName }: PrunedGroup): string {
  return `${applicationName}/${deploymentGroupName}`;
}
