import type { AutoRollbackConfiguration, FileExistsBehavior, RevisionLocation } from "@aws-sdk/client-codedeploy";
import { ENUMS } from "@sluice/wire/shapes/codedeploy-constraints.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { type Command, Option } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { requireServerPlatform } from "../deployment/deployable-platform.ts";
import { createWith, replacementsWith } from "../deployment/target-instances.ts";
import { parseRollbackEvents, ROLLBACK_EVENTS_HELP } from "../groups/rollback-events.ts";
import { print, printJson } from "../output.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { showProgress } from "../progress/show-progress.ts";
import { parseGitHubLocation } from "../revision/git-hub-location.ts";
import { checkBeforeUpload } from "../revision/lint-directory.ts";
import { type LocalBundle, localBundle } from "../revision/local-bundle.ts";
import { pushBundle, REVISIONS_BUCKET_DEFAULT } from "../revision/push-bundle.ts";
import { parseS3Location } from "../revision/s3-location.ts";

interface DeployOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
  readonly watch?: boolean;
  readonly s3Location?: RevisionLocation;
  readonly githubLocation?: RevisionLocation;
  readonly bucket: string;
  readonly config?: string;
  readonly description?: string;
  readonly targetTag?: readonly Tag[];
  readonly ignoreApplicationStopFailures?: boolean;
  readonly fileExistsBehavior?: FileExistsBehavior;
  readonly outdatedOnly?: boolean;
  readonly autoRollback?: AutoRollbackConfiguration;
  readonly lint: boolean;
}

/** What is deployed: packed here, or already where hosts can fetch it. */
type Source = { readonly bundle: LocalBundle } | { readonly revision: RevisionLocation };

export function define(command: Command): void {
  command
    .argument("[directory]", "what to deploy: the directory that contains appspec.yml, or a .zip, .tgz or .tar of it")
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group")
    .option("--watch", "follow the deployment; exit with 0 only if it succeeds")
    .option(
      "--s3-location <location>",
      "a bundle in a bucket: s3://BUCKET/KEY, or bucket=B,key=K,bundleType=zip",
      parseS3Location,
    )
    .option("--github-location <location>", "a commit on GitHub: OWNER/NAME@COMMIT", parseGitHubLocation)
    .option("--bucket <bucket>", "the bucket for the bundle; created if it is missing", REVISIONS_BUCKET_DEFAULT)
    .option("--config <name>", "a deployment config instead of the group's, such as CodeDeployDefault.AllAtOnce")
    .option("--description <text>", "a description of the revision and the deployment")
    .option("--target-tag <Key=Value>", "a tag of the replacement hosts of a blue/green group; repeatable", collectTag)
    .option("--ignore-application-stop-failures", "continue if ApplicationStop of the previous revision fails")
    .addOption(
      new Option(
        "--file-exists-behavior <behavior>",
        "what to do with an existing file that was not deployed (default: DISALLOW, the deployment fails)",
      ).choices(ENUMS.FileExistsBehavior),
    )
    .option("--outdated-only", "skip hosts that run the group's current revision")
    .option("--auto-rollback <events>", `instead of the group's: ${ROLLBACK_EVENTS_HELP}`, parseRollbackEvents)
    .option("--no-lint", "deploy a directory or an archive without checking its AppSpec and files");
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice deploy examples/web --application web --group demo --watch --data .sluice/up",
    "sluice deploy build/web.zip --application web --group demo --file-exists-behavior OVERWRITE",
    "sluice deploy --s3-location s3://sluice-revisions/web/web-1.tgz --application web --group demo",
    "sluice deploy --github-location acme/web@COMMIT --application web --group demo",
  );
  command.action(async (path: string | undefined, options: DeployOptions) => {
    const source = await readSource(path, options);
    using connection = connect(options);
    const deploymentId = await createDeployment(connection, source, options);
    if (options.watch) process.exitCode = await showProgress(connection, deploymentId, { json: options.json ?? false });
    else if (options.json) printJson({ deploymentId });
    else print(deploymentId);
  });
}

async function readSource(path: string | undefined, options: DeployOptions): Promise<Source> {
  const { s3Location, githubLocation } = options;
  const [revision] = [s3Location, githubLocation].filter((location) => location !== undefined);
  const given = [path, s3Location, githubLocation].filter((each) => each !== undefined);
  if (given.length !== 1) {
    const problem = given.length === 0 ? "nothing to deploy" : "more than one revision to deploy";
    throw new CommandFailed(`${problem}: give one of DIRECTORY, --s3-location, --github-location`, {
      exitStatus: EXIT_USAGE,
    });
  }
  if (path !== undefined && options.lint) await checkBeforeUpload(path, options);
  return revision === undefined ? { bundle: await localBundle(path ?? "") } : { revision };
}

async function createDeployment(connection: Connection, source: Source, options: DeployOptions): Promise<string> {
  const { codeDeploy } = connection;
  const target = { applicationName: options.application, deploymentGroupName: options.group };
  // Before anything is put anywhere: a wrong name is the likeliest mistake.
  requireServerPlatform((await codeDeploy.call("GetDeploymentGroup", target)).deploymentGroupInfo);
  const revision = "revision" in source ? source.revision : await pushed(connection, source.bundle, options);
  const description = options.description === undefined ? {} : { description: options.description };
  await codeDeploy.call("RegisterApplicationRevision", {
    applicationName: options.application,
    revision,
    ...description,
  });
  const { ignoreApplicationStopFailures, fileExistsBehavior, outdatedOnly, autoRollback } = options;
  const { deploymentId } = await createWith(options.targetTag, () =>
    codeDeploy.call("CreateDeployment", {
      ...target,
      revision,
      ...description,
      ...(options.config === undefined ? {} : { deploymentConfigName: options.config }),
      ...replacementsWith(options.targetTag),
      ...(ignoreApplicationStopFailures ? { ignoreApplicationStopFailures } : {}),
      ...(fileExistsBehavior === undefined ? {} : { fileExistsBehavior }),
      ...(outdatedOnly ? { updateOutdatedInstancesOnly: true } : {}),
      ...(autoRollback === undefined ? {} : { autoRollbackConfiguration: autoRollback }),
    }),
  );
  if (deploymentId === undefined) throw new Error("CreateDeployment answered without a deployment id");
  return deploymentId;
}

async function pushed(connection: Connection, bundle: LocalBundle, options: DeployOptions): Promise<RevisionLocation> {
  const { bytes, type } = bundle;
  const key = `${options.application}/${bundle.name}`;
  const { eTag, versionId } = await pushBundle(connection.server, { bucket: options.bucket, key, bytes, type });
  if (!options.json && options.watch) print(`s3://${options.bucket}/${key} (${bundle.size})`);
  const s3Location = {
    bucket: options.bucket,
    key,
    bundleType: type,
    ...(eTag === undefined ? {} : { eTag }),
    ...(versionId === undefined ? {} : { version: versionId }),
  };
  return { revisionType: "S3", s3Location };
}
