import { visibleLine } from "@sluice/model/visible-text.ts";
import type { FailureCluster } from "@sluice/wire/sluice/console-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { countHosts, visibleHost } from "../terminal/printing.ts";

/** Hosts of one cause that are named; the others are counted. */
const MAX_NAMED_HOSTS = 5;

export function define(command: Command): void {
  command.argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E");
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice failures d-A1B2C3D4E --data .sluice/up");
  command.addHelpText(
    "after",
    "\nHosts of which the logs say the same stand together, whatever their times, addresses and numbers; what failed first comes first. Hosts that were skipped, or stopped with the deployment, did not fail. The line that tells why is marked with >.",
  );
  command.action(async (deploymentId: string, options: ClientOptions) => {
    using connection = connect(options);
    const { clusters } = await connection.sluice.call("ListFailureClusters", { deploymentId });
    if (options.json) printJson(clusters);
    else if (clusters.length === 0) print(`Nothing failed in ${deploymentId}.`);
    else print(clusters.map(formatCluster).join("\n\n"));
  });
}

export function formatCluster({
  line,
  lifecycleEvent,
  errorCode,
  scriptName,
  targetIds,
  hostNames,
  sample,
}: FailureCluster): string {
  const hosts = targetIds.map((id, index) => visibleHost(hostNames[index] ?? id, id));
  const named = hosts.slice(0, MAX_NAMED_HOSTS).join(", ");
  const more = hosts.length > MAX_NAMED_HOSTS ? `, and ${hosts.length - MAX_NAMED_HOSTS} more` : "";
  const at = sample.lastIndexOf(line);
  return [
    `${countHosts(hosts.length)} in ${lifecycleEvent}: ${visibleLine(line)}`,
    `  ${errorCode}${scriptName === undefined ? "" : `, script ${visibleLine(scriptName)}`}`,
    `  ${named}${more}`,
    ...sample.map((each, index) => `  ${index === at ? ">" : "|"} ${visibleLine(each)}`),
  ].join("\n");
}
