import type { Kysely } from "kysely";
import type { WriteTransaction } from "../group-commit.ts";
import { inListParts } from "../in-list.ts";
import type { Database } from "../schema.ts";
import type { IamInlinePoliciesTable, PolicyOwnerKind } from "./iam-tables.ts";

type Reader = Kysely<Database>;

/** A user or a role, by its name as it is stored. */
export interface PolicyOwner {
  readonly kind: PolicyOwnerKind;
  readonly name: string;
}

export interface OwnedPolicies {
  /** ARNs, in order. */
  readonly attached: readonly string[];
  /** By name. */
  readonly inline: readonly Pick<IamInlinePoliciesTable, "policy_name" | "document">[];
}

/** What each of some users, or of some roles, has. Names are as they are stored. */
export async function listOwnedPolicies(
  db: Reader,
  kind: PolicyOwnerKind,
  names: readonly string[],
): Promise<ReadonlyMap<string, OwnedPolicies>> {
  const owned = new Map<string, OwnedPolicies>();
  for (const part of inListParts(names)) {
    const of = (table: "iam_attachments" | "iam_inline_policies") =>
      db.selectFrom(table).where("owner_kind", "=", kind).where("owner_name", "in", part);
    const attached = await of("iam_attachments").select(["owner_name", "policy_arn"]).orderBy("policy_arn").execute();
    const inline = await of("iam_inline_policies")
      .select(["owner_name", "policy_name", "document"])
      .orderBy("policy_name")
      .execute();
    for (const name of part) {
      owned.set(name, {
        attached: attached.filter(({ owner_name }) => owner_name === name).map(({ policy_arn }) => policy_arn),
        inline: inline.filter(({ owner_name }) => owner_name === name),
      });
    }
  }
  return owned;
}

export async function ownedPolicies(db: Reader, { kind, name }: PolicyOwner): Promise<OwnedPolicies> {
  return (await listOwnedPolicies(db, kind, [name])).get(name) ?? { attached: [], inline: [] };
}

/** One that is attached already stays. */
export async function attachPolicy(
  { db }: WriteTransaction,
  { kind, name }: PolicyOwner,
  policyArn: string,
): Promise<void> {
  await db
    .insertInto("iam_attachments")
    .values({ owner_kind: kind, owner_name: name, policy_arn: policyArn })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Whether it was attached. */
export async function detachPolicy(
  { db }: WriteTransaction,
  { kind, name }: PolicyOwner,
  policyArn: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("iam_attachments")
    .where("owner_kind", "=", kind)
    .where("owner_name", "=", name)
    .where("policy_arn", "=", policyArn)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Puts it in the place of the one with the same name. */
export async function putInlinePolicy(
  { db }: WriteTransaction,
  { kind, name }: PolicyOwner,
  policy: Pick<IamInlinePoliciesTable, "policy_name" | "document">,
): Promise<void> {
  await db
    .insertInto("iam_inline_policies")
    .values({ owner_kind: kind, owner_name: name, ...policy })
    .onConflict((conflict) =>
      conflict.columns(["owner_kind", "owner_name", "policy_name"]).doUpdateSet({ document: policy.document }),
    )
    .execute();
}

/** Whether it was there. */
export async function deleteInlinePolicy(
  { db }: WriteTransaction,
  { kind, name }: PolicyOwner,
  policyName: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("iam_inline_policies")
    .where("owner_kind", "=", kind)
    .where("owner_name", "=", name)
    .where("policy_name", "=", policyName)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function deleteInlinePolicies({ db }: WriteTransaction, { kind, name }: PolicyOwner): Promise<void> {
  await db.deleteFrom("iam_inline_policies").where("owner_kind", "=", kind).where("owner_name", "=", name).execute();
}

export async function deleteAttachments({ db }: WriteTransaction, { kind, name }: PolicyOwner): Promise<void> {
  await db.deleteFrom("iam_attachments").where("owner_kind", "=", kind).where("owner_name", "=", name).execute();
}
