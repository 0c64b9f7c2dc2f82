import type { AliasConfiguration, CreateAliasRequest } from "@aws-sdk/client-lambda";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { functionArn } from "@sluice/model/lambda-arn.ts";
import { MAX_ALIASES_PER_FUNCTION } from "@sluice/model/lambda-limits.ts";
import { countAliases, type FunctionAlias, findAlias, saveAlias } from "../../../store/lambda/aliases.ts";
import { requireLockedFunction } from "../checks/found.ts";
import { CREATE_ALIAS_RULES } from "../checks/function-members.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { invalid, requireSupported } from "../checks/lambda-faults.ts";
import { changeLambda, type LambdaOperation } from "../lambda-context.ts";
import { aliasView } from "../views/alias-view.ts";
import { readAliasDescription, readAliasName, readRouting, requireVersions } from "./alias-input.ts";

export const createAlias: LambdaOperation<CreateAliasRequest, AliasConfiguration> = async (input, context) => {
  requireSupported(input, CREATE_ALIAS_RULES, context.platform.place);
  const functionName = readWholeFunction(input.FunctionName, context);
  const aliasName = readAliasName(input.Name);
  if (input.FunctionVersion === undefined) throw invalid("FunctionVersion must be specified: give a version.");
  const alias: FunctionAlias = {
    functionName,
    aliasName,
    version: input.FunctionVersion,
    second: readRouting(input.RoutingConfig ?? {}),
    description: readAliasDescription(input.Description ?? ""),
    revisionId: context.randomUuid(),
  };
  await changeLambda(context, async (transaction) => {
    const { db } = transaction;
    await requireLockedFunction(transaction, functionName, context);
    if (await findAlias(db, alias)) {
      const arn = functionArn(context, functionName, aliasName);
      throw new CallerFault("ResourceConflictException", `Alias already exists: ${arn}`);
    }
    if ((await countAliases(db, functionName)) >= MAX_ALIASES_PER_FUNCTION) {
      throw new CallerFault(
        "AliasLimitExceededException",
        `${functionName} has ${MAX_ALIASES_PER_FUNCTION} aliases, which is the most allowed: delete one that is not used.`,
      );
    }
    await requireVersions(db, alias, context);
    await saveAlias(db, alias);
  });
  return aliasView(alias, context);
};
