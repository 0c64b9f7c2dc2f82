import { basename, resolve } from "node:path";
import type { Tag } from "@sluice/wire/sluice/operations.ts";
import type { Command } from "commander";
import { type Connection, connect } from "../connection.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../options.ts";
import { print, printJson } from "../output.ts";
import { formatSize } from "../printing.ts";
import { showProgress } from "../progress/show-progress.ts";
import { type Bundle, bundleDirectory } from "../revision/bundle-directory.ts";
import { pushBundle, REVISIONS_BUCKET_DEFAULT } from "../revision/push-bundle.ts";
import { createWith, replacementsWith } from "../revision/target-instances.ts";

interface DeployOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
  readonly watch?: boolean;
  readonly bucket: string;
  readonly config?: string;
  readonly description?: string;
  readonly targetTag?: readonly Tag[];
}

export function define(command: Command): void {
  command
    .argument("<directory>", "what to deploy: the directory that holds appspec.yml")
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group")
    .option("--watch", "follow the deployment; exit with 0 only if it succeeds")
    .option("--bucket <bucket>", "where the bundle is put; made if it is missing", REVISIONS_BUCKET_DEFAULT)
    .option("--config <name>", "a deployment config instead of the group's, such as CodeDeployDefault.AllAtOnce")
    .option("--description <text>", "kept with the revision and the deployment")
    .option("--target-tag <Key=Value>", "a tag of the replacement hosts of a blue/green group; repeatable", collectTag);
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice deploy examples/web --application web --group demo --watch --data .sluice/up");
  command.action(async (directory: string, options: DeployOptions) => {
    const bundle = await bundleDirectory(directory);
    using connection = connect(options);
    const deploymentId = await createDeployment(connection, directory, bundle, options);
    if (options.watch) process.exitCode = await showProgress(connection, deploymentId, { json: options.json ?? false });
    else if (options.json) printJson({ deploymentId });
    else print(deploymentId);
  });
}

async function createDeployment(
  connection: Connection,
  directory: string,
  bundle: Bundle,
  options: DeployOptions,
): Promise<string> {
  const { codeDeploy } = connection;
  const target = { applicationName: options.application, deploymentGroupName: options.group };
  // Before anything is put anywhere: a wrong name is the likeliest mistake.
  await codeDeploy.call("GetDeploymentGroup", target);
  const key = `${options.application}/${basename(resolve(directory))}-${bundle.sha256.slice(0, 12)}.tgz`;
  const { eTag } = await pushBundle(connection.server, { bucket: options.bucket, key, bytes: bundle.bytes });
  const size = `${bundle.fileCount} files, ${formatSize(bundle.bytes.length)}`;
  if (!options.json && options.watch) print(`s3://${options.bucket}/${key} (${size})`);
  const revision = {
    revisionType: "S3" as const,
    s3Location: { bucket: options.bucket, key, bundleType: "tgz" as const, ...(eTag === undefined ? {} : { eTag }) },
  };
  const description = options.description === undefined ? {} : { description: options.description };
  await codeDeploy.call("RegisterApplicationRevision", {
    applicationName: options.application,
    revision,
    ...description,
  });
  const { deploymentId } = await createWith(options.targetTag, () =>
    codeDeploy.call("CreateDeployment", {
      ...target,
      revision,
      ...description,
      ...(options.config === undefined ? {} : { deploymentConfigName: options.config }),
      ...replacementsWith(options.targetTag),
    }),
  );
  if (deploymentId === undefined) throw new Error("CreateDeployment answered without a deployment id");
  return deploymentId;
}
