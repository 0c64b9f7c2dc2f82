import type { GetFunctionCodeSigningConfigRequest, GetFunctionCodeSigningConfigResponse } from "@aws-sdk/client-lambda";
import { requireFunction } from "../checks/found.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import type { LambdaOperation } from "../lambda-context.ts";

/** No function has one here, which AWS says with an empty ARN. Terraform reads it of every function. */
export const getFunctionCodeSigningConfig: LambdaOperation<
  GetFunctionCodeSigningConfigRequest,
  GetFunctionCodeSigningConfigResponse
> = async (input, context) => {
  const functionName = readWholeFunction(input.FunctionName, context);
  await requireFunction(context.store.db, functionName, context);
  return { FunctionName: functionName, CodeSigningConfigArn: "" };
};
