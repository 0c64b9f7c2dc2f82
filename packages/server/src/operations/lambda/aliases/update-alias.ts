import type { AliasConfiguration, UpdateAliasRequest } from "@aws-sdk/client-lambda";
import { type FunctionAlias, saveAlias } from "../../../store/lambda/aliases.ts";
import { requireLockedFunction } from "../checks/found.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { requireRevision } from "../checks/lambda-faults.ts";
import { changeLambda, type LambdaOperation } from "../lambda-context.ts";
import { aliasView } from "../views/alias-view.ts";
import { readAliasDescription, readAliasName, readRouting, requireVersions } from "./alias-input.ts";
import { requireAlias } from "./get-alias.ts";

/** What the call does not name stays. A RoutingConfig without versions takes the second one away. */
export const updateAlias: LambdaOperation<UpdateAliasRequest, AliasConfiguration> = async (input, context) => {
  const functionName = readWholeFunction(input.FunctionName, context);
  const aliasName = readAliasName(input.Name);
  const routing = input.RoutingConfig && { second: readRouting(input.RoutingConfig) };
  const description = input.Description === undefined ? {} : { description: readAliasDescription(input.Description) };
  const changed = await changeLambda(context, async (transaction) => {
    const { db } = transaction;
    await requireLockedFunction(transaction, functionName, context);
    const before = await requireAlias(db, { functionName, aliasName }, context);
    requireRevision(input.RevisionId, before.revisionId);
    const after: FunctionAlias = {
      ...before,
      version: input.FunctionVersion ?? before.version,
      ...routing,
      ...description,
      revisionId: context.randomUuid(),
    };
    await requireVersions(db, after, context);
    await saveAlias(db, after);
    return after;
  });
  return aliasView(changed, context);
};
