import type { ListFunctionsRequest, ListFunctionsResponse } from "@aws-sdk/client-lambda";
import { excerpt } from "@sluice/model/excerpt.ts";
import { listFunctions as listRows } from "../../../store/lambda/functions.ts";
import { findVersion, LATEST, listAllVersions } from "../../../store/lambda/versions.ts";
import { LIST_FUNCTIONS_RULES } from "../checks/function-members.ts";
import { invalid, requireSupported } from "../checks/lambda-faults.ts";
import { lambdaPage } from "../checks/paging.ts";
import type { LambdaContext, LambdaOperation } from "../lambda-context.ts";
import { functionView } from "../views/function-view.ts";

/** `$LATEST` of each function; with FunctionVersion ALL each version. */
export const listFunctions: LambdaOperation<ListFunctionsRequest, ListFunctionsResponse> = async (input, context) => {
  requireSupported(input, LIST_FUNCTIONS_RULES, context.platform.place);
  if (input.FunctionVersion === undefined) return listLatest(input, context);
  if (input.FunctionVersion === "ALL") return listAll(input, context);
  throw invalid(`FunctionVersion ${excerpt(JSON.stringify(input.FunctionVersion))} is not known: give ALL.`);
};

async function listLatest(input: ListFunctionsRequest, context: LambdaContext): Promise<ListFunctionsResponse> {
  const { db } = context.store;
  const page = lambdaPage("ListFunctions", input, context, ["string"]);
  const [after] = page.after ?? [""];
  const rows = await listRows(db, after, page.limit);
  const { items, nextToken } = page.cut(rows, (row) => [row.function_name]);
  const versions = await Promise.all(
    items.map((row) => findVersion(db, { functionName: row.function_name, version: LATEST })),
  );
  // One may go while the page is read.
  return {
    Functions: versions.flatMap((version) => (version ? [functionView(version, context)] : [])),
    NextMarker: nextToken,
  };
}

async function listAll(input: ListFunctionsRequest, context: LambdaContext): Promise<ListFunctionsResponse> {
  const page = lambdaPage("ListFunctions", input, context, ["string", "number"]);
  const read = await listAllVersions(
    context.store.db,
    page.after === undefined ? null : { functionName: page.after[0], number: page.after[1] },
    page.limit,
  );
  const { items, nextToken } = page.cut(read, ({ functionName, version }) => [
    functionName,
    version === LATEST ? 0 : Number(version),
  ]);
  return {
    Functions: items.map((version) => functionView(version, context, version.version)),
    NextMarker: nextToken,
  };
}
