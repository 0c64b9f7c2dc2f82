import type { FunctionConfiguration as Shown, UpdateFunctionCodeRequest } from "@aws-sdk/client-lambda";
import { type FunctionVersion, LATEST, saveVersion } from "../../../store/lambda/versions.ts";
import { requireFunction, requireLockedFunction, requireVersion } from "../checks/found.ts";
import { UPDATE_CODE_RULES } from "../checks/function-members.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { requireRevision, requireSupported } from "../checks/lambda-faults.ts";
import { changeLambda, forgetUnnamedCode, type LambdaOperation } from "../lambda-context.ts";
import { publish } from "../versions/publish.ts";
import { functionView } from "../views/function-view.ts";
import { requireArchitecture } from "./architecture.ts";
import { readZip, storeZip } from "./code-input.ts";

export const updateFunctionCode: LambdaOperation<UpdateFunctionCodeRequest, Shown> = async (input, context) => {
  const { platform, store } = context;
  requireSupported(input, UPDATE_CODE_RULES, platform.place);
  const functionName = readWholeFunction(input.FunctionName, context);
  requireArchitecture(input.Architectures);
  await requireFunction(store.db, functionName, context);
  requireRevision(input.RevisionId, (await requireVersion(store.db, functionName, LATEST, context)).revisionId);
  const zip = await readZip(input, context);
  const code = await storeZip(zip, context);
  try {
    const changed = await changeLambda(context, async (transaction): Promise<FunctionVersion> => {
      const row = await requireLockedFunction(transaction, functionName, context);
      const before = await requireVersion(transaction.db, functionName, LATEST, context);
      requireRevision(input.RevisionId, before.revisionId);
      const after: FunctionVersion = {
        ...before,
        codeSha256: code.sha256,
        codeBytes: code.bytes,
        modifiedAt: context.now(),
        revisionId: context.randomUuid(),
      };
      if (input.DryRun) return after;
      await saveVersion(transaction.db, after);
      return input.Publish ? publish(transaction, row, after, context) : after;
    });
    return functionView(changed, context, changed.version === LATEST ? undefined : changed.version);
  } finally {
    code.release();
    await forgetUnnamedCode(context);
  }
};
