import type { DeploymentInfo, RevisionLocation } from "@aws-sdk/client-codedeploy";
import { revisionKey, type RevisionLocation as StoredRevisionLocation } from "@sluice/model/revision-location.ts";
import type { Tag } from "@sluice/wire/sluice/operations.ts";
import type { Command } from "commander";
import { CommandFailed } from "../command-failed.ts";
import { confirm } from "../confirm.ts";
import { type Connection, connect } from "../connection.ts";
import { requireServerPlatform } from "../groups/deployable-platform.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../options.ts";
import { print, printJson } from "../output.ts";
import { formatAge } from "../printing.ts";
import { showProgress } from "../progress/show-progress.ts";
import { revisionName } from "../revision/revision-name.ts";
import { createWith, replacementsWith } from "../revision/target-instances.ts";
import { shellWord } from "../shell-word.ts";

interface RollbackOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
  readonly to?: string;
  readonly targetTag?: readonly Tag[];
  readonly watch?: boolean;
  readonly yes?: boolean;
}

/** What is to run again. */
interface Destination {
  readonly revision: RevisionLocation;
  /** Of which it was the revision, and when that began. */
  readonly deploymentId: string;
  readonly at: Date | undefined;
}

/** How a deployment that this verb made describes itself: by it a second call knows that there was a first one. */
const DESCRIPTION_PREFIX = "Rollback to ";

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
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice rollback --application web --group demo --watch --data .sluice/up",
    "sluice rollback --application web --group demo --to d-A1B2C3D4E --yes",
  );
  command.addHelpText(
    "after",
    "\nAfter a deployment that failed or was stopped, the last successful revision is deployed again; after one that succeeded, the last revision that differs from the current one. A second rollback does not go further back: name a deployment with --to. If a blue/green deployment still keeps its original hosts, sluice stop moves the traffic back to them without installing anything.",
  );
  command.action(async (options: RollbackOptions) => {
    using connection = connect(options);
    const destination = await findDestination(connection, options);
    await confirm({
      what: `${options.application}/${options.group} will be rolled back to ${describe(destination)}`,
      isGiven: options.yes ?? false,
      command: commandLine(options),
    });
    const { deploymentId } = await createWith(options.targetTag, () =>
      connection.codeDeploy.call("CreateDeployment", {
        applicationName: options.application,
        deploymentGroupName: options.group,
        revision: destination.revision,
        ...replacementsWith(options.targetTag),
        description: `${DESCRIPTION_PREFIX}${destination.deploymentId}`,
      }),
    );
    if (deploymentId === undefined) throw new Error("CreateDeployment answered without a deployment id");
    if (options.watch) process.exitCode = await showProgress(connection, deploymentId, { json: options.json ?? false });
    else if (options.json) printJson({ deploymentId });
    else print(deploymentId);
  });
}

async function findDestination(
  { codeDeploy }: Connection,
  { application, group, to }: RollbackOptions,
): Promise<Destination> {
  if (to !== undefined) return destinationOf(await readDeployment(to), to);
  const { deploymentGroupInfo: info } = await codeDeploy.call("GetDeploymentGroup", {
    applicationName: application,
    deploymentGroupName: group,
  });
  requireServerPlatform(info);
  const { lastAttemptedDeployment: attempted, lastSuccessfulDeployment: successful, targetRevision } = info ?? {};
  if (successful?.deploymentId === undefined || targetRevision === undefined) {
    throw new CommandFailed(
      `group ${group} of ${application} has no successful deployment to roll back to. Deploy a revision that works: sluice deploy DIRECTORY --application ${application} --group ${group}`,
    );
  }
  if (attempted?.deploymentId !== successful.deploymentId) {
    return { revision: targetRevision, deploymentId: successful.deploymentId, at: successful.createTime };
  }
  const earlier = await lastOfAnotherRevision(keyOf(targetRevision));
  const current = await readDeployment(successful.deploymentId);
  if (isRollback(current)) {
    throw new CommandFailed(
      `group ${group} of ${application} already runs ${revisionName(targetRevision)}, which the rollback ${successful.deploymentId} deployed. ` +
        (earlier === undefined
          ? "No other revision was ever deployed successfully. To deploy one, name its deployment with --to"
          : `To roll back further, to ${describe(earlier)}: sluice rollback --application ${application} --group ${group} --to ${earlier.deploymentId}`),
    );
  }
  if (earlier !== undefined) return earlier;
  throw new CommandFailed(
    `group ${group} of ${application} has nothing to roll back to: it runs the revision of ${successful.deploymentId}, and no other revision was ever deployed successfully. Name a deployment with --to`,
  );

  /** A second deployment of what runs, and rollbacks, may lie in between. */
  async function lastOfAnotherRevision(runs: string): Promise<Destination | undefined> {
    for await (const deployment of successfulDeployments()) {
      const { creator, revision, deploymentId } = deployment;
      const isOther = revision !== undefined && keyOf(revision) !== runs;
      if (deploymentId && isOther && creator !== "codeDeployRollback") return destinationOf(deployment, deploymentId);
    }
    return undefined;
  }

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

function destinationOf({ revision, createTime }: DeploymentInfo, deploymentId: string): Destination {
  if (revision === undefined) throw new CommandFailed(`${deploymentId} has no revision`);
  return { revision, deploymentId, at: createTime };
}

/** By the server itself, or by this verb. */
function isRollback({ creator, description }: DeploymentInfo): boolean {
  return creator === "codeDeployRollback" || (description?.startsWith(DESCRIPTION_PREFIX) ?? false);
}

/** `s3://…, the revision of d-A1B2C3D4E (2026-11-28T10:00:00.000Z, 3 h ago)` */
function describe({ revision, deploymentId, at }: Destination): string {
  const when = at === undefined ? "" : ` (${at.toISOString()}, ${formatAge(Date.now() - at.getTime())})`;
  return `${revisionName(revision)}, the revision of ${deploymentId}${when}`;
}

function commandLine(options: RollbackOptions): string {
  const { application, group, to, targetTag = [], watch, data } = options;
  const words = [
    ...["sluice", "rollback", "--application", application, "--group", group],
    ...(to === undefined ? [] : ["--to", to]),
    ...targetTag.flatMap(({ Key, Value }) => ["--target-tag", `${Key}=${Value}`]),
    ...(watch ? ["--watch"] : []),
    ...(data === undefined ? [] : ["--data", data]),
    "--yes",
  ];
  return words.map(shellWord).join(" ");
}
