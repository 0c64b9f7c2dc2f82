import type { GridEvent, GridTarget } from "@sluice/wire/sluice/console-api.ts";

/** What a target's event waits for, in words. */
export interface RowWait {
  readonly event: string;
  readonly reason: string;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** A row of the grid. A row that did not change is the same object after any number of events, so that nothing draws it again. */
export interface GridRow extends GridTarget {
  readonly wait?: RowWait | undefined;
}

/** The targets of a deployment as they stand at one position of the event stream. */
export interface Grid {
  readonly eventId: number;
  readonly rows: readonly GridRow[];
  /** Where each target's row is. The same object for as long as no row comes or goes. */
  readonly placeOf: ReadonlyMap<string, number>;
  /** Names of the lifecycle events, in an order that suits every row. */
  readonly columns: readonly string[];
}

export const EMPTY_GRID: Grid = { eventId: 0, rows: [], placeOf: new Map(), columns: [] };

export function gridOf(targets: readonly GridTarget[], eventId: number): Grid {
  return {
    eventId,
    rows: targets,
    placeOf: new Map(targets.map(({ targetId }, place) => [targetId, place])),
    columns: columnsOf(targets),
  };
}

/**
 * Blue and green targets have other events: each list keeps its order, and what only one has stands where that one has it. Green ones,
 * which come first in time, are put first.
 */
export function columnsOf(targets: readonly Pick<GridTarget, "label" | "events">[]): readonly string[] {
  const lists = { green: new Map<string, readonly string[]>(), blue: new Map<string, readonly string[]>() };
  for (const { label, events } of targets) {
    const names = events.map(({ name }) => name);
    lists[label === "Blue" ? "blue" : "green"].set(names.join(), names);
  }
  return [...lists.green.values(), ...lists.blue.values()].reduce<readonly string[]>(merged, []);
}

function merged(columns: readonly string[], names: readonly string[]): readonly string[] {
  const result = [...columns];
  let place = 0;
  for (const name of names) {
    const known = result.indexOf(name);
    if (known >= 0) {
      place = Math.max(place, known + 1);
      continue;
    }
    // Behind all that is left of a list of which nothing follows: else before the next one that both have.
    const next = names.slice(names.indexOf(name) + 1).find((later) => result.indexOf(later) >= place);
    const at = next === undefined ? result.length : result.indexOf(next);
    result.splice(at, 0, name);
    place = at + 1;
  }
  return result;
}

export function eventOf(row: GridRow, name: string): GridEvent | undefined {
  return row.events.find((event) => event.name === name);
}

/** The event that the target is in, or that it ended with. */
export function currentEvent(row: GridRow): GridEvent | undefined {
  return (
    row.events.find(({ status }) => status === "InProgress") ??
    row.events.find(({ status }) => status === "Failed" || status === "Unknown") ??
    row.events.findLast(({ status }) => status === "Succeeded")
  );
}
