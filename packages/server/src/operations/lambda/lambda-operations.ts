import type { LambdaOperations } from "@sluice/wire/generated/lambda-shapes.ts";
import { createAlias } from "./aliases/create-alias.ts";
import { deleteAlias } from "./aliases/delete-alias.ts";
import { getAlias } from "./aliases/get-alias.ts";
import { listAliases } from "./aliases/list-aliases.ts";
import { updateAlias } from "./aliases/update-alias.ts";
import { getFunctionCodeSigningConfig } from "./code-signing/function-code-signing.ts";
import {
  deleteFunctionConcurrency,
  getFunctionConcurrency,
  putFunctionConcurrency,
} from "./concurrency/function-concurrency.ts";
import { createFunction } from "./functions/create-function.ts";
import { deleteFunction } from "./functions/delete-function.ts";
import { getFunction, getFunctionConfiguration } from "./functions/get-function.ts";
import { listFunctions } from "./functions/list-functions.ts";
import { updateFunctionCode } from "./functions/update-function-code.ts";
import { updateFunctionConfiguration } from "./functions/update-function-configuration.ts";
import type { LambdaOperation } from "./lambda-context.ts";
import { addPermission } from "./permissions/add-permission.ts";
import { getPolicy } from "./permissions/get-policy.ts";
import { removePermission } from "./permissions/remove-permission.ts";
import { listTags, tagResource, untagResource } from "./tags/function-tags.ts";
import { listVersionsByFunction } from "./versions/list-versions.ts";
import { publishVersion } from "./versions/publish-version.ts";

type Handlers = {
  readonly [Name in Exclude<keyof LambdaOperations, "Invoke">]: LambdaOperation<
    LambdaOperations[Name]["input"],
    LambdaOperations[Name]["output"]
  >;
};

/** Every operation of Lambda that is served, by its name on the wire, but for Invoke, whose answer has a request id of its own. */
export const LAMBDA_HANDLERS: Handlers = {
  AddPermission: addPermission,
  CreateAlias: createAlias,
  CreateFunction: createFunction,
  DeleteAlias: deleteAlias,
  DeleteFunction: deleteFunction,
  DeleteFunctionConcurrency: deleteFunctionConcurrency,
  GetAlias: getAlias,
  GetFunction: getFunction,
  GetFunctionCodeSigningConfig: getFunctionCodeSigningConfig,
  GetFunctionConcurrency: getFunctionConcurrency,
  GetFunctionConfiguration: getFunctionConfiguration,
  GetPolicy: getPolicy,
  ListAliases: listAliases,
  ListFunctions: listFunctions,
  ListTags: listTags,
  ListVersionsByFunction: listVersionsByFunction,
  PublishVersion: publishVersion,
  PutFunctionConcurrency: putFunctionConcurrency,
  RemovePermission: removePermission,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAlias: updateAlias,
  UpdateFunctionCode: updateFunctionCode,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
};
