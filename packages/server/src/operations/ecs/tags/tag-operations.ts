import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-ecs";
import { invalid } from "../checks/member-rules.ts";
import { readTags, withTags } from "../checks/tag-input.ts";
import { changeServices, type EcsOperation } from "../ecs-context.ts";
import { requireTagged } from "./tagged-resource.ts";

export const listTagsForResource: EcsOperation<ListTagsForResourceRequest, ListTagsForResourceResponse> = async (
  { resourceArn },
  context,
) => ({ tags: [...(await requireTagged(context.store.db, resourceArn, context)).tags] });

export const tagResource: EcsOperation<TagResourceRequest, object> = async ({ resourceArn, tags }, context) => {
  const added = readTags(tags);
  if (added.length === 0) throw invalid("tags must be specified: give at least one.");
  await changeServices(context, async ({ db }) => {
    const resource = await requireTagged(db, resourceArn, context);
    await resource.save(withTags(resource.tags, added));
  });
  return {};
};

export const untagResource: EcsOperation<UntagResourceRequest, object> = async ({ resourceArn, tagKeys }, context) => {
  if (!tagKeys?.length) throw invalid("tagKeys must be specified: give at least one.");
  await changeServices(context, async ({ db }) => {
    const resource = await requireTagged(db, resourceArn, context);
    await resource.save(resource.tags.filter(({ key }) => !tagKeys.includes(key)));
  });
  return {};
};
