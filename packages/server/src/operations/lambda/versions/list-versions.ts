import type { ListVersionsByFunctionRequest, ListVersionsByFunctionResponse } from "@aws-sdk/client-lambda";
import { LATEST, listVersions } from "../../../store/lambda/versions.ts";
import { requireFunction } from "../checks/found.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { lambdaPage } from "../checks/paging.ts";
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
  const page = lambdaPage("ListVersionsByFunction", input, context, ["number"]);
  const [after] = page.after ?? [-1];
  const read = await listVersions(db, functionName, after, page.limit);
  const { items, nextToken } = page.cut(read, ({ version }) => [version === LATEST ? 0 : Number(version)]);
  return { Versions: items.map((version) => functionView(version, context, version.version)), NextMarker: nextToken };
};
