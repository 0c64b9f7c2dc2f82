import type { ListVersionsByFunctionRequest, ListVersionsByFunctionResponse } from "@aws-sdk/client-lambda";
import { LATEST, listVersions } from "../../../store/lambda/versions.ts";
import { NUMBER_KEY } from "../../listed-page.ts";
import { requireFunction } from "../checks/found.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { readPage, toPage } from "../checks/paging.ts";
import type { LambdaOperation } from "../lambda-context.ts";
import { functionView } from "../views/function-view.ts";

/** `$LATEST`, and then the published ones in their order. */
export const listVersionsByFunction: LambdaOperation<
  ListVersionsByFunctionRequest,
  ListVersionsByFunctionResponse
> = async (input, context) => {
  const { db } = context.store;
  const functionName = readWholeFunction(input.FunctionName, context);
  await requireFunction(db, functionName, context);
  const listing = `ListVersionsByFunction ${functionName}`;
  const page = readPage(listing, input, NUMBER_KEY);
  const read = await listVersions(db, functionName, page.after === null ? -1 : Number(page.after), page.limit);
  const { items, marker } = toPage(listing, read, page, ({ version }) => (version === LATEST ? "0" : version));
  return { Versions: items.map((version) => functionView(version, context, version.version)), NextMarker: marker };
};
