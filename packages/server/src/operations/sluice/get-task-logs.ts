import { setTimeout as pause } from "node:timers/promises";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { parseEcsArn } from "@sluice/model/ecs-arn.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { GetTaskLogsInput, GetTaskLogsOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { TaskLogCursorError } from "../../services/log-cursor.ts";
import { type LogsAsked, MAX_TASK_LOG_LINES, type TaskLogPage, type TaskLogs } from "../../services/task-logs.ts";
import type { Operation } from "../operation.ts";
import { MAX_LOG_WAIT_SECONDS } from "./get-deployment-logs.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** How often a waiting call asks the engine: it does not say when a container writes. */
const LOOK_AGAIN_MILLISECONDS = 500;
const BINDING = '- { match: "*", port: task-sets, driver: docker }';

/** What the containers of a task or a service wrote; held until there is something to say. */
export const getTaskLogs: Operation<GetTaskLogsInput, GetTaskLogsOutput, SluiceContext> = async (input, context) => {
  const asked = requireAsked(input);
  const tail = requireWithin("tail", input.tail ?? MAX_TASK_LOG_LINES, MAX_TASK_LOG_LINES);
  const waitSeconds = requireWithin("waitSeconds", input.waitSeconds ?? 0, MAX_LOG_WAIT_SECONDS);
  if (input.cursor !== undefined && (input.tail !== undefined || input.since !== undefined)) {
    throw new CallerFault(
      "ValidationException",
      "cursor goes on where the answer before ended: leave out tail and since.",
    );
  }
  if (!context.taskLogs) {
    throw new CallerFault(
      "ValidationException",
      `This server runs no containers: add ${BINDING} to the bindings in sluice.yml, and restart the server with --config sluice.yml.`,
    );
  }
  const query = { tailLines: tail, since: input.since?.getTime(), containerName: input.container };
  const log = ["GetTaskLogs", asked, input.container ?? null] as const;
  let cursor = context.logCursors.open(log, input.cursor);
  for (let left = waitSeconds * 1_000; ; left -= LOOK_AGAIN_MILLISECONDS) {
    const page = await readPage(context.taskLogs, asked, { ...query, cursor }, context.signal);
    if (!page) throw missing(asked);
    if (page.lines.length > 0 || page.hasEnded || left <= 0 || context.signal.aborted) {
      return answerOf(page, context.logCursors.seal(log, page.cursor));
    }
    cursor = page.cursor;
    await pause(LOOK_AGAIN_MILLISECONDS, undefined, { signal: context.signal }).catch(() => {});
  }
};

function answerOf({ lines, isCut, hasEnded }: TaskLogPage, cursor: string): GetTaskLogsOutput {
  return {
    entries: lines.map(({ taskId, taskSetId, containerName, at, stream, text }) => ({
      taskId,
      taskSetId,
      container: containerName,
      at: new Date(at),
      stream,
      text,
    })),
    cursor,
    cut: isCut,
    ended: hasEnded,
  };
}

async function readPage(
  logs: Pick<TaskLogs, "read">,
  asked: LogsAsked,
  query: Parameters<TaskLogs["read"]>[1],
  signal: AbortSignal,
): Promise<TaskLogPage | undefined> {
  try {
    return await logs.read(asked, query, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof TaskLogCursorError) {
      throw new CallerFault("InvalidNextTokenException", `${error.message}.`, { cause: error });
    }
    throw new CallerFault(
      "ServiceUnavailableException",
      `The logs cannot be read from the container engine: ${reasonOf(error)}. Try again.`,
      { cause: error },
    );
  }
}

function requireAsked({ task, cluster, service, taskSet }: GetTaskLogsInput): LogsAsked {
  if (task !== undefined && cluster === undefined && service === undefined && taskSet === undefined) {
    const resource = parseEcsArn(task)?.resource;
    return { taskId: resource?.type === "task" ? resource.taskId : task };
  }
  if (task !== undefined || cluster === undefined || service === undefined) {
    throw new CallerFault("ValidationException", "Give either task, or cluster and service.");
  }
  const ofCluster = parseEcsArn(cluster)?.resource;
  const ofService = parseEcsArn(service)?.resource;
  const ofTaskSet = taskSet === undefined ? undefined : parseEcsArn(taskSet)?.resource;
  return {
    service: {
      clusterName: ofCluster?.type === "cluster" ? ofCluster.clusterName : cluster,
      serviceName: ofService?.type === "service" ? ofService.serviceName : service,
    },
    taskSetId: ofTaskSet?.type === "task-set" ? ofTaskSet.taskSetId : taskSet,
  };
}

function requireWithin(name: string, value: number, most: number): number {
  if (value >= 0 && value <= most) return value;
  throw new CallerFault("ValidationException", `${name} is ${value}: give 0 to ${most}.`);
}

function missing(asked: LogsAsked): CallerFault {
  const what =
    "taskId" in asked
      ? `task ${excerpt(asked.taskId)}; one that stopped is known for an hour`
      : `service ${excerpt(asked.service.serviceName)} in the cluster ${excerpt(asked.service.clusterName)}`;
  return new CallerFault("LogDoesNotExistException", `There is no ${what}.`);
}
