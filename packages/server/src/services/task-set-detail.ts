import type { ContainerEngine } from "@sluice/engine/ports/container-engine.ts";
import { withinPatience } from "../loops/patience.ts";
import type { TaskState } from "./service-state.ts";
import { endOf } from "./service-words.ts";
import { isFailedEnd } from "./task-end.ts";

const LOG_PATIENCE_MILLISECONDS = 2_000;
const LAST_LINE_CHARACTERS = 200;

export interface DetailParts {
  readonly engine: Pick<ContainerEngine, "logs">;
  readonly signal: AbortSignal;
}

/** Why the newest of a set's failed tasks ended, with the last line of what it wrote; undefined: none failed. No full stop. */
export async function newestFailure(
  tasks: readonly TaskState[],
  failedTasks: number,
  { engine, signal }: DetailParts,
): Promise<string | undefined> {
  const failed = tasks.filter(isFailedEnd);
  const newest = failed.reduce<TaskState | undefined>(
    (latest, task) => ((latest?.createdAt ?? Number.NEGATIVE_INFINITY) > task.createdAt ? latest : task),
    undefined,
  );
  if (!newest) return undefined;
  const line = await lastLine(newest, { engine, signal });
  const wrote = line === "" ? "" : `; its last line: ${line}`;
  return `${failedTasks} failed so far, the newest: ${endOf(newest)}${wrote}`;
}

/** Of the container that ended with the worst exit code. Empty: it wrote nothing, or the engine does not say in time. */
async function lastLine({ containers }: TaskState, { engine, signal }: DetailParts): Promise<string> {
  const started = containers.filter(({ runtimeId }) => runtimeId !== null);
  const chosen = started.find(({ exitCode }) => exitCode !== null && exitCode !== 0) ?? started[0];
  if (!chosen || chosen.runtimeId === null) return "";
  try {
    const asked = engine.logs(chosen.runtimeId, { tailLines: 1 }, signal);
    const [line] = await withinPatience(asked, LOG_PATIENCE_MILLISECONDS);
    const text = line?.text.trim() ?? "";
    return text.length > LAST_LINE_CHARACTERS ? `${text.slice(0, LAST_LINE_CHARACTERS)}…` : text;
  } catch {
    signal.throwIfAborted();
    return "";
  }
}
