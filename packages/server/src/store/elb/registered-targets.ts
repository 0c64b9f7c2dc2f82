import type { Kysely } from "kysely";
import type { Database } from "../schema.ts";

/** A target that RegisterTargets was given. */
export interface RegisteredTarget {
  readonly targetGroupArn: string;
  /** An IP address; in a group of functions a function's ARN. */
  readonly address: string;
  /** Of a function 0. */
  readonly port: number;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
  /** Since it was deregistered, while it still serves what it has; null: it is registered. */
  readonly drainingSince: number | null;
}

export async function readRegisteredTargets(db: Kysely<Database>): Promise<readonly RegisteredTarget[]> {
  const rows = await db
    .selectFrom("elb_targets")
    .selectAll()
    .orderBy("target_group_arn")
    .orderBy("registered_at")
    .orderBy("address")
    .orderBy("port")
    .execute();
  return rows.map((row) => ({
    targetGroupArn: row.target_group_arn,
    address: row.address,
    port: row.port,
    registeredAt: row.registered_at,
    drainingSince: row.draining_since,
  }));
}

/** New, or again: one that was draining serves anew. */
export async function registerTarget(db: Kysely<Database>, target: Omit<RegisteredTarget, "drainingSince">) {
  await db
    .insertInto("elb_targets")
    .values({
      target_group_arn: target.targetGroupArn,
      address: target.address,
      port: target.port,
      registered_at: target.registeredAt,
      draining_since: null,
    })
    .onConflict((conflict) =>
      conflict.columns(["target_group_arn", "address", "port"]).doUpdateSet({ draining_since: null }),
    )
    .execute();
}

type TargetKey = Pick<RegisteredTarget, "targetGroupArn" | "address" | "port">;

/** One that drains already goes on with it. */
export async function beginDraining(db: Kysely<Database>, { targetGroupArn, address, port }: TargetKey, now: number) {
  await db
    .updateTable("elb_targets")
    .set({ draining_since: now })
    .where("target_group_arn", "=", targetGroupArn)
    .where("address", "=", address)
    .where("port", "=", port)
    .where("draining_since", "is", null)
    .execute();
}

/** One that was registered anew meanwhile stays. */
export async function removeDrained(db: Kysely<Database>, { targetGroupArn, address, port }: TargetKey) {
  await db
    .deleteFrom("elb_targets")
    .where("target_group_arn", "=", targetGroupArn)
    .where("address", "=", address)
    .where("port", "=", port)
    .where("draining_since", "is not", null)
    .execute();
}
