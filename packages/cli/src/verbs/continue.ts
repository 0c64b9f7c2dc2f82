import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { actWithReason, addReasonOption, type ReasonOptions } from "../deployment/reason-option.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";

interface ContinueOptions extends ClientOptions, ReasonOptions {
  readonly termination?: boolean;
}

export function define(command: Command): void {
  command
    .argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E")
    .option(
      "--termination",
      "end the wait before the original hosts are terminated or the original task set is removed; without it, the wait before traffic moves",
    );
  addReasonOption(command);
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
    if (options.reason !== undefined) {
      const action = options.termination ? "skip-wait" : "continue";
      await actWithReason(connection, { deploymentId, action, reason: options.reason }, options);
      return;
    }
    const deploymentWaitType = options.termination ? "TERMINATION_WAIT" : "READY_WAIT";
    await connection.codeDeploy.call("ContinueDeployment", { deploymentId, deploymentWaitType });
    if (options.json) printJson({ deploymentId, deploymentWaitType });
    else
      print(
        `${deploymentId}: ${options.termination ? "what the deployment replaced is terminated now" : "the traffic moves now"}`,
      );
  });
}
