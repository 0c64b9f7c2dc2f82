import type { ListTagsForResourceInput, ListTagsForResourceOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { loadResourceTags } from "../../../store/resource-tags.ts";
import { requireResourceArn, requireTaggable } from "../checks/resource-tag-input.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** TagResource and UntagResource may answer these; of this operation AWS's model has no error for what is not there. */
const UNMODELLED: ReadonlySet<string> = new Set([
  "ApplicationDoesNotExistException",
  "DeploymentGroupDoesNotExistException",
]);

/** A resource has so few tags that one page holds them all. */
export const listTagsForResource: CodeDeployOperation<ListTagsForResourceInput, ListTagsForResourceOutput> = async (
  input,
  context,
) => {
  const { db } = context.store;
  const arn = requireResourceArn(input.ResourceArn);
  const resourceArn = await requireTaggable(db, context, arn).catch((error: unknown) => {
    if (!(error instanceof CallerFault) || !UNMODELLED.has(error.code)) throw error;
    throw new CallerFault("InvalidArnException", `ResourceArn "${excerpt(arn)}" names nothing: ${error.message}`, {
      cause: error,
    });
  });
  return { Tags: await loadResourceTags(db, resourceArn) };
};
