import type { RemoveTagsFromOnPremisesInstancesInput } from "@aws-sdk/client-codedeploy";
import type { Operation } from "../operation.ts";
import { changeTags, requireFewInstances, requireInstanceNames, requireTags } from "./on-premises-instance.ts";

/** Removes key and value pairs; a tag given without a value goes whatever its value is. What is not there is not an error. */
export const removeTagsFromOnPremisesInstances: Operation<
  RemoveTagsFromOnPremisesInstancesInput,
  Record<string, never>
> = async (input, context) => {
  const instanceNames = requireInstanceNames(input.instanceNames);
  const tags = requireTags(input.tags);
  requireFewInstances(instanceNames);
  await context.store.write((transaction) =>
    changeTags(transaction, instanceNames, (present) =>
      present.filter((tag) => !tags.some(({ Key, Value }) => Key === tag.Key && (Value === "" || Value === tag.Value))),
    ),
  );
  return {};
};
