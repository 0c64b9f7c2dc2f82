import type { InstanceLabel, TargetStatus } from "@sluice/engine/state.ts";
import { type Kysely, sql } from "kysely";
import { compiledListQuery } from "./compiled-query.ts";
import { inListParts } from "./in-list.ts";
import type { Database } from "./schema.ts";

/** How many targets of a deployment stand alike. */
export interface TargetTally {
  readonly status: TargetStatus;
  /** Of a blue/green deployment to hosts. */
  readonly label: InstanceLabel | null;
  readonly count: number;
  /** Those of them that are in the middle of an event. */
  readonly atWork: number;
}

/** Of each deployment; one whose targets are not known yet is left out. */
export async function tallyTargets(
  db: Kysely<Database>,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly TargetTally[]>> {
  const tallies = new Map<string, TargetTally[]>();
  for (const part of inListParts(deploymentIds)) {
    for (const { deployment_id, status, label, count, at_work } of (await targetTallies(db, part)).rows) {
      const tally = { status, label: label as InstanceLabel | null, count: Number(count), atWork: Number(at_work) };
      const others = tallies.get(deployment_id);
      if (others) others.push(tally);
      else tallies.set(deployment_id, [tally]);
    }
  }
  return tallies;
}

const targetTallies = compiledListQuery((db, deploymentIds) =>
  db
    .selectFrom("targets")
    .select(["deployment_id", "status", "label", (expression) => expression.fn.countAll().as("count")])
    .select(sql<number>`sum(CASE WHEN command_state IN ('acknowledged', 'routed') THEN 1 ELSE 0 END)`.as("at_work"))
    .where("deployment_id", "in", deploymentIds)
    .groupBy(["deployment_id", "status", "label"]),
);
