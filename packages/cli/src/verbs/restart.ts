import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { showProgress } from "../progress/show-progress.ts";

interface RestartOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
  readonly config?: string;
  readonly description?: string;
  readonly ignoreApplicationStopFailures?: boolean;
  readonly watch?: boolean;
}

export function define(command: Command): void {
  command
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group")
    .option("--config <name>", "a deployment config instead of the group's, such as CodeDeployDefault.AllAtOnce")
    .option("--description <text>", "a comment on the deployment")
    .option("--ignore-application-stop-failures", "go on when ApplicationStop fails")
    .option("--watch", "follow the deployment; exit with 0 only if it succeeds");
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice restart --application web --group demo --watch --data .sluice/up");
  command.addHelpText(
    "after",
    "\nA deployment with deploymentMode RESTART: the scripts of ApplicationStop, ApplicationStart and ValidateService run again, from the revision that is on the hosts. Nothing is downloaded or installed. sluice plan --restart shows which hosts can be restarted.",
  );
  command.action(async (options: RestartOptions) => {
    using connection = connect(options);
    const { deploymentId } = await connection.codeDeploy.call("CreateDeployment", {
      applicationName: options.application,
      deploymentGroupName: options.group,
      deploymentMode: "RESTART",
      ...(options.config === undefined ? {} : { deploymentConfigName: options.config }),
      ...(options.description === undefined ? {} : { description: options.description }),
      ...(options.ignoreApplicationStopFailures ? { ignoreApplicationStopFailures: true } : {}),
    });
    if (deploymentId === undefined) throw new Error("CreateDeployment answered without a deployment id");
    if (options.watch) process.exitCode = await showProgress(connection, deploymentId, { json: options.json ?? false });
    else if (options.json) printJson({ deploymentId });
    else print(deploymentId);
  });
}
