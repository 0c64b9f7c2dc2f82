import type { DeploymentInfo, RevisionLocation } from "@aws-sdk/client-codedeploy";
import { revisionKey, type RevisionLocation as StoredRevisionLocation } from "@sluice/model/revision-location.ts";
import type { Tag } from "@sluice/wire/sluice/operations.ts";
import type { Command } from "commander";
import { CommandFailed } from "../command-failed.ts";
import { type Connection, connect } from "../connection.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../options.ts";
import { print, printJson } from "../output.ts";
import { showProgress } from "../progress/show-progress.ts";
import { createWith, replacementsWith } from "../revision/target-instances.ts";

interface RollbackOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
  readonly to?: string;
  readonly targetTag?: readonly Tag[];
  readonly watch?: boolean;
}

export function define(command: Command): void {
  command
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group")
    .option("--to <deployment>", "the deployment whose revision is to run again (default: the last good one before)")
    .option("--target-tag <key=value>", "of a blue/green group: a tag of the hosts to go to (repeatable)", collectTag)
    .option("--watch", "follow the deployment; exit with 0 only if it succeeds");
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice rollback --application web --group demo --watch --data .sluice/up",
    "sluice rollback --application web --group demo --to d-A1B2C3D4E",
  );
  command.addHelpText(
    "after",
    "\nAfter a deployment that failed or was stopped, the last successful revision is deployed again; after one that succeeded, the last revision before it that is another one than what runs. A blue/green deployment that still keeps its original hosts goes back to them by sluice stop, which installs nothing.",
  );
  command.action(async (options: RollbackOptions) => {
    using connection = connect(options);
    const revision = await revisionToRunAgain(connection, options);
    const { deploymentId } = await createWith(options.targetTag, () =>
      connection.codeDeploy.call("CreateDeployment", {
        applicationName: options.application,
        deploymentGroupName: options.group,
        revision,
        ...replacementsWith(options.targetTag),
        description: options.to ? `Rollback to ${options.to}` : "Rollback to the previous revision",
      }),
    );
    if (deploymentId === undefined) throw new Error("CreateDeployment answered without a deployment id");
    if (options.watch) process.exitCode = await showProgress(connection, deploymentId, { json: options.json ?? false });
    else if (options.json) printJson({ deploymentId });
    else print(deploymentId);
  });
}

async function revisionToRunAgain(
  { codeDeploy }: Connection,
  { application, group, to }: RollbackOptions,
): Promise<RevisionLocation> {
  if (to !== undefined) return revisionOf(await readDeployment(to), to);
  const { deploymentGroupInfo: info } = await codeDeploy.call("GetDeploymentGroup", {
    applicationName: application,
    deploymentGroupName: group,
  });
  const { lastAttemptedDeployment: attempted, lastSuccessfulDeployment: successful, targetRevision } = info ?? {};
  if (successful?.deploymentId === undefined || targetRevision === undefined) {
    throw new CommandFailed(
      `group ${group} of ${application} has no successful deployment to go back to; deploy a revision that works`,
    );
  }
  if (attempted?.deploymentId !== successful.deploymentId) return targetRevision;
  const runs = keyOf(targetRevision);
  // A rollback or a second deployment of the same revision may lie in between, and what runs now is not what to go back to.
  for await (const { creator, revision } of successfulDeployments()) {
    if (revision && creator !== "codeDeployRollback" && keyOf(revision) !== runs) return revision;
  }
  throw new CommandFailed(
    `group ${group} of ${application} runs the revision of ${successful.deploymentId} and never had a successful deployment of another one: there is nothing to go back to. Name a deployment with --to`,
  );

  /** Newest first. */
  async function* successfulDeployments(): AsyncGenerator<DeploymentInfo> {
    let nextToken: string | undefined;
    do {
      const page = await codeDeploy.call("ListDeployments", {
        applicationName: application,
        deploymentGroupName: group,
        includeOnlyStatuses: ["Succeeded"],
        nextToken,
      });
      for (const deploymentId of page.deployments ?? []) yield readDeployment(deploymentId);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }

  async function readDeployment(deploymentId: string): Promise<DeploymentInfo> {
    const { deploymentInfo } = await codeDeploy.call("GetDeployment", { deploymentId });
    return deploymentInfo ?? {};
  }
}

function keyOf(location: RevisionLocation): string {
  return revisionKey(location as StoredRevisionLocation);
}

function revisionOf({ revision }: DeploymentInfo, deploymentId: string): RevisionLocation {
  if (revision === undefined) throw new CommandFailed(`${deploymentId} has no revision`);
  return revision;
}
