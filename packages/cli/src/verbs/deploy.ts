import type {
  AutoRollbackConfiguration,
  DeploymentGroupInfo,
  FileExistsBehavior,
  RevisionLocation,
} from "@aws-sdk/client-codedeploy";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { REVISIONS_BUCKET_DEFAULT } from "@sluice/model/revisions-bucket.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { type Command, Option } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../arguments/options.ts";
import { type DeployablePlatform, requireDeployablePlatform } from "../deployment/deployable-platform.ts";
import { checkSource, type NamedSource, requireOneSource } from "../deployment/named-source.ts";

import { createWith, replacementsWith } from "../deployment/target-instances.ts";
import { registeredTaskDefinition } from "../deployment/task-definition-option.ts";
import { parseRollbackEvents, ROLLBACK_EVENTS_HELP } from "../groups/rollback-events.ts";
import { print, printJson } from "../output.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { showProgress } from "../progress/show-progress.ts";
import { appSpecRevision, readAppSpecFile } from "../revision/app-spec-file.ts";
import { parseGitHubLocation } from "../revision/git-hub-location.ts";
import { checkBeforeUpload } from "../revision/lint-directory.ts";
import { localBundle } from "../revision/local-bundle.ts";
import { pushBundle } from "../revision/push-bundle.ts";
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
  readonly taskDefinition?: string;
  readonly targetTag?: readonly Tag[];
  readonly ignoreApplicationStopFailures?: boolean;
  readonly fileExistsBehavior?: FileExistsBehavior;
  readonly outdatedOnly?: boolean;
  readonly autoRollback?: AutoRollbackConfiguration;
  readonly lint: boolean;
}

/** What stands for a task definition that is not registered yet. */
const ANY_TASK_DEFINITION = "any:1";

export function define(command: Command): void {
  command
    .argument(
      "[path]",
      "what to deploy: to hosts the directory that contains appspec.yml, or a .zip, .tgz or .tar of it; to ECS and Lambda the AppSpec file (.yml, .yaml, .json)",
    )
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
    .option(
      "--task-definition <definition>",
      "ECS: replaces the AppSpec's TaskDefinition; FAMILY:REVISION, an ARN, or a .json file to register",
    )
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
    "sluice deploy appspec.yml --task-definition task-definition.json --application shop --group live --watch",
    "sluice deploy charge.yml --application functions --group live --config CodeDeployDefault.LambdaCanary10Percent5Minutes",
  );
  command.action(async (path: string | undefined, options: DeployOptions) => {
    const source = requireOneSource(path, options);
    using connection = connect(options);
    const deploymentId = await createDeployment(connection, source, options);
    if (options.watch) process.exitCode = await showProgress(connection, deploymentId, { json: options.json ?? false });
    else if (options.json) printJson({ deploymentId });
    else print(deploymentId);
  });
}

async function createDeployment(connection: Connection, source: NamedSource, options: DeployOptions): Promise<string> {
  const { codeDeploy } = connection;
  const target = { applicationName: options.application, deploymentGroupName: options.group };
  // Before anything is put anywhere: a wrong name is the likeliest mistake.
  const { deploymentGroupInfo: group = {} } = await codeDeploy.call("GetDeploymentGroup", target);
  const platform = requireDeployablePlatform(group);
  await checkSource(source, platform, options);
  const revision = await revisionOf(connection, { ...group, platform }, source, options);
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

/** Checked first, and put where hosts fetch it; an AppSpec of ECS or Lambda goes along in the call. */
async function revisionOf(
  connection: Connection,
  group: DeploymentGroupInfo & { readonly platform: DeployablePlatform },
  source: NamedSource,
  options: DeployOptions,
): Promise<RevisionLocation> {
  switch (source.kind) {
    case "revision":
      return source.revision;
    case "app-spec": {
      const { taskDefinition: asked, lint } = options;
      const { platform } = group;
      // What is wrong with the file is said before anything is registered.
      if (asked !== undefined)
        await readAppSpecFile(source.path, { platform, taskDefinition: ANY_TASK_DEFINITION, lint });
      const taskDefinition = asked && (await registeredTaskDefinition(connection, group, asked));
      return appSpecRevision(await readAppSpecFile(source.path, { platform, taskDefinition, lint }));
    }
    case "bundle":
      if (options.lint) await checkBeforeUpload(source.path, options);
      return pushed(connection, source.path, options);
    default: {
      const never: never = source;
      return never;
    }
  }
}

async function pushed(connection: Connection, path: string, options: DeployOptions): Promise<RevisionLocation> {
  const bundle = await localBundle(path);
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
