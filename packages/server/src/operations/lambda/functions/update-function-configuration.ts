import type { FunctionConfiguration as Shown, UpdateFunctionConfigurationRequest } from "@aws-sdk/client-lambda";
import { LATEST, saveVersion } from "../../../store/lambda/versions.ts";
import { requireFunction, requireLockedFunction, requireVersion } from "../checks/found.ts";
import { UPDATE_CONFIGURATION_RULES } from "../checks/function-members.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { requireRevision, requireSupported } from "../checks/lambda-faults.ts";
import { changeLambda, type LambdaOperation } from "../lambda-context.ts";
import { functionView } from "../views/function-view.ts";
import { changedConfiguration } from "./configuration-input.ts";
import { requireRunnable } from "./create-function.ts";

/** Published versions stay as they are. */
export const updateFunctionConfiguration: LambdaOperation<UpdateFunctionConfigurationRequest, Shown> = async (
  input,
  context,
) => {
  const { platform, store } = context;
  requireSupported(input, UPDATE_CONFIGURATION_RULES, platform.place);
  const functionName = readWholeFunction(input.FunctionName, context);
  const { uid } = await requireFunction(store.db, functionName, context);
  const { configuration } = await requireVersion(store.db, functionName, LATEST, context);
  await requireRunnable(changedConfiguration(configuration, input), uid, context);
  const changed = await changeLambda(context, async (transaction) => {
    await requireLockedFunction(transaction, functionName, context);
    const before = await requireVersion(transaction.db, functionName, LATEST, context);
    requireRevision(input.RevisionId, before.revisionId);
    const after = {
      ...before,
      configuration: changedConfiguration(before.configuration, input),
      modifiedAt: context.now(),
      revisionId: context.randomUuid(),
    };
    await saveVersion(transaction.db, after);
    return after;
  });
  return functionView(changed, context);
};
