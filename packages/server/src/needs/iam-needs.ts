import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { policyArn, roleArn, userArn } from "../store/iam/iam-arns.ts";
import { nameKey } from "../store/iam/users.ts";
import { ANY_RESOURCE, type NeedsContext, needsOn } from "./needs-context.ts";

/** Members of inputs of IAM and STS that name what a call is about. */
interface NamingMembers {
  readonly Path?: string;
  readonly UserName?: string;
  readonly RoleName?: string;
  readonly RoleArn?: string;
  readonly PolicyArn?: string;
  readonly PolicyName?: string;
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

/** In the spelling that is stored: no Deny is passed by writing a name in another case, or another path. */
async function storedRoleArn(name: string, path: string, { db, accountId }: NeedsContext): Promise<string> {
  const role = await db
    .selectFrom("iam_roles")
    .select(["path", "role_name"])
    .where("name_key", "=", nameKey(name))
    .executeTakeFirst();
  return roleArn(accountId, role?.path ?? path, role?.role_name ?? name);
}

/** A user, a role or a policy, by its ARN, of which the path is looked up. */
export async function iamNeeds(action: Action, input: unknown, context: NeedsContext): Promise<readonly Need[]> {
  const { Path = "/", UserName, RoleName, RoleArn, PolicyArn, PolicyName } = input as NamingMembers;
  const { db, accountId } = context;
  if (UserName !== undefined) {
    const user = await db
      .selectFrom("iam_users")
      .select(["path", "user_name"])
      .where("name_key", "=", nameKey(UserName))
      .executeTakeFirst();
    return needsOn(action, [userArn(accountId, user?.path ?? Path, user?.user_name ?? UserName)]);
  }
  if (RoleName !== undefined) return needsOn(action, [await storedRoleArn(RoleName, Path, context)]);
  if (RoleArn !== undefined) {
    const [, path = "/", name] = ROLE_ARN.exec(RoleArn) ?? [];
    return needsOn(action, [name === undefined ? RoleArn : await storedRoleArn(name, path, context)]);
  }
  if (PolicyArn !== undefined) return needsOn(action, [PolicyArn]);
  if (PolicyName !== undefined) return needsOn(action, [policyArn(accountId, Path, PolicyName)]);
  const ownArn = ABOUT_A_USER.has(action) ? context.ownArn : undefined;
  return [{ action, resource: ownArn ?? ANY_RESOURCE }];
}
