import type { DeploymentInfo, DeploymentStatus } from "@aws-sdk/client-codedeploy";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { COMPUTE_PLATFORMS, type ComputePlatform } from "@sluice/model/deployment-config.ts";
import { deploymentEventWords } from "@sluice/model/deployment-event-words.ts";
import { formatElapsed } from "@sluice/model/elapsed.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import type { DeploymentEventView, DeploymentNote, DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { type Command, Option } from "commander";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  collectWord,
  parseMoment,
  parsePlatform,
  parsePositiveInteger,
} from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { deploymentInfos, findDeployments } from "../deployment/listed-deployments.ts";
import { formatSnapshot } from "../groups/snapshot-words.ts";
import { columnsOf, print, printJson } from "../output.ts";
import { gridText } from "../overview/grid-words.ts";
import { allPages, collected } from "../place/all-pages.ts";
import { connect } from "../place/server-connection.ts";
import { currentEvent, DeploymentReader, type DeploymentView, isToHosts } from "../progress/deployment-view.ts";
import { failureReport } from "../progress/failure-report.ts";
import { shiftWords } from "../progress/shift-words.ts";
import { formatAge, formatFields, formatTable, visibleHost } from "../terminal/printing.ts";

interface ListOptions extends ClientOptions {
  readonly application?: string;
  readonly group?: string;
  readonly platform?: ComputePlatform;
  readonly status?: readonly DeploymentStatus[];
  readonly host?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly text?: string;
  readonly limit: number;
}

const LISTED_DEFAULT = 20;
const READ_TIMEOUT_MILLISECONDS = 60_000;

export function define(command: Command): void {
  defineList(command);
  defineShow(command);
  defineTargets(command);
  defineEvents(command);
  defineSnapshot(command);
}

function defineList(parent: Command): void {
  const list = parent.command("list", { isDefault: true }).description("list deployments, newest first");
  list
    .option("--application <name>", "only of this application")
    .option("--group <name>", "only of this deployment group, with --application")
    .addOption(
      new Option("--status <status>", "only with this status (repeatable)")
        .choices(ENUMS.DeploymentStatus)
        .argParser(collectWord(ENUMS.DeploymentStatus)),
    )
    .addOption(
      new Option("--platform <platform>", "only to hosts (Server), to ECS or to Lambda")
        .choices(COMPUTE_PLATFORMS)
        .argParser(parsePlatform),
    )
    .option("--host <host>", "only those that this host, by name or id, was a target of")
    .option("--since <time>", "only those created since then: 2h, 7d (ago), or 2026-11-30T08:00:00Z", parseMoment)
    .option("--until <time>", "only those created until then", parseMoment)
    .option("--text <text>", "only those with this in their id, group, description, revision or error")
    .option("--limit <n>", "how many to list at most", parsePositiveInteger, LISTED_DEFAULT);
  addJsonOption(addClientOptions(list));
  addExamples(
    list,
    "sluice deployments list --data .sluice/up",
    "sluice deployments list --application web --group demo --status Failed --data .sluice/up",
    "sluice deployments list --host web-1 --since 7d --text 2.14 --data .sluice/up",
  );
  list.action(async (options: ListOptions) => {
    if (options.group !== undefined && options.application === undefined) {
      throw new CommandFailed("--group needs --application: groups of several applications can have the same name", {
        exitStatus: EXIT_USAGE,
      });
    }
    using connection = connect(options);
    const { deployments, hasMore } = await findDeployments(connection.sluice, filterOf(options), options.limit);
    if (options.json) printJson(await deploymentInfos(connection.codeDeploy, deployments));
    else if (deployments.length === 0) print("No deployments.");
    else {
      print(formatDeployments(deployments, new Date()));
      if (hasMore) print(`There are more: --limit ${options.limit * 2}`);
    }
  });
}

function defineShow(parent: Command): void {
  const show = parent.command("show").description("show a deployment and its result on each host, or on its service");
  show.argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E");
  addJsonOption(addClientOptions(show));
  addExamples(show, "sluice deployments show d-A1B2C3D4E --data .sluice/up");
  show.action(async (deploymentId: string, options: ClientOptions) => {
    using connection = connect(options);
    const { deploymentInfo: info = {} } = await connection.codeDeploy.call("GetDeployment", { deploymentId });
    if (options.json) {
      printJson(info);
      return;
    }
    const reader = new DeploymentReader(connection.codeDeploy, connection.sluice, deploymentId);
    const view = await reader.read(AbortSignal.timeout(READ_TIMEOUT_MILLISECONDS));
    const { notes, deployment } = await connection.sluice.call("DescribeDeployment", { deploymentId });
    print(formatDeployment(info, view, notes, deployment.createdBy));
  });
}

function defineSnapshot(parent: Command): void {
  const snapshot = parent
    .command("snapshot")
    .description("show the settings of a deployment's group as they were when it was created");
  snapshot.argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E");
  addJsonOption(addClientOptions(snapshot));
  addExamples(snapshot, "sluice deployments snapshot d-A1B2C3D4E --data .sluice/up");
  snapshot.action(async (deploymentId: string, options: ClientOptions) => {
    using connection = connect(options);
    const { snapshot: kept } = await connection.sluice.call("GetDeploymentSnapshot", { deploymentId });
    if (options.json) printJson(kept ?? null);
    else if (kept === undefined) print(`${deploymentId} was created by a version of Sluice that did not keep them.`);
    else print(formatSnapshot(kept));
  });
}

function defineTargets(parent: Command): void {
  const targets = parent.command("targets").description("list a deployment's targets, and where each of them is");
  targets.argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E");
  addJsonOption(addClientOptions(targets));
  addExamples(targets, "sluice deployments targets d-A1B2C3D4E --data .sluice/up");
  targets.action(async (deploymentId: string, options: ClientOptions) => {
    using connection = connect(options);
    const listed = await collected(
      allPages(
        (nextToken) => connection.sluice.call("ListGridTargets", { deploymentId, nextToken }),
        (page) => page.targets,
      ),
    );
    if (options.json) printJson(listed);
    else print(listed.length === 0 ? "It has no targets, or they are not known yet." : gridText(listed, new Date()));
  });
}

function defineEvents(parent: Command): void {
  const events = parent
    .command("events")
    .description("print what happened to a deployment: stages, waits, traffic, its end");
  events.argument("<deployment>", "the deployment's id, such as d-A1B2C3D4E");
  addJsonOption(addClientOptions(events));
  addExamples(events, "sluice deployments events d-A1B2C3D4E --data .sluice/up");
  events.action(async (deploymentId: string, options: ClientOptions) => {
    using connection = connect(options);
    const all = await collected(
      allPages(
        (nextToken) => connection.sluice.call("ListDeploymentEvents", { deploymentId, nextToken }),
        ({ events: page }) => page,
      ),
    );
    if (options.json) printJson(all);
    else if (all.length === 0) print("Nothing has happened yet.");
    else print(all.map(formatEvent).join("\n"));
  });
}

function formatEvent({ at, type, body }: DeploymentEventView): string {
  const { title, detail } = deploymentEventWords(type, JSON.parse(body)) ?? { title: type };
  return `${at.toISOString()}  ${visibleLine(title)}${detail === undefined ? "" : `: ${visibleLine(detail)}`}`;
}

function filterOf({ application, group, platform, status, host, since, until, text }: ListOptions) {
  return {
    applicationName: application,
    deploymentGroupName: group,
    computePlatform: platform,
    statuses: status,
    host,
    createdAfter: since,
    createdBefore: until,
    text,
  };
}

function formatDeployments(deployments: readonly DeploymentSummary[], now: Date): string {
  return formatTable(
    ["DEPLOYMENT", "STATUS", "CREATED", "GROUP", "REVISION"],
    deployments.map(({ deploymentId, status, createdAt, applicationName, deploymentGroupName, revision }) => [
      deploymentId,
      status,
      formatAge(now.getTime() - createdAt.getTime()),
      `${applicationName}/${deploymentGroupName}`,
      revision === undefined ? "" : revisionName(revision),
    ]),
  );
}

function formatDeployment(
  info: DeploymentInfo,
  view: DeploymentView,
  notes: readonly DeploymentNote[],
  createdBy: string | undefined,
): string {
  const { createTime, completeTime, rollbackInfo, deploymentStyle } = info;
  const took =
    createTime && completeTime ? ` (took ${formatElapsed(completeTime.getTime() - createTime.getTime())})` : "";
  const fields = formatFields([
    ["deployment", info.deploymentId],
    ["group", `${view.application}/${view.group}`],
    ["status", view.status],
    ["revision", view.revision],
    ["config", info.deploymentConfigName],
    ["style", deploymentStyle?.deploymentType],
    ["mode", info.deploymentMode],
    ["creator", info.creator],
    ["created by", createdBy],
    ["description", info.description],
    ["created", createTime?.toISOString()],
    ["ended", completeTime && `${completeTime.toISOString()}${took}`],
    ["traffic", view.shift && shiftWords(view.shift)],
    ["waits for", view.wait?.reason],
    ["rolls back", rollbackInfo?.rollbackTriggeringDeploymentId],
    ["rolled back by", rollbackInfo?.rollbackDeploymentId],
    ["messages", view.statusMessages.join("\n")],
    ["reasons", notes.map(noteWords).join("\n")],
  ]);
  const targets = view.targets.length === 0 ? "" : formatTargets(view);
  const failure =
    view.status === "Failed" || view.status === "Stopped" ? failureReport(view, { columns: columnsOf("stdout") }) : "";
  return [fields, targets, failure].filter((part) => part !== "").join("\n\n");
}

function noteWords({ at, action, accessKeyId, callerArn, reason }: DeploymentNote): string {
  return `${at.toISOString()} ${action} by ${callerArn ?? accessKeyId}: ${reason}`;
}

function formatTargets(view: DeploymentView): string {
  const { targets } = view;
  return formatTable(
    [isToHosts(view) ? "HOST" : "SERVICE", "STATUS", "LAST EVENT"],
    targets.map((target) => [visibleHost(target.name, target.id), target.status, currentEvent(target)?.name ?? "-"]),
  );
}
