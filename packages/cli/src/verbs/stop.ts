import type { Command } from "commander";
import { connect } from "../connection.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../options.ts";
import { print, printJson } from "../output.ts";

export function define(command: Command): void {
  command.argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E");
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice stop d-A1B2C3D4E --data .sluice/up");
  command.addHelpText(
    "after",
    "\nNo host starts another event. Running scripts have 60 s to end; after that the deployment ends and reports their results as unknown. Waits for a load balancer end at once.",
  );
  command.action(async (deploymentId: string, options: ClientOptions) => {
    using connection = connect(options);
    const answer = await connection.codeDeploy.call("StopDeployment", { deploymentId });
    if (options.json) printJson(answer);
    else print(`${deploymentId}: ${answer.statusMessage ?? answer.status ?? "stopping"}`);
  });
}
