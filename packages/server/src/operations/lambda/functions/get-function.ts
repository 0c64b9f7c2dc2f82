import type {
  GetFunctionConfigurationRequest,
  GetFunctionRequest,
  GetFunctionResponse,
  FunctionConfiguration as Shown,
} from "@aws-sdk/client-lambda";
import { FUNCTION_TAGS } from "../../../store/columns/lambda-columns.ts";
import { requireFunction, requireQualified } from "../checks/found.ts";
import { readFunctionName } from "../checks/function-name.ts";
import type { LambdaOperation } from "../lambda-context.ts";
import { functionView } from "../views/function-view.ts";

export const getFunction: LambdaOperation<GetFunctionRequest, GetFunctionResponse> = async (input, context) => {
  const named = readFunctionName(input.FunctionName, context, input.Qualifier);
  const row = await requireFunction(context.store.db, named.functionName, context);
  const version = await requireQualified(context.store.db, named, context);
  const tags = FUNCTION_TAGS.read(row);
  const location = await context.codeUrl(version.codeSha256);
  return {
    Configuration: functionView(version, context, named.qualifier),
    Code: { RepositoryType: "S3", ...(location !== null && { Location: location }) },
    ...(tags.length > 0 && { Tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) }),
    ...(row.reserved_concurrency !== null && {
      Concurrency: { ReservedConcurrentExecutions: row.reserved_concurrency },
    }),
  };
};

export const getFunctionConfiguration: LambdaOperation<GetFunctionConfigurationRequest, Shown> = async (
  input,
  context,
) => {
  const named = readFunctionName(input.FunctionName, context, input.Qualifier);
  return functionView(await requireQualified(context.store.db, named, context), context, named.qualifier);
};
