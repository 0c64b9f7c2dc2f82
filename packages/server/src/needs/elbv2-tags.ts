import { elbResourceType } from "@sluice/model/elb-arn.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import { LISTENER_TAGS, LOAD_BALANCER_TAGS, RULE_TAGS, TARGET_GROUP_TAGS } from "../store/columns/elb-columns.ts";
import { inListParts } from "../store/in-list.ts";
import { type ReadTags, storedTags, type TagsContext } from "./found-tags.ts";

type Kind = NonNullable<ReturnType<typeof elbResourceType>>;
type ReadKind = (
  db: TagsContext["db"],
  arns: readonly string[],
) => Promise<readonly (readonly [string, readonly Tag[]])[]>;

/** Each kind by its whole ARN, which is what it is stored by. */
const KINDS: Readonly<Record<Kind, ReadKind>> = {
  loadbalancer: async (db, arns) => {
    const rows = await db
      .selectFrom("elb_load_balancers")
      .select(["load_balancer_arn", "tags_json"])
      .where("load_balancer_arn", "in", arns)
      .execute();
    return rows.map((row) => [row.load_balancer_arn, LOAD_BALANCER_TAGS.read(row)]);
  },
  targetgroup: async (db, arns) => {
    const rows = await db
      .selectFrom("elb_target_groups")
      .select(["target_group_arn", "tags_json"])
      .where("target_group_arn", "in", arns)
      .execute();
    return rows.map((row) => [row.target_group_arn, TARGET_GROUP_TAGS.read(row)]);
  },
  listener: async (db, arns) => {
    const rows = await db
      .selectFrom("elb_listeners")
      .select(["listener_arn", "tags_json"])
      .where("listener_arn", "in", arns)
      .execute();
    return rows.map((row) => [row.listener_arn, LISTENER_TAGS.read(row)]);
  },
  "listener-rule": async (db, arns) => {
    const rows = await db
      .selectFrom("elb_rules")
      .select(["rule_arn", "tags_json"])
      .where("rule_arn", "in", arns)
      .execute();
    return rows.map((row) => [row.rule_arn, RULE_TAGS.read(row)]);
  },
};

/** Of load balancers, listeners, rules and target groups. */
export const elbv2Tags: ReadTags = async ({ db }, arns) => {
  const found = [];
  for (const [kind, ofKind] of Map.groupBy(arns, elbResourceType)) {
    if (kind === undefined) continue;
    for (const part of inListParts(ofKind)) {
      found.push(...(await KINDS[kind](db, part)));
    }
  }
  return found.map(([arn, tags]) => [arn, storedTags(tags)] as const);
};
