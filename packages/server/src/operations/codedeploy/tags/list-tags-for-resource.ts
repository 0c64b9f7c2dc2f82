import type { ListTagsForResourceInput, ListTagsForResourceOutput } from "@aws-sdk/client-codedeploy";
import { loadResourceTags } from "../../../store/resource-tags.ts";
import { requireResourceArn, requireTaggable } from "../checks/resource-tag-input.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** A resource has so few tags that one page holds them all. */
export const listTagsForResource: CodeDeployOperation<ListTagsForResourceInput, ListTagsForResourceOutput> = async (
  input,
  context,
) => {
  const { db } = context.store;
  const resourceArn = await requireTaggable(db, context, requireResourceArn(input.ResourceArn));
  return { Tags: await loadResourceTags(db, resourceArn) };
};
