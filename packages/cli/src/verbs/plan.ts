import type { RevisionLocation, TargetInstances } from "@aws-sdk/client-codedeploy";
import { describeFinding, type Severity } from "@sluice/model/lint/finding.ts";
import { ServiceError } from "@sluice/wire/client/errors.ts";
import type { PlanDeploymentOutput, PlannedHost, Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../arguments/options.ts";
import { CommandFailed, EXIT_FAILED, EXIT_USAGE } from "../command-failed.ts";
import { DESTINATION_WORDS, type DeployablePlatform, deployablePlatform } from "../deployment/deployable-platform.ts";
import { checkSource, type NamedSource, sourceAt } from "../deployment/named-source.ts";
import { obstacleInOptions, parseTargetInstances, replacementsWith } from "../deployment/target-instances.ts";
import { requireNoFile } from "../deployment/task-definition-option.ts";
import { print, printJson } from "../output.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { appSpecRevision, readAppSpecFile } from "../revision/app-spec-file.ts";
import { NoAppSpec } from "../revision/bundle-directory.ts";
import { lintRevision } from "../revision/lint-directory.ts";
import { parseS3Location } from "../revision/s3-location.ts";
import { formatTable } from "../terminal/printing.ts";

interface PlanOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
  readonly s3Location?: RevisionLocation;
  readonly config?: string;
  readonly taskDefinition?: string;
  readonly targetInstances?: TargetInstances;
  readonly targetTag?: readonly Tag[];
  readonly outdatedOnly?: boolean;
  readonly restart?: boolean;
  readonly lint: boolean;
}

export function define(command: Command): void {
  command
    .argument(
      "[path]",
      "the directory to deploy, or a .zip, .tgz or .tar of it, checked on this machine and not uploaded; for ECS and Lambda the AppSpec file",
    )
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group")
    .option("--s3-location <location>", "a bundle: s3://BUCKET/KEY, or bucket=B,key=K,bundleType=zip", parseS3Location)
    .option("--config <name>", "a deployment config instead of the group's, such as CodeDeployDefault.AllAtOnce")
    .option("--task-definition <definition>", "ECS: replaces the AppSpec's TaskDefinition; FAMILY:REVISION or an ARN")
    .option("--target-tag <Key=Value>", "a tag of the replacement hosts of a blue/green group; repeatable", collectTag)
    .option("--target-instances <json>", "the replacement hosts in the API's shape", parseTargetInstances)
    .option("--outdated-only", "skip hosts that already run the group's current revision")
    .option("--restart", "plan what sluice restart would do, instead of a deployment of a revision")
    .option("--no-lint", "plan without checking the AppSpec and files");
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice plan examples/web --application web --group demo --data .sluice/up",
    "sluice plan --application web --group demo --s3-location s3://sluice-revisions/web/web-1.tgz --json",
    "sluice plan appspec.yml --task-definition shop:2 --application shop --group live",
  );
  command.addHelpText("after", "\nChanges nothing. Exits with 0 when the deployment can start, with 1 when it cannot.");
  command.action(async (path: string | undefined, options: PlanOptions) => {
    if (path !== undefined && options.s3Location !== undefined) {
      throw new CommandFailed("give a path or --s3-location, not both", { exitStatus: EXIT_USAGE });
    }
    if (options.restart && (path !== undefined || options.s3Location !== undefined)) {
      throw new CommandFailed(
        "--restart restarts the revision that the group has: leave the path and --s3-location out",
        {
          exitStatus: EXIT_USAGE,
        },
      );
    }
    requireNoFile(options.taskDefinition);
    using connection = connect(options);
    const source = path === undefined ? undefined : sourceAt(path);
    const platform = await checkedPlatform(connection, source, options);
    const areNamed = options.targetInstances !== undefined || options.targetTag !== undefined;
    const revision =
      source?.kind === "app-spec"
        ? appSpecRevision(await readAppSpecFile(source.path, { ...options, platform, lint: false }))
        : options.s3Location;
    const { obstacles, ...rest } = await connection.sluice.call("PlanDeployment", {
      applicationName: options.application,
      deploymentGroupName: options.group,
      ...(revision ? { revision } : {}),
      ...(options.config === undefined ? {} : { deploymentConfigName: options.config }),
      ...(options.targetInstances ? { targetInstances: options.targetInstances } : replacementsWith(options.targetTag)),
      ...(options.restart ? { deploymentMode: "RESTART" } : {}),
      ...(options.outdatedOnly ? { updateOutdatedInstancesOnly: true } : {}),
    });
    const answer = { ...rest, obstacles: obstacles.map((obstacle) => obstacleInOptions(obstacle, areNamed)) };
    const plan = source?.kind === "bundle" && options.lint ? await withDirectory(answer, source.path) : answer;
    if (options.json) printJson(plan);
    else print(formatPlan(plan, options, platform));
    const failsOnHosts = plan.checks.some(({ subject, outcome }) => subject === "appspec" && outcome === "failed");
    if (!plan.canStart || failsOnHosts) process.exitCode = EXIT_FAILED;
  });
}

/** What is wrong with the application, the group or its platform is an obstacle of the plan, and not of the command line. */
async function checkedPlatform(
  connection: Connection,
  source: NamedSource | undefined,
  options: PlanOptions,
): Promise<DeployablePlatform | undefined> {
  const group = { applicationName: options.application, deploymentGroupName: options.group };
  const { deploymentGroupInfo: info } = await connection.codeDeploy
    .call("GetDeploymentGroup", group)
    .catch((error: unknown) => {
      if (error instanceof ServiceError) return { deploymentGroupInfo: undefined };
      throw error;
    });
  const platform = info && deployablePlatform(info);
  if (platform === undefined) return undefined;
  const { s3Location } = options;
  const named = source ?? (s3Location === undefined ? undefined : { kind: "revision" as const, revision: s3Location });
  if (named !== undefined) await checkSource(named, platform, options);
  else if (platform !== "Server" && !options.restart) {
    throw new CommandFailed(
      `nothing to plan: the group deploys to ${DESTINATION_WORDS[platform]}, so give its AppSpec file, or --s3-location`,
      { exitStatus: EXIT_USAGE },
    );
  }
  return platform;
}

/** What a directory's AppSpec and files add to the plan: `sluice deploy` would bundle it as it is, and refuse what every host would. */
async function withDirectory(plan: PlanDeploymentOutput, directory: string): Promise<PlanDeploymentOutput> {
  const checks = plan.checks.filter(({ subject }) => subject !== "bundle");
  const lint = await lintRevision(directory).catch((error: unknown) => {
    if (error instanceof NoAppSpec) return error;
    throw error;
  });
  if (lint instanceof NoAppSpec) {
    const obstacle = { code: "NO_APPSPEC", message: lint.message };
    return { ...plan, canStart: false, obstacles: [...plan.obstacles, obstacle], checks };
  }
  if (lint.unchecked !== undefined) {
    const check = { subject: "appspec", outcome: "unchecked", detail: `not checked: ${lint.unchecked}` };
    const warning = `${directory} was not checked: ${lint.unchecked}.`;
    return { ...plan, checks: [...checks, check], warnings: [...plan.warnings, warning] };
  }
  const told = (wanted: Severity) =>
    lint.findings
      .filter(({ severity }) => severity === wanted)
      .map((finding) => describeFinding(lint.fileName, finding));
  const errors = told("error");
  const warnings = [...told("warning"), ...told("note")];
  const obstacles = errors.map((message) => ({ code: "INVALID_REVISION", message }));
  const [first, ...others] = errors;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const check =
    first === undefined
      ? {
          subject: "appspec",
          outcome: told("warning").length > 0 ? "warning" : "ok",
          detail: `${lint.fileName} of ${directory} is valid`,
        }
      : { subject: "appspec", outcome: "failed", detail: `${first}${more}` };
  const judged = { ...plan, checks: [...checks, check], warnings: [...plan.warnings, ...warnings] };
  if (first === undefined) return judged;
  const { end: _, ...unended } = judged;
  return { ...unended, canStart: false, obstacles: [...plan.obstacles, ...obstacles], steps: [] };
}

/** What a plan takes for granted. */
const CONDITIONS: Readonly<Record<DeployablePlatform, string>> = {
  Server: "if all scripts succeed and no host changes its state",
  ECS: "if the tasks become healthy and all hooks succeed",
  Lambda: "if all hooks succeed and nobody else changes the alias",
};

function formatPlan(
  plan: PlanDeploymentOutput,
  { application, group }: PlanOptions,
  platform: DeployablePlatform = "Server",
): string {
  const condition = CONDITIONS[platform];
  const sections = [
    `${application}/${group}: ${plan.canStart ? "can start" : "cannot start"}`,
    plan.strategy,
    list(
      "Obstacles",
      plan.obstacles.map(({ code, message }) => `${code}: ${message}`),
    ),
    list("Warnings", plan.warnings),
    list("Minimum healthy hosts", plan.arithmetic),
    plan.checks.length === 0
      ? ""
      : formatTable(
          ["CHECK", "RESULT", "DETAIL"],
          plan.checks.map(({ subject, outcome, detail }) => [subject, outcome, detail]),
        ),
    plan.hosts.length === 0 ? "" : formatHosts(plan.hosts),
    list(
      "Steps",
      plan.steps.map(({ description }, index) => `${index + 1}. ${description}`),
    ),
    plan.end ? `Ends as ${plan.end.status}, ${condition}.` : "",
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function formatHosts(hosts: readonly PlannedHost[]): string {
  return formatTable(
    ["HOST", "ID", "FLEET", "ZONE", "AGENT", "LAST", "REVISION", "TRAFFIC"],
    hosts.map((host) => [
      host.hostName,
      host.targetId,
      host.fleet ?? "-",
      host.zone ?? "-",
      host.dark ? "dark" : "alive",
      host.healthy ? "succeeded" : "unhealthy",
      host.revision,
      host.traffic.map(({ group, state }) => `${group} ${state}`).join(", ") || "-",
    ]),
  );
}

function list(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [`${heading}:`, ...lines.map((line) => `  ${line}`)].join("\n");
}
