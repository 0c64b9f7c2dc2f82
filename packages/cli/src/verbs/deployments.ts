import type { DeploymentInfo, DeploymentStatus } from "@aws-sdk/client-codedeploy";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { formatElapsed } from "@sluice/model/elapsed.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import { type Command, Option } from "commander";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  collectWord,
  parsePositiveInteger,
} from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { columnsOf, print, printJson } from "../output.ts";
import { allPages, collected, inBatches } from "../place/all-pages.ts";
import { listGroups } from "../place/listings.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { currentEvent, DeploymentReader, type DeploymentView, isToHosts } from "../progress/deployment-view.ts";
import { failureReport } from "../progress/failure-report.ts";
import { shiftWords } from "../progress/shift-words.ts";
import { formatAge, formatFields, formatTable, visibleHost } from "../terminal/printing.ts";

interface ListOptions extends ClientOptions {
  readonly application?: string;
  readonly group?: string;
  readonly status?: readonly DeploymentStatus[];
  readonly limit: number;
}

/** BatchGetDeployments takes at most so many ids (codedeploy-api.json). */
const MAX_DEPLOYMENTS_BATCH = 25;
const LISTED_DEFAULT = 20;
const READ_TIMEOUT_MILLISECONDS = 60_000;

export function define(command: Command): void {
  defineList(command);
  defineShow(command);
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
    .option("--limit <n>", "how many to list at most", parsePositiveInteger, LISTED_DEFAULT);
  addJsonOption(addClientOptions(list));
  addExamples(
    list,
    "sluice deployments list --data .sluice/up",
    "sluice deployments list --application web --group demo --status Failed --data .sluice/up",
  );
  list.action(async (options: ListOptions) => {
    if (options.group !== undefined && options.application === undefined) {
      throw new CommandFailed("--group needs --application: groups of several applications can have the same name", {
        exitStatus: EXIT_USAGE,
      });
    }
    using connection = connect(options);
    const { deployments, hasMore } = await newestDeployments(connection, options);
    if (options.json) printJson(deployments);
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
    print(formatDeployment(info, view));
  });
}

interface Newest {
  readonly deployments: DeploymentInfo[];
  readonly hasMore: boolean;
}

/** Of a whole application they are those of its groups: the API lists a group's, or all that there are. */
async function newestDeployments(connection: Connection, options: ListOptions): Promise<Newest> {
  const { application, group, limit } = options;
  if (application === undefined || group !== undefined) return newestOfGroup(connection, options);
  const all: Newest[] = [];
  for (const each of await collected(listGroups(connection.codeDeploy, application))) {
    all.push(await newestOfGroup(connection, { ...options, group: each }));
  }
  const deployments = all
    .flatMap((newest) => newest.deployments)
    .sort((one, other) => Number(other.createTime ?? 0) - Number(one.createTime ?? 0));
  return {
    deployments: deployments.slice(0, limit),
    hasMore: deployments.length > limit || all.some(({ hasMore }) => hasMore),
  };
}

async function newestOfGroup(
  { codeDeploy }: Connection,
  { application, group, status, limit }: ListOptions,
): Promise<Newest> {
  const listed = allPages(
    (nextToken) =>
      codeDeploy.call("ListDeployments", {
        ...(application === undefined ? {} : { applicationName: application, deploymentGroupName: group }),
        ...(status === undefined ? {} : { includeOnlyStatuses: [...status] }),
        nextToken,
      }),
    ({ deployments }) => deployments,
  );
  const ids: string[] = [];
  let hasMore = false;
  for await (const id of listed) {
    hasMore = ids.length === limit;
    if (hasMore) break;
    ids.push(id);
  }
  const deployments: DeploymentInfo[] = [];
  for (const deploymentIds of inBatches(ids, MAX_DEPLOYMENTS_BATCH)) {
    deployments.push(...((await codeDeploy.call("BatchGetDeployments", { deploymentIds })).deploymentsInfo ?? []));
  }
  return { deployments, hasMore };
}

function formatDeployments(deployments: readonly DeploymentInfo[], now: Date): string {
  return formatTable(
    ["DEPLOYMENT", "STATUS", "CREATED", "GROUP", "REVISION"],
    deployments.map((info) => [
      info.deploymentId ?? "",
      info.status ?? "",
      info.createTime === undefined ? "" : formatAge(now.getTime() - info.createTime.getTime()),
      `${info.applicationName ?? ""}/${info.deploymentGroupName ?? ""}`,
      info.revision === undefined ? "" : revisionName(info.revision),
    ]),
  );
}

function formatDeployment(info: DeploymentInfo, view: DeploymentView): string {
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
    ["creator", info.creator],
    ["description", info.description],
    ["created", createTime?.toISOString()],
    ["ended", completeTime && `${completeTime.toISOString()}${took}`],
    ["traffic", view.shift && shiftWords(view.shift)],
    ["waits for", view.wait?.reason],
    ["rolls back", rollbackInfo?.rollbackTriggeringDeploymentId],
    ["rolled back by", rollbackInfo?.rollbackDeploymentId],
    ["messages", view.statusMessages.join("\n")],
  ]);
  const targets = view.targets.length === 0 ? "" : formatTargets(view);
  const failure =
    view.status === "Failed" || view.status === "Stopped" ? failureReport(view, { columns: columnsOf("stdout") }) : "";
  return [fields, targets, failure].filter((part) => part !== "").join("\n\n");
}

function formatTargets(view: DeploymentView): string {
  const { targets } = view;
  return formatTable(
    [isToHosts(view) ? "HOST" : "SERVICE", "STATUS", "LAST EVENT"],
    targets.map((target) => [visibleHost(target.name, target.id), target.status, currentEvent(target)?.name ?? "-"]),
  );
}
