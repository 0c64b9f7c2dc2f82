import { functionArn, parseFunctionReference } from "@sluice/model/lambda-arn.ts";
import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { ANY_RESOURCE, type NeedsContext, needsOn } from "./needs-context.ts";

/** Members of Lambda's inputs that name what a call is about. */
interface NamingMembers {
  readonly FunctionName?: string;
  readonly Qualifier?: string;
  /** Of an alias. */
  readonly Name?: string;
  readonly Resource?: string;
}

/** A function, with the version or alias that the call names. */
export function lambdaNeeds(action: Action, input: unknown, context: NeedsContext): readonly Need[] {
  const { FunctionName, Qualifier, Resource } = input as NamingMembers;
  if (Resource !== undefined) return needsOn(action, [Resource]);
  if (FunctionName === undefined) return [{ action, resource: ANY_RESOURCE }];
  const reference = parseFunctionReference(FunctionName);
  return needsOn(action, [
    functionArn(context, reference?.functionName ?? FunctionName, reference?.qualifier ?? Qualifier),
  ]);
}
