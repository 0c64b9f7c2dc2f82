import type { TargetStatus } from "@sluice/engine/state.ts";
import type { Kysely } from "kysely";
import type { DeploymentRow } from "./deployments.ts";
import type { Database } from "./schema.ts";
import { tallyTargets } from "./target-tally.ts";

export type StatusCounts = ReadonlyMap<TargetStatus, number>;

/** Of deployments that are over, whose targets change no more. */
const MAX_KEPT_COUNTS = 10_000;
const keptFor = new WeakMap<object, Map<string, StatusCounts>>();

/**
 * How many targets of each deployment are in each status; one whose targets were never known is left out. Counting a thousand targets takes a
 * millisecond or more, and a page of history has many such deployments: what is over is counted once.
 */
export async function countTargets(
  db: Kysely<Database>,
  rows: readonly Pick<DeploymentRow, "deployment_id" | "active">[],
): Promise<ReadonlyMap<string, StatusCounts>> {
  const kept = keptOf(db);
  const counts = new Map<string, StatusCounts>();
  const asked: string[] = [];
  const over = new Set<string>();
  for (const { deployment_id: id, active } of rows) {
    const known = kept.get(id);
    if (known) counts.set(id, known);
    else asked.push(id);
    if (active === 0) over.add(id);
  }
  for (const [id, tallies] of await tallyTargets(db, asked)) {
    const byStatus = new Map<TargetStatus, number>();
    for (const { status, count } of tallies) byStatus.set(status, (byStatus.get(status) ?? 0) + count);
    counts.set(id, byStatus);
    if (over.has(id)) keep(kept, id, byStatus);
  }
  return counts;
}

function keep(kept: Map<string, StatusCounts>, id: string, counts: StatusCounts): void {
  if (kept.size >= MAX_KEPT_COUNTS) {
    const oldest = kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
  }
  kept.set(id, counts);
}

/** Transactions of one database share its adapter. */
function keptOf(db: Kysely<Database>): Map<string, StatusCounts> {
  const { adapter } = db.getExecutor();
  let kept = keptFor.get(adapter);
  if (!kept) {
    kept = new Map();
    keptFor.set(adapter, kept);
  }
  return kept;
}
