import type { RemovePermissionRequest } from "@aws-sdk/client-lambda";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { removePermission as removeStatement } from "../../../store/lambda/permissions.ts";
import { requireLockedFunction } from "../checks/found.ts";
import { readFunctionName } from "../checks/function-name.ts";
import { requireRevision } from "../checks/lambda-faults.ts";
import { changeLambda, type LambdaOperation } from "../lambda-context.ts";
import { readStatementId } from "./permission-input.ts";
import { requireRevisionId, setRevisionId } from "./policy.ts";

export const removePermission: LambdaOperation<RemovePermissionRequest, Record<string, never>> = async (
  input,
  context,
) => {
  const named = readFunctionName(input.FunctionName, context, input.Qualifier);
  const statementId = readStatementId(input.StatementId);
  await changeLambda(context, async (transaction) => {
    const { db } = transaction;
    await requireLockedFunction(transaction, named.functionName, context);
    requireRevision(input.RevisionId, await requireRevisionId(db, named, context));
    const policy = { functionName: named.functionName, qualifier: named.qualifier ?? "" };
    if (!(await removeStatement(db, policy, statementId))) {
      throw new CallerFault("ResourceNotFoundException", `Statement ${statementId} is not found in resource policy.`);
    }
    await setRevisionId(db, named, context.randomUuid());
  });
  return {};
};
