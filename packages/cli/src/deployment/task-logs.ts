import type { ECSTarget } from "@aws-sdk/client-codedeploy";
import { visibleLine, visibleText } from "@sluice/model/visible-text.ts";
import { ServiceError } from "@sluice/wire/client/errors.ts";
import type { GetTaskLogsInput, TaskLogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printError, printJsonLine, printRaw } from "../output.ts";
import { collected } from "../place/all-pages.ts";
import { listTargets } from "../place/listings.ts";
import type { Connection } from "../place/server-connection.ts";

/** The longest that the server holds an answer (GetTaskLogs). */
const WAIT_SECONDS = 20;
/** Of a task's id: as much as tells tasks apart, as with commits. */
const ID_CHARACTERS = 12;

export interface TaskLogOptions {
  readonly follow?: boolean;
  readonly service?: string;
  readonly task?: string;
  readonly container?: string;
  readonly tail?: number;
  readonly raw?: boolean;
  readonly json?: boolean;
}

/** Whose logs. */
type Asked = Pick<GetTaskLogsInput, "task" | "cluster" | "service" | "taskSet">;

/** @throws CommandFailed where a service is not named with its cluster */
export function tasksAsked({ service, task }: TaskLogOptions): Asked {
  if (service === undefined) return { task };
  const parts = service.split("/");
  const [cluster, name] = service.startsWith("arn:") ? [parts.at(-2), parts.at(-1)] : parts;
  if (!cluster || !name || (parts.length !== 2 && !service.startsWith("arn:"))) {
    throw new CommandFailed(`--service ${service} is not CLUSTER/SERVICE, such as demo/shop`, {
      exitStatus: EXIT_USAGE,
    });
  }
  return { cluster, service: name };
}

/** The service that a deployment is to; undefined of one to hosts, and of one that has not looked at its targets yet. */
export async function ecsTargetOf(connection: Connection, deploymentId: string): Promise<ECSTarget | undefined> {
  const { codeDeploy } = connection;
  const { deploymentInfo } = await codeDeploy.call("GetDeployment", { deploymentId });
  if (deploymentInfo?.computePlatform !== "ECS") return undefined;
  const [targetId] = await collected(listTargets(codeDeploy, deploymentId)).catch((error: unknown) => {
    if (error instanceof ServiceError && error.code === "DeploymentNotStartedException") return [];
    throw error;
  });
  if (targetId === undefined) return {};
  const { deploymentTarget } = await codeDeploy.call("GetDeploymentTarget", { deploymentId, targetId });
  return deploymentTarget?.ecsTarget ?? {};
}

/** @throws CommandFailed where the deployment made no task set */
export function replacementTasks(deploymentId: string, { targetId, taskSetsInfo = [] }: ECSTarget): Asked {
  const [cluster, service] = (targetId ?? "").split(":");
  const taskSet = taskSetsInfo.find(({ taskSetLabel }) => taskSetLabel === "Green")?.identifer;
  if (taskSet !== undefined) return { cluster, service, taskSet };
  const instead = cluster && service ? `. What the service wrote: sluice logs --service ${cluster}/${service}` : "";
  throw new CommandFailed(`${deploymentId} has no replacement task set, and so no logs${instead}`);
}

/** Prints what containers wrote, the oldest first. */
export async function printTaskLogs(connection: Connection, asked: Asked, options: TaskLogOptions): Promise<void> {
  const printEntry = options.json ? printJsonLine : options.raw ? printRawLine : linePrinter();
  const { follow, container } = options;
  let cursor: string | undefined;
  let isEmpty = true;
  while (true) {
    const page = await connection.sluice.call("GetTaskLogs", {
      ...asked,
      container,
      ...(cursor === undefined ? { tail: options.tail } : { cursor }),
      waitSeconds: follow && cursor !== undefined ? WAIT_SECONDS : 0,
    });
    if (page.cut) printError("Earlier lines are left out.");
    for (const entry of page.entries) printEntry(entry);
    isEmpty &&= page.entries.length === 0;
    if (page.ended || !follow) break;
    cursor = page.cursor;
  }
  if (isEmpty) printError(`No container has written anything${container === undefined ? "" : ` (${container})`}.`);
}

function printRawLine({ text }: TaskLogEntry): void {
  printRaw(`${text}\n`);
}

/** Heads each run of lines of the same container with a line that names it. */
function linePrinter(): (entry: TaskLogEntry) => void {
  let heading = "";
  return ({ taskId, taskSetId, container, stream, text }) => {
    const task = taskId.slice(0, ID_CHARACTERS);
    const next = visibleLine(`task ${task} (${taskSetId}) container ${container}`);
    if (next !== heading) print(`${heading === "" ? "" : "\n"}== ${next}`);
    heading = next;
    print(`${stream === "stderr" ? "! " : "  "}${visibleText(text)}`);
  };
}
