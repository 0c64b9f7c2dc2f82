import type { UntagResourceInput, UntagResourceOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { checkResourceTagCount } from "@sluice/model/input-checks/resource-tag-input.ts";
import { removeResourceTags } from "../../../store/resource-tags.ts";
import { requireResourceArn, requireTaggable } from "../checks/resource-tag-input.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** Keys that the resource does not have are passed over. */
export const untagResource: CodeDeployOperation<UntagResourceInput, UntagResourceOutput> = async (input, context) => {
  const arn = requireResourceArn(input.ResourceArn);
  const keys = input.TagKeys;
  if (!keys?.length) {
    throw new CallerFault("TagRequiredException", "TagKeys is missing or empty: give at least one key.");
  }
  checkResourceTagCount(keys.length);
  await context.store.write(async ({ db }) => {
    await removeResourceTags(db, await requireTaggable(db, context, arn), keys);
  });
  return {};
};
