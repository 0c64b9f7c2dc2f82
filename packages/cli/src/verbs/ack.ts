import type { RolledBackGroup } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { formatTable } from "../terminal/printing.ts";

interface AckOptions extends ClientOptions {
  readonly application?: string;
  readonly group?: string;
}

export function define(command: Command): void {
  command
    .option("--application <name>", "the application")
    .option("--group <name>", "the deployment group; without both options, groups that were rolled back are listed");
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice ack --data .sluice/up", "sluice ack --application web --group demo --data .sluice/up");
  command.addHelpText(
    "after",
    "\nA group that was rolled back is listed until a new deployment to it succeeds, or until you acknowledge it with this command.",
  );
  command.action(async (options: AckOptions) => {
    if ((options.application === undefined) !== (options.group === undefined)) {
      throw new CommandFailed("--application and --group go together: give both or neither", {
        exitStatus: EXIT_USAGE,
      });
    }
    using connection = connect(options);
    if (options.application === undefined || options.group === undefined) {
      const { groups } = await connection.sluice.call("ListRolledBackGroups", {});
      if (options.json) printJson(groups);
      else print(groups.length === 0 ? "No group is rolled back." : formatGroups(groups));
      return;
    }
    const answer = await connection.sluice.call("AcknowledgeRollback", {
      applicationName: options.application,
      deploymentGroupName: options.group,
    });
    if (options.json) printJson(answer);
    else if (answer.acknowledged) print(`${options.application}/${options.group}: acknowledged`);
    else print(`${options.application}/${options.group} was not rolled back, or is already acknowledged`);
  });
}

function formatGroups(groups: readonly RolledBackGroup[]): string {
  return formatTable(
    ["GROUP", "ROLLED BACK", "WHY", "BY", "ROLLBACK", "AT"],
    groups.map((group) => [
      `${group.applicationName}/${group.deploymentGroupName}`,
      group.deploymentId,
      group.reason,
      group.rollbackDeploymentId,
      group.rollbackStatus,
      group.at.toISOString(),
    ]),
  );
}
