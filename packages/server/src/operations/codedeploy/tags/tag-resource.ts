import type { TagResourceInput, TagResourceOutput } from "@aws-sdk/client-codedeploy";
import { checkResourceTagCount, readResourceTags } from "@sluice/model/input-checks/resource-tag-input.ts";
import { mergeTags } from "@sluice/model/tag-filter.ts";
import { lockCounts } from "../../../store/lock-counts.ts";
import { loadResourceTags, putResourceTags } from "../../../store/resource-tags.ts";
import { requireResourceTags } from "../checks/required-lists.ts";
import { requireResourceArn, requireTaggable } from "../checks/resource-tag-input.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** A tag whose key the resource has already gets the new value. */
export const tagResource: CodeDeployOperation<TagResourceInput, TagResourceOutput> = async (input, context) => {
  const arn = requireResourceArn(input.ResourceArn);
  const tags = readResourceTags(requireResourceTags(input.Tags, "Tags"), context.limits);
  await context.store.write(async (transaction) => {
    const { db } = transaction;
    await lockCounts(transaction);
    const resourceArn = await requireTaggable(db, context, arn);
    checkResourceTagCount(mergeTags(await loadResourceTags(db, resourceArn), tags).length, context.limits);
    await putResourceTags(db, resourceArn, tags);
  });
  return {};
};
