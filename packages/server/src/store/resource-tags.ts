import { type ArnScope, applicationArn, deploymentGroupArn } from "@sluice/model/resource-arn.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import type { Kysely } from "kysely";
import type { Database } from "./schema.ts";

/** In the order of their keys. */
export async function loadResourceTags(db: Kysely<Database>, resourceArn: string): Promise<Tag[]> {
  const rows = await db
    .selectFrom("resource_tags")
    .select(["tag_key", "tag_value"])
    .where("resource_arn", "=", resourceArn)
    .orderBy("tag_key")
    .execute();
  return rows.map((row) => ({ Key: row.tag_key, Value: row.tag_value }));
}

/** A tag whose key the resource has already gets the new value. */
export async function putResourceTags(db: Kysely<Database>, resourceArn: string, tags: readonly Tag[]): Promise<void> {
  if (tags.length === 0) return;
  await db
    .insertInto("resource_tags")
    .values(tags.map((tag) => ({ resource_arn: resourceArn, tag_key: tag.Key, tag_value: tag.Value })))
    .onConflict((conflict) =>
      conflict
        .columns(["resource_arn", "tag_key"])
        .doUpdateSet((expression) => ({ tag_value: expression.ref("excluded.tag_value") })),
    )
    .execute();
}

export async function removeResourceTags(
  db: Kysely<Database>,
  resourceArn: string,
  keys: readonly string[],
): Promise<void> {
  await db.deleteFrom("resource_tags").where("resource_arn", "=", resourceArn).where("tag_key", "in", keys).execute();
}

export async function clearResourceTags(db: Kysely<Database>, resourceArn: string): Promise<void> {
  await db.deleteFrom("resource_tags").where("resource_arn", "=", resourceArn).execute();
}

/** Tags hang on the ARN, and a rename changes it. */
export async function moveResourceTags(db: Kysely<Database>, fromArn: string, toArn: string): Promise<void> {
  await db.updateTable("resource_tags").set({ resource_arn: toArn }).where("resource_arn", "=", fromArn).execute();
}

/** The application's own tags, and those of its groups: their ARNs hold its name. */
export async function moveApplicationTags(
  db: Kysely<Database>,
  scope: ArnScope,
  rename: { readonly from: string; readonly to: string; readonly groupNames: readonly string[] },
): Promise<void> {
  const { from, to, groupNames } = rename;
  await moveResourceTags(db, applicationArn(scope, from), applicationArn(scope, to));
  for (const groupName of groupNames) {
    await moveResourceTags(db, deploymentGroupArn(scope, from, groupName), deploymentGroupArn(scope, to, groupName));
  }
}
