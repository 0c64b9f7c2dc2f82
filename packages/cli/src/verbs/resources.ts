import type { ListShiftResourcesOutput } from "@sluice/wire/sluice/console-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { formatTable } from "../terminal/printing.ts";

export function define(command: Command): void {
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice resources --data .sluice/up", "sluice resources --json");
  command.addHelpText("after", "\nAWS's own services and functions are not listed: groups name them all the same.");
  command.action(async (options: ClientOptions) => {
    using connection = connect(options);
    const resources = await connection.sluice.call("ListShiftResources", {});
    if (options.json) printJson(resources);
    else print(formatResources(resources));
  });
}

function formatResources({ cut, ...resources }: ListShiftResourcesOutput): string {
  const { services, taskDefinitions, targetGroups, listeners, functions, bindings } = resources;
  const tables = [
    table(
      ["SERVICE"],
      services.map(({ clusterName, serviceName }) => [`${clusterName}/${serviceName}`]),
    ),
    table(
      ["TASK DEFINITION"],
      taskDefinitions.map((name) => [name]),
    ),
    table(
      ["TARGET GROUP", "TARGETS", "ARN"],
      targetGroups.map(({ name, targetType, arn }) => [name, targetType, arn]),
    ),
    table(
      ["LISTENER OF", "PORT", "ARN"],
      listeners.map(({ loadBalancerName, port, arn }) => [loadBalancerName, String(port), arn]),
    ),
    table(
      ["FUNCTION", "ALIASES", "VERSIONS"],
      functions.map(({ name, aliases, versions }) => [
        name,
        aliases.map((alias) => `${alias.name}=${alias.version}`).join(" ") || "-",
        versions.join(" ") || "-",
      ]),
    ),
    table(
      ["BINDING", "DRIVER", "MATCH"],
      bindings.map(({ port, driver, match }) => [port, driver, match]),
    ),
  ].filter((each) => each !== undefined);
  if (tables.length === 0) {
    return "This server has no services, load balancers or functions of its own, and sluice.yml binds none. See docs/reference/sluice-yml.md";
  }
  return [...tables, ...(cut ? ["There are more of a kind than are listed."] : [])].join("\n\n");
}

/** None without rows. */
function table(heading: readonly string[], rows: readonly (readonly string[])[]): string | undefined {
  return rows.length === 0 ? undefined : formatTable(heading, rows);
}
