import type { Kysely } from "kysely";
import type { KeyPair } from "../access/new-access-key.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import type { Database } from "../store/schema.ts";

/**
 * Gives a function the key with which its SDK signs, in the transaction that makes the function: it has one from its first start to its
 * end. The key's rights are the role `function`'s, and what sluice.yml gives to the function's Role.
 *
 * @param key drawn before the transaction, which may run again: `newAccessKey`
 * @param now epoch milliseconds
 */
export async function createFunctionKey(
  { db }: WriteTransaction,
  functionName: string,
  key: KeyPair,
  now: number,
): Promise<void> {
  await db
    .insertInto("access_keys")
    .values({
      access_key_id: key.accessKeyId,
      secret_access_key: key.secretAccessKey,
      role: "function",
      host_id: null,
      function_name: functionName,
      created_at: now,
    })
    .execute();
}

/** In the transaction that removes the function. After its commit `forgetKeys({ functionName })` ends what is remembered of it. Idempotent. */
export async function removeFunctionKey({ db }: WriteTransaction, functionName: string): Promise<void> {
  await db.deleteFrom("access_keys").where("role", "=", "function").where("function_name", "=", functionName).execute();
}

/** For `FunctionPlan.credentials`; null: there is no such function any more. */
export async function findFunctionKey(db: Kysely<Database>, functionName: string): Promise<KeyPair | null> {
  const row = await db
    .selectFrom("access_keys")
    .select(["access_key_id", "secret_access_key"])
    .where("role", "=", "function")
    .where("function_name", "=", functionName)
    .orderBy("access_key_id")
    .executeTakeFirst();
  return row ? { accessKeyId: row.access_key_id, secretAccessKey: row.secret_access_key } : null;
}
