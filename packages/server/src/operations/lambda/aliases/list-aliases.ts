import type { ListAliasesRequest, ListAliasesResponse } from "@aws-sdk/client-lambda";
import { listAliases as listRows } from "../../../store/lambda/aliases.ts";
import { requireFunction } from "../checks/found.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { readPage, toPage } from "../checks/paging.ts";
import type { LambdaOperation } from "../lambda-context.ts";
import { aliasView } from "../views/alias-view.ts";

/** With FunctionVersion those that send something to it. */
export const listAliases: LambdaOperation<ListAliasesRequest, ListAliasesResponse> = async (input, context) => {
  const { db } = context.store;
  const functionName = readWholeFunction(input.FunctionName, context);
  await requireFunction(db, functionName, context);
  const version = input.FunctionVersion;
  const listing = `ListAliases ${functionName} ${version ?? ""}`;
  const page = readPage(listing, input);
  const rows = await listRows(db, { functionName, version, after: page.after ?? "", limit: page.limit });
  const { items, marker } = toPage(listing, rows, page, ({ aliasName }) => aliasName);
  return { Aliases: items.map((alias) => aliasView(alias, context)), NextMarker: marker };
};
