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
  if (RoleName !== undefined) {
    const role = await db
      .selectFrom("iam_roles")
      .select(["path", "role_name"])
      .where("name_key", "=", nameKey(RoleName))
      .executeTakeFirst();
    return needsOn(action, [roleArn(accountId, role?.path ?? Path, role?.role_name ?? RoleName)]);
  }
  if (RoleArn !== undefined) return needsOn(action, [RoleArn]);
  if (PolicyArn !== undefined) return needsOn(action, [PolicyArn]);
  if (PolicyName !== undefined) return needsOn(action, [policyArn(accountId, Path, PolicyName)]);
  return [{ action, resource: ANY_RESOURCE }];
}
