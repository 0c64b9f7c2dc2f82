import { functionArn, parseFunctionReference } from "@sluice/model/lambda-arn.ts";
import { type Action, PASS_ROLE } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { ANY_RESOURCE, type NeedsContext, needsOn, requestTags } from "./needs-context.ts";

/** Members of Lambda's inputs that name what a call is about. */
interface NamingMembers {
  readonly FunctionName?: string;
  readonly Qualifier?: string;
  readonly Resource?: string;
  /** That the function acts by. */
  readonly Role?: string;
  /** Of the function. */
  readonly Tags?: Readonly<Record<string, string>>;
  readonly TagKeys?: readonly string[];
}

/** Of another partition it is the same role here. */
const PARTITION = /^arn:aws[a-zA-Z-]*:/;

/**
 * A function, with the version or alias that the call names; and to pass on the role that it gives to the function. Who makes one with tags
 * may tag it, too, as AWS's policies for that have it.
 */
export function lambdaNeeds(action: Action, input: unknown, context: NeedsContext): readonly Need[] {
  const { FunctionName, Qualifier, Resource, Role, Tags = {}, TagKeys } = input as NamingMembers;
  const named = Resource ?? FunctionName;
  if (named === undefined) return [{ action, resource: ANY_RESOURCE }];
  // Written as policies write it, however the call names the function.
  const reference = parseFunctionReference(named);
  const arn = functionArn(context, reference?.functionName ?? named, reference?.qualifier ?? Qualifier);
  const role = Role?.replace(PARTITION, "arn:aws:");
  const isNew = action === "lambda:CreateFunction";
  const given = requestTags(Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })));
  const tagged = { resource: arn, requestTags: given, ...(isNew && { isNew }) };
  return [
    { action, ...tagged, takenTagKeys: TagKeys },
    ...(isNew && given ? [{ action: "lambda:TagResource", ...tagged } as const] : []),
    ...(role === undefined ? [] : needsOn(PASS_ROLE, [role])),
  ];
}
