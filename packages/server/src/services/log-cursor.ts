import { listOf, objectOf } from "@sluice/model/stored-json/form.ts";
import { type Json, parseJson } from "@sluice/model/stored-json/stored-json.ts";

/** How far each container's output was read. Several lines may have the same time. */
export interface LogPlace {
  readonly containerId: string;
  /** Of the last line that was read, epoch milliseconds. */
  readonly at: number;
  /** Lines with that time that were read. */
  readonly count: number;
}

/** A cursor that this server has not made. The message has no full stop. */
export class TaskLogCursorError extends Error {
  override readonly name = "TaskLogCursorError";
}

const PLACES = listOf(objectOf<LogPlace>({ containerId: "text", at: "number", count: "number" }));

export function parseLogCursor(cursor: string): ReadonlyMap<string, LogPlace> {
  try {
    const text = Buffer.from(cursor, "base64url").toString();
    const places = parseJson(text as unknown as Json<readonly LogPlace[]>, PLACES, () => "cursor");
    return new Map(places.map((place) => [place.containerId, place]));
  } catch (error) {
    throw new TaskLogCursorError("the cursor is none of GetTaskLogs", { cause: error });
  }
}

export function textOfLogCursor(places: Iterable<LogPlace>): string {
  return Buffer.from(JSON.stringify([...places])).toString("base64url");
}

/** @param lines what was read now, oldest first */
export function placeAfter(
  containerId: string,
  before: LogPlace | undefined,
  lines: readonly { readonly at: number }[],
): LogPlace | undefined {
  const last = lines.at(-1);
  if (!last) return before;
  const known = before?.at === last.at ? before.count : 0;
  return { containerId, at: last.at, count: known + lines.filter(({ at }) => at === last.at).length };
}
