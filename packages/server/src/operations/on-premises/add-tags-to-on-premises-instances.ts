import type { AddTagsToOnPremisesInstancesInput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_TAGS, mergeTags } from "@sluice/model/tag-filter.ts";
import type { Operation } from "../operation.ts";
import { changeTags, requireFewInstances, requireInstanceNames, requireTags } from "./on-premises-instance.ts";

/** A tag whose key the instance has already gets the new value. */
export const addTagsToOnPremisesInstances: Operation<AddTagsToOnPremisesInstancesInput, Record<string, never>> = async (
  input,
  context,
) => {
  const instanceNames = requireInstanceNames(input.instanceNames);
  const tags = requireTags(input.tags);
  requireFewInstances(instanceNames);
  await context.store.write((transaction) =>
    changeTags(transaction, instanceNames, (present, instanceName) => {
      const merged = mergeTags(present, tags);
      if (merged.length <= MAX_TAGS) return merged;
      throw new CallerFault(
        "TagLimitExceededException",
        `The on-premises instance ${instanceName} would have ${merged.length} tags: at most ${MAX_TAGS} are allowed. Remove some first, with \`aws deploy remove-tags-from-on-premises-instances\`.`,
      );
    }),
  );
  return {};
};
