import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { LocalResult } from "@sluice/agent/local/run-local.ts";
import { FILE_EXISTS_BEHAVIORS } from "@sluice/model/app-spec/app-spec.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import type { Command } from "commander";
import { addExamples, addJsonOption, wordOf } from "../arguments/options.ts";
import { CommandFailed } from "../command-failed.ts";
import { localDataDirectory } from "../local/data-directory.ts";
import { dryRunLines } from "../local/dry-run-words.ts";
import { localLocation } from "../local/local-location.ts";
import { failureWords, localProgress, NO_PROGRESS } from "../local/local-progress.ts";
import { print, printError, printJson } from "../output.ts";
import { LOCAL_MARK, refuseOtherOwner } from "../place/other-owner.ts";

interface LocalOptions {
  readonly bundleLocation?: string;
  readonly type?: string;
  readonly fileExistsBehavior?: string;
  readonly deploymentGroup?: string;
  readonly deploymentGroupName?: string;
  readonly applicationName?: string;
  readonly events?: string;
  readonly agentConfigurationFile?: string;
  readonly appspecFilename?: string;
  readonly data?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const GROUP_ID = /^[A-Za-z0-9_][A-Za-z0-9._+=,@-]{0,127}$/;

export function define(command: Command): void {
  command
    .option(
      "-l, --bundle-location <location>",
      "a directory, a .zip, .tgz or .tar file, s3://BUCKET/KEY[?versionId=V&etag=E], or a repository on GitHub (default: this directory)",
    )
    .option("-t, --type <type>", "tgz, tar, zip or directory (default: as the location says)")
    .option(
      "-b, --file-exists-behavior <behavior>",
      "what to do with a file that no earlier deployment installed: DISALLOW, OVERWRITE or RETAIN; the AppSpec's own comes first (default: DISALLOW)",
    )
    .option(
      "-g, --deployment-group <id>",
      "under which id the deployment is kept; each group has its own installed files (default: default-local-deployment-group)",
    )
    .option("-d, --deployment-group-name <name>", "DEPLOYMENT_GROUP_NAME of the scripts (default: LocalFleet)")
    .option("-a, --application-name <name>", "APPLICATION_NAME of the scripts (default: the location)")
    .option(
      "-e, --events <events>",
      "the events to run, in this order, separated by commas; DownloadBundle and Install run first unless they are named (default: all)",
    )
    .option(
      "-c, --agent-configuration-file <file>",
      "an agent.json, or the AWS agent's codedeployagent.yml, whose settings to use (default: none)",
    )
    .option("-A, --appspec-filename <file>", "the AppSpec in the revision (default: appspec.yml or appspec.yaml)")
    .option("--data <dir>", `where deployments are kept (default: ${localDataDirectory()})`)
    .option("--dry-run", "print what would be removed, copied, changed and run, and change nothing")
    .version(SLUICE_VERSION, "-v, --version", "print the version");
  addJsonOption(command);
  addExamples(
    command,
    "sluice local",
    "sluice local -l shop.zip -g shop --dry-run",
    "sluice local -l examples/web -e ApplicationStop,ApplicationStart",
  );
  command.action(run);
}

async function run(options: LocalOptions): Promise<void> {
  const asked = await prepared(options);
  if (options.dryRun) return preview(asked, options);
  const { directory, config, location, specification, events } = asked;
  await refuseOtherOwner({ directory, mark: LOCAL_MARK, isOwnersWhileEmpty: false });
  const { runLocal } = await import("@sluice/agent/local/run-local.ts");
  const progress = options.json ? NO_PROGRESS : localProgress();
  const interrupted = new AbortController();
  const onInterrupt = () => interrupted.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onInterrupt);
  if (!options.json) {
    print(
      `${specification.DeploymentId}: ${location.text}, group ${specification.DeploymentGroupId}, kept in ${directory}`,
    );
  }
  const result = await runLocal({
    directory,
    specification,
    events,
    config,
    signal: interrupted.signal,
    ...progress,
  });
  report(result, specification, options);
}

/** Its exit status is that of the deployment, as far as that can be known. */
async function preview(asked: Awaited<ReturnType<typeof prepared>>, { json }: LocalOptions): Promise<void> {
  const { previewLocal } = await import("@sluice/agent/local/preview-local.ts");
  const { location, specification, directory } = asked;
  const { sink } = json ? NO_PROGRESS : localProgress();
  const previewed = await previewLocal({ ...asked, sink, signal: new AbortController().signal });
  const failed = previewed.some(({ failure }) => failure !== undefined);
  process.exitCode = failed ? 1 : 0;
  if (json)
    return printJson({
      deploymentGroupId: specification.DeploymentGroupId,
      directory,
      wouldFail: failed,
      events: previewed,
    });
  print(
    `Dry run: ${location.text}, group ${specification.DeploymentGroupId}, kept in ${directory}. Nothing is changed.`,
  );
  for (const event of previewed) for (const line of dryRunLines(event)) print(line);
}

async function prepared(options: LocalOptions) {
  const { readAgentConfiguration } = await import("@sluice/agent/local/agent-configuration.ts");
  const { DEFAULT_LOCAL_GROUP, localSpecification } = await import("@sluice/agent/local/local-specification.ts");
  const file = options.agentConfigurationFile;
  const configuration = file === undefined ? undefined : readAgentConfiguration(file);
  if (configuration !== undefined && configuration.unused.length > 0) {
    printError(
      `${file}: not used, because they are settings of the AWS agent's own process: ${configuration.unused.join(", ")}`,
    );
  }
  const events = await eventsOf(options.events);
  const location = localLocation(options.bundleLocation ?? process.cwd(), {
    type: options.type,
    appSpecFile: options.appspecFilename,
  });
  const { withS3Settings } = await import("@sluice/agent/local/s3-settings.ts");
  const config = configuration?.config ?? {};
  const specification = localSpecification({
    revision: location.revision,
    location: location.text,
    groupId: groupIdOf(options.deploymentGroup ?? DEFAULT_LOCAL_GROUP),
    groupName: options.deploymentGroupName,
    applicationName: options.applicationName,
    appSpecFile: options.appspecFilename,
    fileExistsBehavior: behaviorOf(options.fileExistsBehavior),
  });
  return {
    // Scripts run elsewhere, and the pointers to deployments are read elsewhere.
    directory: resolve(options.data ?? configuration?.directory ?? localDataDirectory()),
    config: location.revision.RevisionType === "S3" ? withS3Settings(config) : config,
    location,
    specification,
    events,
  };
}

async function eventsOf(text: string | undefined): Promise<readonly string[]> {
  const { eventsToRun } = await import("@sluice/agent/local/local-events.ts");
  const asked = text?.split(",").map((event) => event.trim());
  const odd = asked?.find((event) => !/^[A-Z][A-Za-z0-9]*$/.test(event));
  if (odd !== undefined) {
    throw new CommandFailed(
      `--events ${JSON.stringify(text)}: ${JSON.stringify(odd)} is no name of an event. Give names with commas between them, such as ` +
        "ApplicationStop,AfterInstall",
    );
  }
  try {
    return eventsToRun(asked);
  } catch (error) {
    throw new CommandFailed(`--events ${JSON.stringify(text)}: ${reasonOf(error)}.`, { cause: error });
  }
}

function groupIdOf(text: string): string {
  if (GROUP_ID.test(text)) return text;
  throw new CommandFailed(
    `--deployment-group ${JSON.stringify(text)} cannot be the name of a directory. Give 1 to 128 letters, digits or . _ + = , @ -, the first a letter or digit.`,
  );
}

function behaviorOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const known = wordOf(FILE_EXISTS_BEHAVIORS, text);
  if (known !== undefined) return known;
  throw new CommandFailed(
    `--file-exists-behavior ${JSON.stringify(text)} is none of ${FILE_EXISTS_BEHAVIORS.join(", ")}. Give one of these.`,
  );
}

function report(result: LocalResult, specification: DeploymentSpecification, { json }: LocalOptions): void {
  const { failed, deploymentDirectory, scriptsLogFile, events } = result;
  process.exitCode = failed === undefined ? 0 : 1;
  if (json) {
    printJson({
      deploymentId: specification.DeploymentId,
      deploymentGroupId: specification.DeploymentGroupId,
      status: failed === undefined ? "Succeeded" : "Failed",
      directory: deploymentDirectory,
      log: scriptsLogFile,
      events: events.map(({ event, isNoop, seconds, outcome }) => ({ event, isNoop, seconds, ...outcome })),
    });
    return;
  }
  const log = existsSync(scriptsLogFile) ? `The log of its scripts: ${scriptsLogFile}` : "No script ran.";
  if (failed === undefined) print(`Succeeded. ${log}`);
  else printError(`${failureWords(failed)}\n${log}`);
}
