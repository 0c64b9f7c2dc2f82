import type { Kysely } from "kysely";
import type { TaskStatus } from "../ecs/ecs-tables.ts";
import type { Database } from "../schema.ts";

/** A task that is a target of its task set's group, from the moment at which it runs and has an address until it stops. */
export interface BalancedTask {
  readonly taskId: string;
  readonly targetGroupArn: string;
  readonly address: string;
  /** Where its container listens. */
  readonly port: number;
  /** It gets nothing new. */
  readonly isDraining: boolean;
}

/** In ECS' words: registered with its target group, serving, and being deregistered. */
const BALANCED: readonly TaskStatus[] = ["ACTIVATING", "RUNNING", "DEACTIVATING"];

export async function readBalancedTasks(db: Kysely<Database>): Promise<readonly BalancedTask[]> {
  const rows = await db
    .selectFrom("ecs_tasks")
    .innerJoin("ecs_task_sets", "ecs_task_sets.task_set_id", "ecs_tasks.task_set_id")
    .select(["ecs_tasks.task_id", "ecs_tasks.address", "ecs_tasks.draining_since"])
    .select(["ecs_task_sets.target_group_arn", "ecs_task_sets.container_port"])
    .where("ecs_tasks.last_status", "in", BALANCED)
    .where("ecs_tasks.address", "is not", null)
    .where("ecs_task_sets.target_group_arn", "is not", null)
    .orderBy("ecs_tasks.task_id")
    .execute();
  return rows.flatMap((row) =>
    row.address === null || row.target_group_arn === null || row.container_port === null
      ? []
      : [
          {
            taskId: row.task_id,
            targetGroupArn: row.target_group_arn,
            address: row.address,
            port: row.container_port,
            isDraining: row.draining_since !== null,
          },
        ],
  );
}
