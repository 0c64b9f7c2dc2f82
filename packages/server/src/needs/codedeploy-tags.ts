import type { Tag } from "@sluice/model/tag-filter.ts";
import { inListParts } from "../store/in-list.ts";
import { type ReadTags, storedTags } from "./found-tags.ts";

/** Of applications and groups, which keep them by ARN. On-premises instances have tags that say which groups select them; IAM never sees those. */
export const codeDeployTags: ReadTags = async ({ db }, arns) => {
  const tags = new Map<string, Tag[]>();
  for (const part of inListParts(arns)) {
    const rows = await db.selectFrom("resource_tags").selectAll().where("resource_arn", "in", part).execute();
    for (const { resource_arn, tag_key: Key, tag_value: Value } of rows) {
      tags.set(resource_arn, [...(tags.get(resource_arn) ?? []), { Key, Value }]);
    }
  }
  return [...tags].map(([arn, ofOne]) => [arn, storedTags(ofOne)]);
};
