import { constants, existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { RevisionLocation, TargetInstances } from "@aws-sdk/client-codedeploy";
import { AppSpecError } from "@sluice/model/app-spec/app-spec-error.ts";
import { parseAppSpec } from "@sluice/model/app-spec/app-spec-parser.ts";
import { hookScripts } from "@sluice/model/app-spec/hook-scripts.ts";
import { APP_SPEC_MAX_BYTES } from "@sluice/model/app-spec/yaml-text.ts";
import type { PlanDeploymentOutput, PlannedHost, Tag } from "@sluice/wire/sluice/operations.ts";
import type { Command } from "commander";
import { CommandFailed, EXIT_FAILED, EXIT_USAGE } from "../command-failed.ts";
import { connect } from "../connection.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../options.ts";
import { print, printJson } from "../output.ts";
import { formatTable } from "../printing.ts";
import { parseS3Location } from "../revision/s3-location.ts";
import { obstacleInOptions, parseTargetInstances, replacementsWith } from "../revision/target-instances.ts";

interface PlanOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
  readonly s3Location?: RevisionLocation;
  readonly config?: string;
  readonly targetInstances?: TargetInstances;
  readonly targetTag?: readonly Tag[];
  readonly outdatedOnly?: boolean;
}

const APP_SPEC_NAMES = ["appspec.yml", "appspec.yaml"] as const;

export function define(command: Command): void {
  command
    .argument("[directory]", "the directory to deploy; nothing is uploaded")
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group")
    .option("--s3-location <location>", "a bundle: s3://BUCKET/KEY, or bucket=B,key=K,bundleType=zip", parseS3Location)
    .option("--config <name>", "a deployment config instead of the group's, such as CodeDeployDefault.AllAtOnce")
    .option("--target-tag <Key=Value>", "a tag of the replacement hosts of a blue/green group; repeatable", collectTag)
    .option("--target-instances <json>", "the replacement hosts in the API's shape", parseTargetInstances)
    .option("--outdated-only", "skip hosts that already run the group's current revision");
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice plan examples/web --application web --group demo --data .sluice/up",
    "sluice plan --application web --group demo --s3-location s3://sluice-revisions/web/web-1.tgz --json",
  );
  command.addHelpText("after", "\nChanges nothing. Exits with 0 when the deployment can start, with 1 when it cannot.");
  command.action(async (directory: string | undefined, options: PlanOptions) => {
    if (directory !== undefined && options.s3Location !== undefined) {
      throw new CommandFailed("give a directory or --s3-location, not both", { exitStatus: EXIT_USAGE });
    }
    using connection = connect(options);
    const areNamed = options.targetInstances !== undefined || options.targetTag !== undefined;
    const { obstacles, ...rest } = await connection.sluice.call("PlanDeployment", {
      applicationName: options.application,
      deploymentGroupName: options.group,
      ...(options.s3Location ? { revision: options.s3Location } : {}),
      ...(options.config === undefined ? {} : { deploymentConfigName: options.config }),
      ...(options.targetInstances ? { targetInstances: options.targetInstances } : replacementsWith(options.targetTag)),
      ...(options.outdatedOnly ? { updateOutdatedInstancesOnly: true } : {}),
    });
    const answer = { ...rest, obstacles: obstacles.map((obstacle) => obstacleInOptions(obstacle, areNamed)) };
    const plan = directory === undefined ? answer : await withDirectory(answer, directory);
    if (options.json) printJson(plan);
    else print(formatPlan(plan, options));
    if (!plan.canStart) process.exitCode = EXIT_FAILED;
  });
}

/** What a directory's AppSpec adds to the plan: `sluice deploy` would bundle it as it is. */
async function withDirectory(plan: PlanDeploymentOutput, directory: string): Promise<PlanDeploymentOutput> {
  const fileName = APP_SPEC_NAMES.find((name) => existsSync(join(directory, name)));
  const checks = plan.checks.filter(({ subject }) => subject !== "bundle");
  if (fileName === undefined) {
    const message = `${directory} holds no ${APP_SPEC_NAMES.join(" and no ")}: give the directory that has one`;
    return { ...plan, canStart: false, obstacles: [...plan.obstacles, { code: "NO_APPSPEC", message }], checks };
  }
  try {
    const appSpec = parseAppSpec(await readAppSpec(join(directory, fileName)), { os: "linux" });
    const warnings =
      hookScripts(appSpec, "ValidateService").length > 0
        ? []
        : [`${fileName} has no ValidateService hook: nothing tests whether the service works.`];
    const check = { subject: "appspec", outcome: "ok", detail: `${join(directory, fileName)} is valid` };
    return { ...plan, checks: [...checks, check], warnings: [...plan.warnings, ...warnings] };
  } catch (error) {
    if (!(error instanceof AppSpecError)) throw error;
    const check = { subject: "appspec", outcome: "warning", detail: error.message };
    const warning = `Every host would fail on ${fileName}: ${error.message}`;
    return { ...plan, checks: [...checks, check], warnings: [...plan.warnings, warning] };
  }
}

/** The directory may be another user's, who can have put a pipe or a device there: opening a pipe would wait for its other end. */
async function readAppSpec(path: string): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) {
      throw new CommandFailed(`${path} is not a file: put an AppSpec file in its place`);
    }
    // One byte more than the parser takes, which says so of a longer one.
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(APP_SPEC_MAX_BYTES + 1));
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function formatPlan(plan: PlanDeploymentOutput, { application, group }: PlanOptions): string {
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
    plan.end ? `Ends as ${plan.end.status}, if its scripts succeed and its hosts stay as they are.` : "",
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
