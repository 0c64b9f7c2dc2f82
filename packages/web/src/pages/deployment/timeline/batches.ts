import type { GridRow } from "../grid/grid-row.ts";

/** Hosts that began together. */
export interface Batch {
  readonly at: Date;
  readonly rows: readonly GridRow[];
}

/** Hosts take their first command within this of each other when they were admitted together. */
const TOGETHER_MILLISECONDS = 2_000;
/** More than a person reads: then hosts count as together that began further apart. */
export const MAX_BATCHES = 40;

export function batchesOf(rows: readonly GridRow[]): readonly Batch[] {
  const begun = rows
    .flatMap((row) => {
      const at = begunAt(row);
      return at === undefined ? [] : [{ row, at }];
    })
    .sort((one, other) => one.at.getTime() - other.at.getTime());
  for (let within = TOGETHER_MILLISECONDS; ; within *= 2) {
    const batches: { at: Date; rows: GridRow[] }[] = [];
    for (const { row, at } of begun) {
      const last = batches.at(-1);
      if (last !== undefined && at.getTime() - last.at.getTime() <= within) last.rows.push(row);
      else batches.push({ at, rows: [row] });
    }
    if (batches.length <= MAX_BATCHES) return batches;
  }
}

function begunAt({ events }: GridRow): Date | undefined {
  return events.find(({ startedAt }) => startedAt !== undefined)?.startedAt;
}
