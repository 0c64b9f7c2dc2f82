import type { PublishVersionRequest, FunctionConfiguration as Shown } from "@aws-sdk/client-lambda";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_FUNCTION_DESCRIPTION_CHARACTERS } from "@sluice/model/lambda-limits.ts";
import { LATEST } from "../../../store/lambda/versions.ts";
import { requireLockedFunction, requireVersion } from "../checks/found.ts";
import { PUBLISH_VERSION_RULES } from "../checks/function-members.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { invalid, requireRevision, requireSupported } from "../checks/lambda-faults.ts";
import { requireShort } from "../checks/within.ts";
import { changeLambda, type LambdaOperation } from "../lambda-context.ts";
import { digestView, functionView } from "../views/function-view.ts";
import { publish } from "./publish.ts";

export const publishVersion: LambdaOperation<PublishVersionRequest, Shown> = async (input, context) => {
  requireSupported(input, PUBLISH_VERSION_RULES, context.platform.place);
  const functionName = readWholeFunction(input.FunctionName, context);
  const { CodeSha256: digest, Description: description } = input;
  if (description !== undefined) requireShort(description, "Description", MAX_FUNCTION_DESCRIPTION_CHARACTERS);
  const published = await changeLambda(context, async (transaction) => {
    const row = await requireLockedFunction(transaction, functionName, context);
    const latest = await requireVersion(transaction.db, functionName, LATEST, context);
    requireRevision(input.RevisionId, latest.revisionId);
    const current = digestView(latest.codeSha256);
    if (digest !== undefined && digest !== current) {
      throw invalid(
        `CodeSHA256 (${excerpt(digest)}) is different from current CodeSHA256 in $LATEST (${current}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    }
    // AWS takes an empty one for none.
    return publish(transaction, row, latest, context, description || undefined);
  });
  return functionView(published, context, published.version);
};
