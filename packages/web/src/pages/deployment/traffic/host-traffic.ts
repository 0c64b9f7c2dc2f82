import type { GridEvent } from "@sluice/wire/sluice/console-api.ts";
import type { Grid, GridRow } from "../grid/grid-row.ts";

/** How many hosts of each side take traffic from a moment on. */
export interface HostTrafficPoint {
  readonly at: Date;
  readonly old: number;
  readonly new: number;
}
export interface HostTraffic {
  readonly oldName: string;
  readonly newName: string;
  readonly points: readonly HostTrafficPoint[];
}
/** Whether a load balancer has a part in what is done to hosts. */
export function hasHostTraffic({ rows, columns }: Pick<Grid, "rows" | "columns">): boolean {
  return rows[0]?.type === "host" && (columns.includes("BlockTraffic") || columns.includes("AllowTraffic"));
}

type Change = { readonly at: Date; readonly side: "old" | "new"; readonly by: 1 | -1 };

/**
 * Counts of hosts behind a load balancer over time, by when it blocked and allowed them. In place a host leaves with the old revision and
 * comes back with the new one; in blue/green each fleet is a side.
 *
 * @returns undefined where no load balancer has a part
 */
export function hostTraffic(rows: readonly GridRow[], startedAt: Date, end: Date): HostTraffic | undefined {
  const behind = rows.filter(({ type, events }) => type === "host" && events.some(isTraffic));
  if (behind.length === 0) return undefined;
  const hasFleets = behind.some(({ label }) => label === "Green");
  const at = { old: behind.filter((row) => beginsWithTraffic(row)).length, new: 0 };
  const points: HostTrafficPoint[] = [{ at: startedAt, ...at }];
  for (const change of behind.flatMap(changesOf).sort((one, other) => one.at.getTime() - other.at.getTime())) {
    at[change.side] += change.by;
    if (points.at(-1)?.at.getTime() === change.at.getTime()) points.pop();
    points.push({ at: change.at, ...at });
  }
  const last = points.at(-1)!;
  if (end > last.at) points.push({ ...last, at: end });
  return {
    oldName: hasFleets ? "Hosts that are left" : "Old revision",
    newName: hasFleets ? "Hosts that take over" : "New revision",
    points,
  };
}

function isTraffic({ name }: GridEvent): boolean {
  return name === "BlockTraffic" || name === "AllowTraffic";
}

function beginsWithTraffic({ events }: GridRow): boolean {
  return events.find(isTraffic)?.name === "BlockTraffic";
}

function changesOf({ events }: GridRow): readonly Change[] {
  return events.flatMap((event): readonly Change[] => {
    if (!isTraffic(event) || event.status !== "Succeeded" || event.endedAt === undefined) return [];
    return event.name === "BlockTraffic"
      ? [{ at: event.endedAt, side: "old", by: -1 }]
      : [{ at: event.endedAt, side: "new", by: 1 }];
  });
}
