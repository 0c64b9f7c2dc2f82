import type { ContainerEngine, LogLine } from "@sluice/engine/ports/container-engine.ts";
import { TASK_CONTAINERS } from "../store/columns/ecs-columns.ts";
import { findService, type ServiceName } from "../store/ecs/services.ts";
import { findTasks, type TaskRow, tasksOfServices } from "../store/ecs/tasks.ts";
import type { Store } from "../store/open-store.ts";
import { type LogPlace, parseLogCursor, placeAfter, textOfLogCursor } from "./log-cursor.ts";

/** Lines in one answer; of more, the newest. */
export const MAX_TASK_LOG_LINES = 2_000;
/** Of all lines of one answer; of more, the newest. */
export const MAX_TASK_LOG_CHARACTERS = 1_000_000;
/** Containers that are asked at the same time. */
const CONTAINERS_AT_ONCE = 8;

/** Of whose containers. Times are epoch milliseconds. */
export type LogsAsked =
  | { readonly taskId: string }
  | { readonly service: ServiceName; readonly taskSetId?: string | undefined };

export interface TaskLogQuery {
  /** The last so many lines of all together, where there is no cursor. */
  readonly tailLines: number;
  /** Only what was written after it. */
  readonly since?: number | undefined;
  /** Only of the container that the task definition calls so. */
  readonly containerName?: string | undefined;
  /** Of the answer before: only what came since. */
  readonly cursor?: string | undefined;
}

export interface TaskLogLine extends LogLine {
  readonly taskId: string;
  readonly taskSetId: string;
  readonly containerName: string;
}

export interface TaskLogPage {
  /** Oldest first. */
  readonly lines: readonly TaskLogLine[];
  readonly cursor: string;
  /** Older lines were left out, since there are more than an answer has. */
  readonly isCut: boolean;
  /** Nothing more will come: all tasks that were asked for have stopped. */
  readonly hasEnded: boolean;
}

interface AskedContainer {
  readonly row: TaskRow;
  readonly containerName: string;
  readonly containerId: string;
}

export interface TaskLogsDependencies {
  readonly store: Store;
  readonly engine: Pick<ContainerEngine, "logs">;
}

/** What tasks write, as the engine keeps it: of tasks that have stopped, for as long as they are listed. */
export class TaskLogs {
  readonly #store: Store;
  readonly #engine: Pick<ContainerEngine, "logs">;

  constructor({ store, engine }: TaskLogsDependencies) {
    this.#store = store;
    this.#engine = engine;
  }

  /**
   * Undefined: there is no such task or service. Rejects with a `TaskLogCursorError` about the cursor, and with the engine's words when it
   * is away.
   */
  async read(asked: LogsAsked, query: TaskLogQuery, signal: AbortSignal): Promise<TaskLogPage | undefined> {
    const rows = await this.#rowsOf(asked);
    if (!rows) return undefined;
    const before = query.cursor === undefined ? undefined : parseLogCursor(query.cursor);
    const containers = rows.flatMap((row) => containersOf(row, query.containerName));
    const asks = { ...query, tailLines: before ? MAX_TASK_LOG_LINES : Math.min(query.tailLines, MAX_TASK_LOG_LINES) };
    const read: ReadContainer[] = [];
    for (let at = 0; at < containers.length; at += CONTAINERS_AT_ONCE) {
      const some = containers.slice(at, at + CONTAINERS_AT_ONCE);
      read.push(...(await Promise.all(some.map((container) => this.#read(container, asks, before, signal)))));
    }
    const all = read.flatMap(({ lines }) => lines).toSorted((one, other) => one.at - other.at);
    const lines = newest(all, asks.tailLines);
    return {
      lines,
      cursor: textOfLogCursor(read.flatMap(({ place }) => (place ? [place] : []))),
      isCut: lines.length < all.length && (before !== undefined || lines.length < query.tailLines),
      hasEnded: "taskId" in asked && rows.every(({ stopped_at }) => stopped_at !== null),
    };
  }

  async #rowsOf(asked: LogsAsked): Promise<readonly TaskRow[] | undefined> {
    const { db } = this.#store;
    if ("taskId" in asked) {
      const rows = await findTasks(db, [asked.taskId]);
      return rows.length > 0 ? rows : undefined;
    }
    const service = await findService(db, asked.service);
    if (!service) return undefined;
    const rows = await tasksOfServices(db, [service.service_id]);
    return rows.filter(({ task_set_id }) => asked.taskSetId === undefined || task_set_id === asked.taskSetId);
  }

  async #read(
    { row, containerName, containerId }: AskedContainer,
    { tailLines, since }: TaskLogQuery,
    before: ReadonlyMap<string, LogPlace> | undefined,
    signal: AbortSignal,
  ): Promise<ReadContainer> {
    const seen = before?.get(containerId);
    // One more than fits tells that there are more; other lines may have the time of the last one that was seen.
    const query = { tailLines: tailLines + 1 + (seen?.count ?? 0), since: seen ? seen.at - 1 : since };
    const lines = await this.#engine.logs(containerId, query, signal);
    const isOld = lines.findIndex(({ at }) => seen === undefined || at >= seen.at);
    const known = lines.slice(Math.max(0, isOld)).filter(({ at }) => at === seen?.at).length;
    const news = lines.slice(Math.max(0, isOld) + Math.min(known, seen?.count ?? 0));
    const { task_id: taskId, task_set_id: taskSetId } = row;
    return {
      lines: news.map((line) => ({ ...line, taskId, taskSetId, containerName })),
      place: placeAfter(containerId, seen, news),
    };
  }
}

interface ReadContainer {
  readonly lines: readonly TaskLogLine[];
  readonly place: LogPlace | undefined;
}

function containersOf(row: TaskRow, containerName: string | undefined): readonly AskedContainer[] {
  return TASK_CONTAINERS.read(row).flatMap(({ name, runtimeId }) =>
    runtimeId !== null && (containerName === undefined || name === containerName)
      ? [{ row, containerName: name, containerId: runtimeId }]
      : [],
  );
}

function newest(lines: readonly TaskLogLine[], most: number): readonly TaskLogLine[] {
  let first = Math.max(0, lines.length - most);
  let characters = 0;
  for (let index = lines.length - 1; index >= first; index--) {
    characters += lines[index]?.text.length ?? 0;
    // The newest alone is there whatever its length.
    if (characters > MAX_TASK_LOG_CHARACTERS && index < lines.length - 1) first = index + 1;
  }
  return lines.slice(first);
}
