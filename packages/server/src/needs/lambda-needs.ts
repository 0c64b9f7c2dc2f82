import { functionArn, parseFunctionReference } from "@sluice/model/lambda-arn.ts";
import { type Action, PASS_ROLE } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { ANY_RESOURCE, type NeedsContext, needsOn, objectNeed, requestTags } from "./needs-context.ts";

/** An object that has a function's code. */
interface CodeObject {
  readonly S3Bucket?: string;
  readonly S3Key?: string;
  readonly S3ObjectVersion?: string;
}

/** Members of Lambda's inputs that name what a call is about. */
interface NamingMembers extends CodeObject {
  readonly Code?: CodeObject;
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
 * A function, with the version or alias that the call names; and to pass on the role that it gives to the function, and to read the object
 * that its code comes from. Who makes one with tags may tag it, too, as AWS's policies for that have it.
 */
export function lambdaNeeds(action: Action, input: unknown, context: NeedsContext): readonly Need[] {
  const members = input as NamingMembers;
  const { FunctionName, Qualifier, Resource, Role, Tags = {}, TagKeys, Code = members } = members;
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
    ...codeNeeds(Code),
  ];
}

/** The server reads it, and runs and shows what is in it: for nobody who may not read it himself. */
function codeNeeds({ S3Bucket, S3Key, S3ObjectVersion }: CodeObject): readonly Need[] {
  if (S3Bucket === undefined || S3Key === undefined) return [];
  return [objectNeed({ bucket: S3Bucket, key: S3Key, version: S3ObjectVersion })];
}
