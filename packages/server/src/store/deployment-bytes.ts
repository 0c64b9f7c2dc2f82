import { sql } from "kysely";
import { inListParts } from "./in-list.ts";
import type { Store } from "./open-store.ts";

/** What the database spends on a row besides its long texts: ids, times, and the entries of indexes. */
const ROW_BYTES = {
  events: 100,
  targets: 150,
  effects: 200,
  deployments: 600,
  deployment_notes: 100,
  deployment_snapshots: 60,
} as const;

const TEXTS = {
  events: sql<number>`SUM(LENGTH(body_json))`,
  targets: sql<number>`SUM(LENGTH(state_json))`,
  effects: sql<number>`SUM(LENGTH(payload_json) + LENGTH(COALESCE(outcome_json, '')) + LENGTH(COALESCE(progress_json, '')))`,
  deployment_notes: sql<number>`SUM(LENGTH(reason))`,
  deployment_snapshots: sql<number>`SUM(LENGTH(snapshot_json))`,
  deployments: sql<number>`SUM(LENGTH(state_json) + LENGTH(request_json) + LENGTH(COALESCE(intent_json, '')) + LENGTH(revision_json))`,
} as const;

const TABLES = ["events", "targets", "effects", "deployment_notes", "deployment_snapshots", "deployments"] as const;

/** About how many bytes of the database these deployments take, all that belongs to them included. */
export async function bytesOfDeployments({ db }: Pick<Store, "db">, deploymentIds: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const part of inListParts(deploymentIds)) {
    for (const table of TABLES) {
      const row = await db
        .selectFrom(table)
        .select((expression) => [expression.fn.countAll<number>().as("rows"), TEXTS[table].as("texts")])
        .where("deployment_id", "in", part)
        .executeTakeFirst();
      bytes += Number(row?.texts ?? 0) + ROW_BYTES[table] * Number(row?.rows ?? 0);
    }
  }
  return bytes;
}
