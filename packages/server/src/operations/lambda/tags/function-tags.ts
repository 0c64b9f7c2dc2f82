import type {
  ListTagsRequest,
  ListTagsResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-lambda";
import type { Tag } from "@sluice/model/tag-filter.ts";
import { FUNCTION_TAGS } from "../../../store/columns/lambda-columns.ts";
import { changeFunction } from "../../../store/lambda/functions.ts";
import { requireFunction, requireLockedFunction } from "../checks/found.ts";
import { readFunctionArn } from "../checks/function-name.ts";
import { readTags, withTags } from "../checks/function-tags.ts";
import { invalid } from "../checks/lambda-faults.ts";
import type { LambdaContext, LambdaOperation } from "../lambda-context.ts";

type Nothing = Record<string, never>;

export const tagResource: LambdaOperation<TagResourceRequest, Nothing> = async (input, context) => {
  if (input.Tags === undefined) throw invalid("Tags must be specified: give at least one.");
  const added = readTags(input.Tags);
  return changeTags(input.Resource, context, (tags) => withTags(tags, added));
};

export const untagResource: LambdaOperation<UntagResourceRequest, Nothing> = async (input, context) => {
  if (input.TagKeys === undefined) throw invalid("TagKeys must be specified: give at least one.");
  const removed = new Set(input.TagKeys);
  return changeTags(input.Resource, context, (tags) => tags.filter(({ Key }) => !removed.has(Key)));
};

export const listTags: LambdaOperation<ListTagsRequest, ListTagsResponse> = async (input, context) => {
  const functionName = readFunctionArn(input.Resource, context);
  const tags = FUNCTION_TAGS.read(await requireFunction(context.store.db, functionName, context));
  return { Tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) };
};

/** Nothing that routes invocations reads tags: nobody is told. */
async function changeTags(
  arn: string | undefined,
  context: LambdaContext,
  change: (tags: readonly Tag[]) => readonly Tag[],
): Promise<Nothing> {
  const functionName = readFunctionArn(arn, context);
  await context.store.write(async (transaction) => {
    const tags = FUNCTION_TAGS.read(await requireLockedFunction(transaction, functionName, context));
    await changeFunction(transaction.db, functionName, { tags_json: FUNCTION_TAGS.write(change(tags)) });
  });
  return {};
}
