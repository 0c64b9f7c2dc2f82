import type { GridRow } from "./grid-row.ts";

/** What the address says of the grid; empty: everything. */
export interface GridFilter {
  readonly text?: string | undefined;
  readonly state?: string | undefined;
  readonly zone?: string | undefined;
}
export type GridGrouping = "state" | "zone" | "none";

/** What needs a person first: failures, then what nobody knows, then what moves. */
export const STATE_ORDER = ["Failed", "Unknown", "InProgress", "Ready", "Pending", "Skipped", "Succeeded"] as const;
export const NO_ZONE = "no zone";

export interface GridGroup {
  readonly key: string;
  readonly rows: readonly GridRow[];
  /** How many of the rows are in each state, in the order of states. */
  readonly counts: readonly StateCount[];
}
export interface StateCount {
  readonly state: string;
  readonly count: number;
}
/** A line of the list as it is drawn. */
export type GridItem =
  | { readonly kind: "group"; readonly group: GridGroup; readonly isOpen: boolean }
  | { readonly kind: "row"; readonly row: GridRow };

export function zoneOf({ zone }: Pick<GridRow, "zone">): string {
  return zone === undefined || zone === "" ? NO_ZONE : zone;
}

export function filterRows(rows: readonly GridRow[], { text = "", state, zone }: GridFilter): readonly GridRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && !state && !zone) return rows;
  return rows.filter(
    (row) =>
      (!state || row.status === state) &&
      (!zone || zoneOf(row) === zone) &&
      words.every((word) => searchedOf(row).includes(word)),
  );
}

/** Names and ids, and what went wrong. */
function searchedOf({ targetId, hostName, zone = "", label = "", events, wait }: GridRow): string {
  const troubles = events.flatMap(({ name, errorCode, scriptName, message }) =>
    errorCode === undefined ? [] : [name, errorCode, scriptName ?? "", message ?? ""],
  );
  return [targetId, hostName, zone, label, wait?.reason ?? "", ...troubles].join(" ").toLowerCase();
}

export function countStates(rows: readonly Pick<GridRow, "status">[]): readonly StateCount[] {
  const counts = new Map<string, number>();
  for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .map(([state, count]) => ({ state, count }))
    .sort((one, other) => rank(one.state) - rank(other.state));
}

export function zonesOf(rows: readonly GridRow[]): readonly string[] {
  return [...new Set(rows.map(zoneOf))].sort(zoneOrder);
}

/** Within a group rows stay in admission order, so that what a person reads does not jump; of zones, failing ones come first. */
export function groupRows(rows: readonly GridRow[], by: GridGrouping): readonly GridGroup[] {
  if (by === "none") return [{ key: "", rows: failingFirst(rows), counts: countStates(rows) }];
  const groups = Map.groupBy(rows, by === "state" ? ({ status }) => status : zoneOf);
  return [...groups]
    .map(([key, members]) => ({
      key,
      rows: by === "state" ? members : failingFirst(members),
      counts: countStates(members),
    }))
    .sort(
      by === "state" ? (one, other) => rank(one.key) - rank(other.key) : (one, other) => zoneOrder(one.key, other.key),
    );
}

/** @param closed keys of the groups of which only the head is shown */
export function itemsOf(groups: readonly GridGroup[], closed: ReadonlySet<string>): readonly GridItem[] {
  const items: GridItem[] = [];
  for (const group of groups) {
    const isOpen = !closed.has(group.key);
    if (group.key !== "") items.push({ kind: "group", group, isOpen });
    if (isOpen) for (const row of group.rows) items.push({ kind: "row", row });
  }
  return items;
}

function failingFirst(rows: readonly GridRow[]): readonly GridRow[] {
  const failing = rows.filter(isFailing);
  return failing.length === 0 ? rows : [...failing, ...rows.filter((row) => !isFailing(row))];
}

function isFailing({ status }: GridRow): boolean {
  return status === "Failed" || status === "Unknown";
}

function rank(state: string): number {
  const place = (STATE_ORDER as readonly string[]).indexOf(state);
  return place < 0 ? STATE_ORDER.length : place;
}

const NATURAL = new Intl.Collator("en", { numeric: true });

function zoneOrder(one: string, other: string): number {
  if (one === NO_ZONE || other === NO_ZONE) return Number(one === NO_ZONE) - Number(other === NO_ZONE);
  return NATURAL.compare(one, other);
}

/** What a line of the list is known by, wherever it stands. */
export function itemKey(item: GridItem | undefined): string {
  if (item === undefined) return "";
  return item.kind === "group" ? `group ${item.group.key}` : item.row.targetId;
}
