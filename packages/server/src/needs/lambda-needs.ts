import { functionArn, parseFunctionReference } from "@sluice/model/lambda-arn.ts";
import { type Action, PASS_ROLE } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { ANY_RESOURCE, type NeedsContext, needsOn } from "./needs-context.ts";

/** Members of Lambda's inputs that name what a call is about. */
interface NamingMembers {
  readonly FunctionName?: string;
  readonly Qualifier?: string;
  /** Of an alias. */
  readonly Name?: string;
  readonly Resource?: string;
  /** That the function acts by. */
  readonly Role?: string;
}

/** A function, with the version or alias that the call names; and to pass on the role that it gives to the function. */
export function lambdaNeeds(action: Action, input: unknown, context: NeedsContext): readonly Need[] {
  const { FunctionName, Qualifier, Resource, Role } = input as NamingMembers;
  if (Resource !== undefined) return needsOn(action, [Resource]);
  if (FunctionName === undefined) return [{ action, resource: ANY_RESOURCE }];
  const reference = parseFunctionReference(FunctionName);
  const arn = functionArn(context, reference?.functionName ?? FunctionName, reference?.qualifier ?? Qualifier);
  return [...needsOn(action, [arn]), ...(Role === undefined ? [] : needsOn(PASS_ROLE, [Role]))];
}
