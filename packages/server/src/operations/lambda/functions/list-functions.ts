import type { ListFunctionsRequest, ListFunctionsResponse } from "@aws-sdk/client-lambda";
import { excerpt } from "@sluice/model/excerpt.ts";
import { listFunctions as listRows } from "../../../store/lambda/functions.ts";
import { findVersion, LATEST, listAllVersions } from "../../../store/lambda/versions.ts";
import { NAME_AND_NUMBER_KEY } from "../../listed-page.ts";
import { LIST_FUNCTIONS_RULES } from "../checks/function-members.ts";
import { invalid, requireSupported } from "../checks/lambda-faults.ts";
import { readPage, toPage } from "../checks/paging.ts";
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
  const page = readPage("ListFunctions", input);
  const rows = await listRows(db, page.after ?? "", page.limit);
  const { items, marker } = toPage("ListFunctions", rows, page, (row) => row.function_name);
  const versions = await Promise.all(
    items.map((row) => findVersion(db, { functionName: row.function_name, version: LATEST })),
  );
  // One may go while the page is read.
  return {
    Functions: versions.flatMap((version) => (version ? [functionView(version, context)] : [])),
    NextMarker: marker,
  };
}

async function listAll(input: ListFunctionsRequest, context: LambdaContext): Promise<ListFunctionsResponse> {
  const page = readPage("ListFunctions ALL", input, NAME_AND_NUMBER_KEY);
  const read = await listAllVersions(context.store.db, positionOf(page.after), page.limit);
  const { items, marker } = toPage(
    "ListFunctions ALL",
    read,
    page,
    ({ functionName, version }) => `${functionName}:${version === LATEST ? 0 : version}`,
  );
  return {
    Functions: items.map((version) => functionView(version, context, version.version)),
    NextMarker: marker,
  };
}

function positionOf(after: string | null): { functionName: string; number: number } | null {
  if (after === null) return null;
  const [functionName = "", number = "0"] = after.split(":");
  return { functionName, number: Number(number) };
}
