import { managedPolicyOf } from "@sluice/model/policy/managed-policies.ts";
import type { Kysely } from "kysely";
import type { Identity } from "../../access/identity.ts";
import { type StoredPolicy, storedPolicy } from "../../access/stored-policy.ts";
import { SESSION_POLICIES, USER_TAGS } from "../columns/iam-columns.ts";
import type { Database } from "../schema.ts";
import { policyNameOfArn, roleArn, sessionArn, userArn } from "./iam-arns.ts";
import type { PolicyOwnerKind, StsSessionsTable } from "./iam-tables.ts";

/** What a key of a user may do; undefined: the user is gone. */
export async function findUserIdentity(
  db: Kysely<Database>,
  userName: string,
  accountId: string,
): Promise<Identity | undefined> {
  const user = await db.selectFrom("iam_users").selectAll().where("user_name", "=", userName).executeTakeFirst();
  if (!user) return undefined;
  const policies = await policiesOf(db, "user", user.user_name);
  return {
    kind: "user",
    arn: userArn(accountId, user.path, user.user_name),
    userId: user.user_id,
    name: user.user_name,
    tags: Object.fromEntries(USER_TAGS.read(user).map(({ Key, Value }) => [Key, Value])),
    policies,
    asksForTags: policies.some((policy) => policy.asksForTags),
  };
}

/** What a temporary key may do; undefined: its role is gone, and one of the same name that was made afterwards is another. */
export async function findSessionIdentity(
  db: Kysely<Database>,
  session: StsSessionsTable,
  accountId: string,
): Promise<Identity | undefined> {
  const role = await db
    .selectFrom("iam_roles")
    .selectAll()
    .where("role_name", "=", session.role_name)
    .executeTakeFirst();
  if (!role || session.created_at < role.created_at) return undefined;
  const policies = await policiesOf(db, "role", role.role_name);
  const narrowing = SESSION_POLICIES.read(session).map((text, index) =>
    storedPolicy(`session policy ${index + 1}`, text),
  );
  return {
    kind: "session",
    arn: sessionArn(accountId, role.role_name, session.session_name),
    userId: `${role.role_id}:${session.session_name}`,
    name: session.session_name,
    tags: {},
    policies,
    ...(narrowing.length > 0 ? { sessionPolicies: narrowing } : {}),
    role: { arn: roleArn(accountId, role.path, role.role_name), name: role.role_name, issuedAt: session.created_at },
    asksForTags: [...policies, ...narrowing].some((policy) => policy.asksForTags),
  };
}

/** Attached and inline ones. An attached policy that is gone gives nothing. */
export async function policiesOf(
  db: Kysely<Database>,
  kind: PolicyOwnerKind,
  name: string,
): Promise<readonly StoredPolicy[]> {
  const owned = (table: "iam_inline_policies" | "iam_attachments") =>
    db.selectFrom(table).where("owner_kind", "=", kind).where("owner_name", "=", name);
  const [inline, attached] = [
    await owned("iam_inline_policies").select(["policy_name", "document"]).orderBy("policy_name").execute(),
    await owned("iam_attachments").select("policy_arn").orderBy("policy_arn").execute(),
  ];
  const managed = attached.flatMap(({ policy_arn }) => managedPolicyOf(policy_arn) ?? []);
  const names = attached.flatMap(({ policy_arn }) => policyNameOfArn(policy_arn) ?? []);
  const own =
    names.length === 0
      ? []
      : await db
          .selectFrom("iam_policies")
          .select(["policy_name", "document"])
          .where("policy_name", "in", names)
          .orderBy("policy_name")
          .execute();
  return [
    ...managed.map(({ name, text }) => storedPolicy(name, text)),
    ...[...own, ...inline].map(({ policy_name, document }) => storedPolicy(policy_name, document)),
  ];
}
