import type { GridEvent } from "@sluice/wire/sluice/console-api.ts";
import type { Grid, GridRow } from "./grid-row.ts";

/** What a stream event has that the grid reads; all else that an event's type has stays in `body`. */
export interface StreamEvent {
  readonly eventId: number;
  readonly at: Date;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Of `deploymentStarted`: the targets and their events are known now, and the stream does not tell the events. */
export function makesTargets({ type }: Pick<StreamEvent, "type">): boolean {
  return type === "deploymentStarted";
}

const EVENT_STATUS_AFTER: Readonly<Record<string, string>> = {
  lifecycleEventSucceeded: "Succeeded",
  lifecycleEventFailed: "Failed",
  lifecycleEventUnreported: "Unknown",
};
const TARGET_STATUS_AFTER: Readonly<Record<string, string>> = {
  targetReady: "Ready",
  targetSucceeded: "Succeeded",
  targetFailed: "Failed",
  targetSkipped: "Skipped",
};

/**
 * The grid after events of its deployment. Events that it stands behind already change nothing, so that what came while it was fetched may
 * be applied again. One batch copies the list of rows once, and makes only those rows anew that change.
 */
export function applyEvents(grid: Grid, events: readonly StreamEvent[]): Grid {
  let rows: GridRow[] | undefined;
  let eventId = grid.eventId;
  for (const event of events) {
    if (event.eventId <= grid.eventId) continue;
    eventId = Math.max(eventId, event.eventId);
    const place = grid.placeOf.get(textOf(event.body, "targetId") ?? "");
    const old = place === undefined ? undefined : (rows ?? grid.rows)[place];
    if (place === undefined || old === undefined) continue;
    const next = rowAfter(old, event);
    if (next === old) continue;
    rows ??= [...grid.rows];
    rows[place] = next;
  }
  return rows === undefined && eventId === grid.eventId ? grid : { ...grid, eventId, rows: rows ?? grid.rows };
}

function rowAfter(row: GridRow, { type, at, body }: StreamEvent): GridRow {
  const ended = TARGET_STATUS_AFTER[type];
  if (ended !== undefined) return ended === "Ready" ? { ...row, status: ended } : endedRow(row, ended, at);
  const name = textOf(body, "event") ?? "";
  const status = EVENT_STATUS_AFTER[type];
  if (status !== undefined) {
    return changed(withoutWait(row, name), name, (event) => ({
      ...event,
      status,
      endedAt: at,
      ...(status !== "Succeeded" && trouble(body.diagnostics)),
    }));
  }
  switch (type) {
    case "commandOffered": {
      const inProgress = row.status === "InProgress" ? row : { ...row, status: "InProgress" };
      const by = textOf(body, "by") ?? row.events.find((event) => event.name === name)?.by;
      // An agent's event begins when its host takes it; all others begin at once.
      return by === "agent" ? inProgress : changed(inProgress, name, (event) => begun(event, at));
    }
    case "lifecycleEventStarted":
      return changed(row, name, (event) => begun(event, at));
    case "targetWaiting":
      return { ...row, wait: { event: name, reason: textOf(body, "reason") ?? "", ...bounds(body) } };
    case "weightsAsked":
    case "trafficShifted":
    case "shiftChangeRequested":
      return row.wait === undefined ? row : withoutWait(row, row.wait.event);
    default:
      return row;
  }
}

/** Events that never ran end as Skipped with an end and no start, as CodeDeploy shows them. */
function endedRow(row: GridRow, status: string, at: Date): GridRow {
  const { wait: _, ...rest } = row;
  const events = row.events.map((event) =>
    event.status === "Pending" ? { ...event, status: "Skipped", endedAt: at } : event,
  );
  return { ...rest, status, events };
}

function begun(event: GridEvent, at: Date): GridEvent {
  return { ...event, status: "InProgress", startedAt: at };
}

function changed(row: GridRow, name: string, change: (event: GridEvent) => GridEvent): GridRow {
  const place = row.events.findIndex((event) => event.name === name);
  const event = row.events[place];
  return event === undefined ? row : { ...row, events: row.events.with(place, change(event)) };
}

function withoutWait(row: GridRow, event: string): GridRow {
  if (row.wait?.event !== event) return row;
  const { wait: _, ...rest } = row;
  return rest;
}

function trouble(diagnostics: unknown): Pick<GridEvent, "errorCode" | "scriptName" | "message"> {
  if (typeof diagnostics !== "object" || diagnostics === null) return {};
  const read = diagnostics as Record<string, unknown>;
  return {
    errorCode: textOf(read, "errorCode"),
    scriptName: textOf(read, "scriptName") || undefined,
    message: textOf(read, "message"),
  };
}

function bounds(body: StreamEvent["body"]): { readonly since?: Date; readonly until?: Date } {
  const { since, until } = body;
  return {
    ...(typeof since === "number" && { since: new Date(since) }),
    ...(typeof until === "number" && { until: new Date(until) }),
  };
}

function textOf(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name];
  return typeof value === "string" ? value : undefined;
}
