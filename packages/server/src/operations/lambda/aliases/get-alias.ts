import type { AliasConfiguration, GetAliasRequest } from "@aws-sdk/client-lambda";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { functionArn } from "@sluice/model/lambda-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import { type AliasName, type FunctionAlias, findAlias } from "../../../store/lambda/aliases.ts";
import type { Database } from "../../../store/schema.ts";
import { requireFunction } from "../checks/found.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import type { LambdaOperation } from "../lambda-context.ts";
import { aliasView } from "../views/alias-view.ts";
import { readAliasName } from "./alias-input.ts";

export const getAlias: LambdaOperation<GetAliasRequest, AliasConfiguration> = async (input, context) => {
  const { db } = context.store;
  const functionName = readWholeFunction(input.FunctionName, context);
  const aliasName = readAliasName(input.Name);
  await requireFunction(db, functionName, context);
  return aliasView(await requireAlias(db, { functionName, aliasName }, context), context);
};

export async function requireAlias(db: Kysely<Database>, name: AliasName, scope: ArnScope): Promise<FunctionAlias> {
  const alias = await findAlias(db, name);
  if (alias) return alias;
  const arn = functionArn(scope, name.functionName, name.aliasName);
  throw new CallerFault("ResourceNotFoundException", `Cannot find alias arn: ${arn}`);
}
