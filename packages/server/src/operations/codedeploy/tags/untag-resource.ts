import type { UntagResourceInput, UntagResourceOutput } from "@aws-sdk/client-codedeploy";
import { checkResourceTagCount } from "@sluice/model/input-checks/resource-tag-input.ts";
import { removeResourceTags } from "../../../store/resource-tags.ts";
import { requireTagKeys } from "../checks/required-lists.ts";
import { requireResourceArn, requireTaggable } from "../checks/resource-tag-input.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** Keys that the resource does not have are passed over. */
export const untagResource: CodeDeployOperation<UntagResourceInput, UntagResourceOutput> = async (input, context) => {
  const arn = requireResourceArn(input.ResourceArn);
  const keys = requireTagKeys(input.TagKeys, "TagKeys");
  checkResourceTagCount(keys.length, context.limits);
  await context.store.write(async ({ db }) => {
    await removeResourceTags(db, await requireTaggable(db, context, arn), keys);
  });
  return {};
};
