import type { ListAliasesRequest, ListAliasesResponse } from "@aws-sdk/client-lambda";
import { listAliases as listRows } from "../../../store/lambda/aliases.ts";
import { requireFunction } from "../checks/found.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { lambdaPage } from "../checks/paging.ts";
import type { LambdaOperation } from "../lambda-context.ts";
import { aliasView } from "../views/alias-view.ts";

/** With FunctionVersion those that send something to it. */
export const listAliases: LambdaOperation<ListAliasesRequest, ListAliasesResponse> = async (input, context) => {
  const { db } = context.store;
  const functionName = readWholeFunction(input.FunctionName, context);
  await requireFunction(db, functionName, context);
  const version = input.FunctionVersion;
  const page = lambdaPage("ListAliases", input, context, ["string"]);
  const [after] = page.after ?? [""];
  const rows = await listRows(db, { functionName, version, after, limit: page.limit });
  const { items, nextToken } = page.cut(rows, ({ aliasName }) => [aliasName]);
  return { Aliases: items.map((alias) => aliasView(alias, context)), NextMarker: nextToken };
};
