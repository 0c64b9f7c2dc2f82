import type { DeleteAliasRequest } from "@aws-sdk/client-lambda";
import { removeAlias } from "../../../store/lambda/aliases.ts";
import { requireLockedFunction } from "../checks/found.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { changeLambda, type LambdaOperation } from "../lambda-context.ts";
import { readAliasName } from "./alias-input.ts";

/** One that is not there is deleted already, as with AWS. */
export const deleteAlias: LambdaOperation<DeleteAliasRequest, Record<string, never>> = async (input, context) => {
  const functionName = readWholeFunction(input.FunctionName, context);
  const aliasName = readAliasName(input.Name);
  await changeLambda(context, async (transaction) => {
    await requireLockedFunction(transaction, functionName, context);
    await removeAlias(transaction.db, { functionName, aliasName });
  });
  return {};
};
