import { shellWord } from "@sluice/model/shell-word.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { actWithReason, addReasonOption, type ReasonOptions } from "../deployment/reason-option.ts";
import { print, printJson } from "../output.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { DeploymentReader } from "../progress/deployment-view.ts";
import { stopLines } from "../progress/progress-lines.ts";

interface StopOptions extends ClientOptions, ReasonOptions {
  readonly rollback?: boolean;
}

const READ_TIMEOUT_MILLISECONDS = 10_000;

export function define(command: Command): void {
  command.argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E");
  command.option("--rollback", "roll the deployment back after the stop, whatever the group's automatic rollback says");
  command.option("--no-rollback", "leave everything as it stands after the stop, whatever it says");
  addReasonOption(command);
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice stop d-A1B2C3D4E --data .sluice/up",
    "sluice stop d-A1B2C3D4E --rollback --data .sluice/up",
    'sluice stop d-A1B2C3D4E --no-rollback --reason "the wrong build" --data .sluice/up',
  );
  command.addHelpText(
    "after",
    "\nTo hosts: no host starts another event. Running scripts have 60 s to end; after that the deployment ends and reports their results as unknown. Waits for a load balancer end at once. To an ECS service: no further traffic moves; a rollback moves all of it back to the original task set and removes the replacement, and without one both stay as they stand. To a Lambda function: no further traffic moves; a rollback gives all of it back to the version before, and without one the alias stays weighted, which the next deployment refuses. Without either option, a stopped deployment is rolled back only if its group has automatic rollback with DEPLOYMENT_STOP_ON_REQUEST. With --reason, say which of the two.",
  );
  command.action(async (deploymentId: string, options: StopOptions) => {
    const { rollback, reason } = options;
    if (reason !== undefined && rollback === undefined) {
      throw new CommandFailed("with --reason, say what is meant: add --rollback or --no-rollback", {
        exitStatus: EXIT_USAGE,
      });
    }
    using connection = connect(options);
    if (reason !== undefined) {
      const action = rollback ? "stop-and-roll-back" : "stop";
      await actWithReason(connection, { deploymentId, action, reason }, options);
      return;
    }
    const answer = await connection.codeDeploy.call("StopDeployment", {
      deploymentId,
      ...(rollback === undefined ? {} : { autoRollbackEnabled: rollback }),
    });
    if (options.json) {
      printJson(answer);
      return;
    }
    print(`${deploymentId}: ${answer.statusMessage ?? answer.status ?? "stopping"}`);
    if (answer.status !== "Pending") return;
    for (const line of await whatGoesOn(connection, deploymentId)) print(line);
    const data = connection.dataDirectory === undefined ? "" : ` --data ${shellWord(connection.dataDirectory)}`;
    print(`To follow it: sluice watch ${deploymentId}${data}`);
  });
}

async function whatGoesOn({ codeDeploy, sluice }: Connection, deploymentId: string): Promise<readonly string[]> {
  try {
    const reader = new DeploymentReader(codeDeploy, sluice, deploymentId);
    return stopLines(await reader.read(AbortSignal.timeout(READ_TIMEOUT_MILLISECONDS)));
  } catch {
    // The stop was accepted, and that is what the exit status says.
    return [];
  }
}
