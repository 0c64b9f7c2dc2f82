import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { functionArn, parseFunctionReference } from "@sluice/model/lambda-arn.ts";
import { MAX_FUNCTION_NAME_CHARACTERS, MAX_FUNCTION_REFERENCE_CHARACTERS } from "@sluice/model/lambda-limits.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { functionNotFound, invalid } from "./lambda-faults.ts";

export interface NamedFunction {
  readonly functionName: string;
  /** Undefined: of the function itself, which for most calls is `$LATEST`. */
  readonly qualifier: string | undefined;
}

const QUALIFIER = /^(\$LATEST|[a-zA-Z0-9-_]{1,128})$/;

/** The function of a call, and the qualifier, which is in the name or beside it. Throws a CallerFault. */
export function readFunctionName(name: string | undefined, scope: ArnScope, qualifier?: string): NamedFunction {
  const reference =
    name !== undefined && name.length <= MAX_FUNCTION_REFERENCE_CHARACTERS ? parseFunctionReference(name) : undefined;
  if (reference === undefined || reference.functionName.length > MAX_FUNCTION_NAME_CHARACTERS) {
    throw invalid(
      `FunctionName ${excerpt(JSON.stringify(name ?? ""))} names no function: give its name (at most ${MAX_FUNCTION_NAME_CHARACTERS} letters, digits, - and _), or its ARN.`,
    );
  }
  if (qualifier !== undefined && !QUALIFIER.test(qualifier)) {
    throw invalid(`Qualifier ${excerpt(JSON.stringify(qualifier))} is neither a version nor an alias.`);
  }
  const { functionName } = reference;
  if (qualifier !== undefined && reference.qualifier !== undefined && qualifier !== reference.qualifier) {
    throw invalid("The derived qualifier from the function name does not match the specified qualifier.");
  }
  requireOurs(reference, scope);
  return { functionName, qualifier: qualifier ?? reference.qualifier };
}

/** Of a call that is about the function as a whole. */
export function readWholeFunction(name: string | undefined, scope: ArnScope): string {
  const { functionName, qualifier } = readFunctionName(name, scope);
  if (qualifier !== undefined) {
    throw invalid(`FunctionName names ${qualifier} of ${functionName}: give the function alone, ${functionName}.`);
  }
  return functionName;
}

/** Of tags: the ARN of a function without a qualifier. */
export function readFunctionArn(arn: string | undefined, scope: ArnScope): string {
  const reference = arn?.startsWith("arn:") ? parseFunctionReference(arn) : undefined;
  if (!reference || reference.qualifier !== undefined) {
    throw invalid(
      `Resource ${excerpt(JSON.stringify(arn ?? ""))} is not the ARN of a function: give one such as ${functionArn(scope, "NAME")}. Versions and aliases have no tags.`,
    );
  }
  requireOurs(reference, scope);
  return reference.functionName;
}

function requireOurs(
  {
    region,
    accountId,
    functionName,
  }: { region: string | undefined; accountId: string | undefined; functionName: string },
  scope: ArnScope,
): void {
  const isOurs = (region ?? scope.region) === scope.region && (accountId ?? scope.accountId) === scope.accountId;
  if (!isOurs) {
    throw functionNotFound({ region: region ?? scope.region, accountId: accountId ?? scope.accountId }, functionName);
  }
}

const NEW_NAME = /^[a-zA-Z0-9-_]+$/;

/** Of CreateFunction: AWS takes an ARN here, too. */
export function readNewName(name: string | undefined, scope: ArnScope): string {
  const { functionName, qualifier } = readFunctionName(name, scope);
  if (qualifier !== undefined || !NEW_NAME.test(functionName)) {
    throw new CallerFault(
      "InvalidParameterValueException",
      `FunctionName ${excerpt(JSON.stringify(name))} has a qualifier: a function is created without one.`,
    );
  }
  return functionName;
}
