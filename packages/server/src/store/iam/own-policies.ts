import type { Kysely } from "kysely";
import type { WriteTransaction } from "../group-commit.ts";
import type { Database } from "../schema.ts";
import type { IamAttachmentsTable, IamPoliciesTable } from "./iam-tables.ts";
import { nameKey } from "./users.ts";

type Reader = Kysely<Database>;

/** Of the installation's own. */
export async function findOwnPolicy(db: Reader, policyName: string): Promise<IamPoliciesTable | undefined> {
  return db.selectFrom("iam_policies").selectAll().where("name_key", "=", nameKey(policyName)).executeTakeFirst();
}

/** By name. */
export async function listOwnPolicies(db: Reader): Promise<readonly IamPoliciesTable[]> {
  return db.selectFrom("iam_policies").selectAll().orderBy("name_key").execute();
}

export async function insertOwnPolicy({ db }: WriteTransaction, policy: IamPoliciesTable): Promise<void> {
  await db.insertInto("iam_policies").values(policy).execute();
}

export async function updateOwnPolicy(
  { db }: WriteTransaction,
  policyName: string,
  change: Pick<IamPoliciesTable, "document" | "description" | "updated_at">,
): Promise<void> {
  await db.updateTable("iam_policies").set(change).where("policy_name", "=", policyName).execute();
}

export async function deleteOwnPolicy({ db }: WriteTransaction, policyName: string): Promise<void> {
  await db.deleteFrom("iam_policies").where("policy_name", "=", policyName).execute();
}

/** Who has the policy: users first, by name. */
export async function listHolders(db: Reader, policyArn: string): Promise<readonly IamAttachmentsTable[]> {
  return db
    .selectFrom("iam_attachments")
    .selectAll()
    .where("policy_arn", "=", policyArn)
    .orderBy("owner_kind", "desc")
    .orderBy("owner_name")
    .execute();
}

/** How many have each policy, by its ARN; those that nobody has are left out. */
export async function countHolders(db: Reader): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom("iam_attachments")
    .select(["policy_arn", (of) => of.fn.countAll<number>().as("count")])
    .groupBy("policy_arn")
    .execute();
  return new Map(rows.map((row) => [row.policy_arn, Number(row.count)]));
}
