import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { connect } from "../place/server-connection.ts";
import { showProgress } from "../progress/show-progress.ts";

export function define(command: Command): void {
  command.argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E");
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice watch d-A1B2C3D4E --data .sluice/up");
  command.addHelpText("after", "\nExits with 0 only if the deployment succeeds. Ctrl-C leaves the deployment running.");
  command.action(async (deploymentId: string, options: ClientOptions) => {
    using connection = connect(options);
    process.exitCode = await showProgress(connection, deploymentId, { json: options.json ?? false });
  });
}
