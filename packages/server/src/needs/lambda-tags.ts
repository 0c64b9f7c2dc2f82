import { parseFunctionReference } from "@sluice/model/lambda-arn.ts";
import { FUNCTION_TAGS } from "../store/columns/lambda-columns.ts";
import { inListParts } from "../store/in-list.ts";
import { type ReadTags, type StoredTags, storedTags } from "./found-tags.ts";

/** Versions and aliases have the tags of their function. */
export const functionTags: ReadTags = async ({ db }, arns) => {
  const named = arns.flatMap((arn) => {
    const { functionName } = parseFunctionReference(arn) ?? {};
    return functionName === undefined ? [] : [{ arn, functionName }];
  });
  const found = new Map<string, StoredTags>();
  for (const part of inListParts(named.map(({ functionName }) => functionName))) {
    const rows = await db
      .selectFrom("lambda_functions")
      .select(["function_name", "tags_json"])
      .where("function_name", "in", part)
      .execute();
    for (const row of rows) found.set(row.function_name, storedTags(FUNCTION_TAGS.read(row)));
  }
  return named.flatMap(({ arn, functionName }) => {
    const stored = found.get(functionName);
    return stored ? [[arn, stored] as const] : [];
  });
};
