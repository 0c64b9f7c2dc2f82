import type { AddPermissionRequest, AddPermissionResponse } from "@aws-sdk/client-lambda";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_POLICY_BYTES } from "@sluice/model/lambda-limits.ts";
import { insertPermission, listPermissions, type Permission } from "../../../store/lambda/permissions.ts";
import { requireLockedFunction } from "../checks/found.ts";
import { ADD_PERMISSION_RULES } from "../checks/function-members.ts";
import { readFunctionName } from "../checks/function-name.ts";
import { invalid, requireRevision, requireSupported } from "../checks/lambda-faults.ts";
import { changeLambda, type LambdaOperation } from "../lambda-context.ts";
import { readStatement, readStatementId } from "./permission-input.ts";
import { policyView, requireRevisionId, setRevisionId, statementView } from "./policy.ts";

/** Lets load balancers invoke a function: a target group takes it as a target only with such a statement. */
export const addPermission: LambdaOperation<AddPermissionRequest, AddPermissionResponse> = async (input, context) => {
  requireSupported(input, ADD_PERMISSION_RULES, context.platform.place);
  const named = readFunctionName(input.FunctionName, context, input.Qualifier);
  if (named.qualifier === "$LATEST") {
    throw invalid("We currently do not support adding policies for $LATEST. Leave the qualifier out.");
  }
  const permission: Permission = {
    functionName: named.functionName,
    qualifier: named.qualifier ?? "",
    statementId: readStatementId(input.StatementId),
    statement: readStatement(input),
  };
  await changeLambda(context, async (transaction) => {
    const { db } = transaction;
    await requireLockedFunction(transaction, named.functionName, context);
    requireRevision(input.RevisionId, await requireRevisionId(db, named, context));
    const before = await listPermissions(db, permission);
    if (before.some(({ statementId }) => statementId === permission.statementId)) {
      throw new CallerFault(
        "ResourceConflictException",
        `The statement id (${permission.statementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      );
    }
    const bytes = Buffer.byteLength(policyView([...before, permission], context));
    if (bytes > MAX_POLICY_BYTES) {
      throw new CallerFault(
        "PolicyLengthExceededException",
        `The final policy size (${bytes}) is bigger than the limit (${MAX_POLICY_BYTES}). Remove a statement that is not needed.`,
      );
    }
    await insertPermission(db, permission);
    await setRevisionId(db, named, context.randomUuid());
  });
  return { Statement: JSON.stringify(statementView(permission, context)) };
};
