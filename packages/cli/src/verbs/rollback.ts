import { ROLLBACK_DESCRIPTION_PREFIX } from "@sluice/model/rollback-description.ts";
import { shellWord } from "@sluice/model/shell-word.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../arguments/options.ts";
import { addReasonOption, type ReasonOptions } from "../deployment/reason-option.ts";
import { type Destination, describe, findDestination } from "../deployment/rollback-destination.ts";
import { createWith, replacementsWith } from "../deployment/target-instances.ts";
import { print, printJson } from "../output.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { showProgress } from "../progress/show-progress.ts";
import { confirm } from "../terminal/confirm.ts";

interface RollbackOptions extends ClientOptions, ReasonOptions {
  readonly application: string;
  readonly group: string;
  readonly to?: string;
  readonly targetTag?: readonly Tag[];
  readonly watch?: boolean;
  readonly yes?: boolean;
}

export function define(command: Command): void {
  command
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group")
    .option(
      "--to <deployment>",
      "the deployment whose revision to deploy again (default: the last successful one before)",
    )
    .option("--target-tag <key=value>", "blue/green groups: a tag of the hosts to deploy to (repeatable)", collectTag)
    .option("--watch", "follow the deployment; exit with 0 only if it succeeds")
    .option("--yes", "do not ask for confirmation; required without a terminal");
  addReasonOption(command);
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice rollback --application web --group demo --watch --data .sluice/up",
    "sluice rollback --application web --group demo --to d-A1B2C3D4E --yes",
  );
  command.addHelpText(
    "after",
    "\nAfter a deployment that failed or was stopped, the last successful revision is deployed again; after one that succeeded, the last revision that differs from the current one. A second rollback does not go further back: name a deployment with --to. If a blue/green deployment still keeps its original hosts, or one to ECS its original task set, sluice stop DEPLOYMENT --rollback moves the traffic back without installing anything.",
  );
  command.action(async (options: RollbackOptions) => {
    using connection = connect(options);
    const destination = await findDestination(connection.codeDeploy, options, connection.dataDirectory);
    await confirm({
      what: `${options.application}/${options.group} will be rolled back to ${describe(destination)}`,
      isGiven: options.yes ?? false,
      command: commandLine(options),
    });
    const deploymentId = await createWith(options.targetTag, () => rollBack(connection, destination, options));
    if (options.watch) process.exitCode = await showProgress(connection, deploymentId, { json: options.json ?? false });
    else if (options.json) printJson({ deploymentId });
    else print(deploymentId);
  });
}

/** With a reason by the operation that keeps it, with the deployment that is taken back and with the new one. Returns the new one's id. */
async function rollBack(
  { codeDeploy, sluice }: Connection,
  destination: Destination,
  { application, group, reason, targetTag }: RollbackOptions,
): Promise<string> {
  const names = { applicationName: application, deploymentGroupName: group };
  if (reason !== undefined) {
    const { deploymentGroupInfo: info } = await codeDeploy.call("GetDeploymentGroup", names);
    const { createdDeploymentId } = await sluice.call("ActOnDeployment", {
      deploymentId: info?.lastAttemptedDeployment?.deploymentId ?? destination.deploymentId,
      action: "roll-back",
      toDeploymentId: destination.deploymentId,
      ...replacementsWith(targetTag),
      reason,
    });
    if (createdDeploymentId === undefined) throw new Error("ActOnDeployment answered without a deployment id");
    return createdDeploymentId;
  }
  const { deploymentId } = await codeDeploy.call("CreateDeployment", {
    ...names,
    revision: destination.revision,
    ...replacementsWith(targetTag),
    description: `${ROLLBACK_DESCRIPTION_PREFIX}${destination.deploymentId}`,
  });
  if (deploymentId === undefined) throw new Error("CreateDeployment answered without a deployment id");
  return deploymentId;
}

function commandLine(options: RollbackOptions): string {
  const { application, group, to, targetTag = [], reason, watch, data } = options;
  const words = [
    ...["sluice", "rollback", "--application", application, "--group", group],
    ...(to === undefined ? [] : ["--to", to]),
    ...targetTag.flatMap(({ Key, Value }) => ["--target-tag", `${Key}=${Value}`]),
    ...(reason === undefined ? [] : ["--reason", reason]),
    ...(watch ? ["--watch"] : []),
    ...(data === undefined ? [] : ["--data", data]),
    "--yes",
  ];
  return words.map(shellWord).join(" ");
}
