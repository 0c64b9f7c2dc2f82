import type { GetPolicyRequest, GetPolicyResponse } from "@aws-sdk/client-lambda";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { listPermissions } from "../../../store/lambda/permissions.ts";
import { requireFunction } from "../checks/found.ts";
import { readFunctionName } from "../checks/function-name.ts";
import type { LambdaOperation } from "../lambda-context.ts";
import { policyView, requireRevisionId } from "./policy.ts";

export const getPolicy: LambdaOperation<GetPolicyRequest, GetPolicyResponse> = async (input, context) => {
  const { db } = context.store;
  const named = readFunctionName(input.FunctionName, context, input.Qualifier);
  await requireFunction(db, named.functionName, context);
  const revisionId = await requireRevisionId(db, named, context);
  const permissions = await listPermissions(db, {
    functionName: named.functionName,
    qualifier: named.qualifier ?? "",
  });
  if (permissions.length === 0) {
    throw new CallerFault("ResourceNotFoundException", "The resource you requested does not exist.");
  }
  return { Policy: policyView(permissions, context), RevisionId: revisionId };
};
