import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { policyArn } from "../store/iam/iam-arns.ts";
import { keyHolderArn, storedRoleArn, storedUserArn } from "./identity-arns.ts";
import { ANY_RESOURCE, type NeedsContext, needsOn } from "./needs-context.ts";

/** Members of inputs of IAM and STS that name what a call is about. */
interface NamingMembers {
  readonly Path?: string;
  readonly UserName?: string;
  readonly RoleName?: string;
  readonly RoleArn?: string;
  readonly PolicyArn?: string;
  readonly PolicyName?: string;
  readonly AccessKeyId?: string;
}

/** Without a name they are about the caller, as in IAM: `user/${aws:username}` is enough for one's own keys. */
const ABOUT_A_USER: ReadonlySet<Action> = new Set<Action>([
  "iam:CreateAccessKey",
  "iam:DeleteAccessKey",
  "iam:GetUser",
  "iam:ListAccessKeys",
  "iam:UpdateAccessKey",
]);

const ROLE_ARN = /^arn:aws:iam::\d{12}:role(\/(?:.*\/)?)([^/]+)$/;

/** A user, also by one of its keys, a role or a policy, by its ARN, of which the path is looked up. */
export async function iamNeeds(action: Action, input: unknown, context: NeedsContext): Promise<readonly Need[]> {
  const { Path = "/", UserName, RoleName, RoleArn, PolicyArn, PolicyName, AccessKeyId } = input as NamingMembers;
  if (UserName !== undefined) {
    return needsOn(action, [await storedUserArn(context, UserName, Path)]);
  }
  if (RoleName !== undefined) return needsOn(action, [await storedRoleArn(context, RoleName, Path)]);
  if (RoleArn !== undefined) {
    const [, path = "/", name] = ROLE_ARN.exec(RoleArn) ?? [];
    return needsOn(action, [name === undefined ? RoleArn : await storedRoleArn(context, name, path)]);
  }
  if (PolicyArn !== undefined) return needsOn(action, [PolicyArn]);
  if (PolicyName !== undefined) return needsOn(action, [policyArn(context.accountId, Path, PolicyName)]);
  const ownArn = ABOUT_A_USER.has(action) ? context.ownArn : undefined;
  const isOfAnyKey = action === "iam:GetAccessKeyLastUsed" && AccessKeyId !== undefined;
  const holder = isOfAnyKey ? await keyHolderArn(context, AccessKeyId) : undefined;
  return [{ action, resource: ownArn ?? holder ?? ANY_RESOURCE }];
}
