import type { DeleteFunctionRequest, DeleteFunctionResponse } from "@aws-sdk/client-lambda";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { deletedMeanwhile } from "../../../functions/deleted-meanwhile.ts";
import { listAliases } from "../../../store/lambda/aliases.ts";
import { endEventsOf } from "../../../store/lambda/events.ts";
import { removeFunction } from "../../../store/lambda/functions.ts";
import { LATEST, removeVersion } from "../../../store/lambda/versions.ts";
import { isVersion, requireLockedFunction, requireVersion } from "../checks/found.ts";
import { readFunctionName } from "../checks/function-name.ts";
import { invalid } from "../checks/lambda-faults.ts";
import { changeLambda, forgetUnnamedCode, type LambdaContext, type LambdaOperation } from "../lambda-context.ts";

const NO_CONTENT = 204;
/** As many as a message names. */
const NAMED_ALIASES = 10;

/** One version, or without a qualifier the function with all that is its own. */
export const deleteFunction: LambdaOperation<DeleteFunctionRequest, DeleteFunctionResponse> = async (
  input,
  context,
) => {
  const { functionName, qualifier } = readFunctionName(input.FunctionName, context, input.Qualifier);
  if (qualifier !== undefined) await deleteVersion(functionName, qualifier, context);
  else {
    await changeLambda(context, async (transaction) => {
      await requireLockedFunction(transaction, functionName, context);
      await removeFunction(transaction.db, functionName);
      // Of another function of this name, which may be created at once, nobody has asked for them.
      await endEventsOf(transaction, functionName, {
        now: context.now(),
        errorType: "ResourceNotFoundException",
        errorMessage: deletedMeanwhile(functionName),
      });
      transaction.afterCommit(() => context.forgetKeys({ functionName }));
    });
  }
  await forgetUnnamedCode(context);
  return { StatusCode: NO_CONTENT };
};

async function deleteVersion(functionName: string, version: string, context: LambdaContext): Promise<void> {
  if (version === LATEST) throw invalid("$LATEST version cannot be deleted without deleting the function.");
  if (!isVersion(version)) {
    throw invalid(
      `Deletion of aliases is not currently supported here: aws lambda delete-alias --function-name ${functionName} --name ${version}`,
    );
  }
  await changeLambda(context, async (transaction) => {
    const { db } = transaction;
    await requireLockedFunction(transaction, functionName, context);
    await requireVersion(db, functionName, version, context);
    const aliases = await listAliases(db, { functionName, version, after: "", limit: NAMED_ALIASES });
    if (aliases.length > 0) {
      const names = aliases.map(({ aliasName }) => aliasName).join(", ");
      throw new CallerFault(
        "ResourceConflictException",
        `Unable to delete version because the following aliases reference it: [${names}]. Point them at another version first: aws lambda update-alias`,
      );
    }
    await removeVersion(db, { functionName, version });
  });
}
