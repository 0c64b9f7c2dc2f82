import type { Tag } from "@sluice/model/tag-filter.ts";
import type { Kysely, Selectable } from "kysely";
import {
  type ElbAttributes,
  TARGET_GROUP_ATTRIBUTES,
  TARGET_GROUP_BODY,
  TARGET_GROUP_TAGS,
  type TargetGroupBody,
} from "../columns/elb-columns.ts";
import type { Database } from "../schema.ts";
import type { ElbTargetGroupsTable } from "./elb-tables.ts";

export interface TargetGroup extends TargetGroupBody {
  readonly arn: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Those that were set. */
  readonly attributes: ElbAttributes;
  readonly tags: readonly Tag[];
}

/** In the order of their names. */
export async function readTargetGroups(db: Kysely<Database>): Promise<readonly TargetGroup[]> {
  const rows = await db.selectFrom("elb_target_groups").selectAll().orderBy("name").execute();
  return rows.map(targetGroupOf);
}

/** New, or instead of the one with its ARN. */
export async function saveTargetGroup(db: Kysely<Database>, targetGroup: TargetGroup): Promise<void> {
  const row = rowOf(targetGroup);
  await db
    .insertInto("elb_target_groups")
    .values(row)
    .onConflict((conflict) => conflict.column("target_group_arn").doUpdateSet(row))
    .execute();
}

/** With its targets. */
export async function removeTargetGroup(db: Kysely<Database>, arn: string): Promise<void> {
  await db.deleteFrom("elb_targets").where("target_group_arn", "=", arn).execute();
  await db.deleteFrom("elb_target_groups").where("target_group_arn", "=", arn).execute();
}

function targetGroupOf(row: Selectable<ElbTargetGroupsTable>): TargetGroup {
  return {
    arn: row.target_group_arn,
    name: row.name,
    createdAt: row.created_at,
    ...TARGET_GROUP_BODY.read(row),
    attributes: TARGET_GROUP_ATTRIBUTES.read(row),
    tags: TARGET_GROUP_TAGS.read(row),
  };
}

function rowOf(of: TargetGroup): Selectable<ElbTargetGroupsTable> {
  const { protocol, port, vpcId, targetType, healthCheck, isChecked } = of;
  return {
    target_group_arn: of.arn,
    name: of.name,
    created_at: of.createdAt,
    body_json: TARGET_GROUP_BODY.write({ protocol, port, vpcId, targetType, healthCheck, isChecked }),
    attributes_json: TARGET_GROUP_ATTRIBUTES.write(of.attributes),
    tags_json: TARGET_GROUP_TAGS.write(of.tags),
  };
}
