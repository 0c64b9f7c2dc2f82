import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";

interface ContinueOptions extends ClientOptions {
  readonly termination?: boolean;
}

export function define(command: Command): void {
  command
    .argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E")
    .option(
      "--termination",
      "end the wait before the original hosts are terminated or the original task set is removed; without it, the wait before traffic moves",
    );
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice continue d-A1B2C3D4E --data .sluice/up",
    "sluice continue d-A1B2C3D4E --termination --data .sluice/up",
  );
  command.addHelpText(
    "after",
    "\nFor a blue/green deployment in the state Ready: the traffic moves to the replacement hosts, or to the replacement task set.",
  );
  command.action(async (deploymentId: string, options: ContinueOptions) => {
    using connection = connect(options);
    const deploymentWaitType = options.termination ? "TERMINATION_WAIT" : "READY_WAIT";
    await connection.codeDeploy.call("ContinueDeployment", { deploymentId, deploymentWaitType });
    if (options.json) printJson({ deploymentId, deploymentWaitType });
    else
      print(
        `${deploymentId}: ${options.termination ? "what the deployment replaced is terminated now" : "the traffic moves now"}`,
      );
  });
}
