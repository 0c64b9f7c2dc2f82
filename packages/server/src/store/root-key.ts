import type { AccessKey } from "./access-keys.ts";
import type { Store } from "./open-store.ts";

/**
 * The root access key; made at the first start, the same ever after and for every server on the database, as long as it is neither disabled nor
 * about to expire: then it is the next one.
 */
export async function rootKeyOrNew(
  store: Store,
  newKey: () => { readonly accessKeyId: string; readonly secretAccessKey: string },
  now: number,
): Promise<AccessKey> {
  const made = newKey();
  return store.write(async ({ db }) => {
    const known = await db
      .selectFrom("access_keys")
      .selectAll()
      .where("role", "=", "root")
      .where("status", "=", "Active")
      .where("expires_at", "is", null)
      .orderBy("created_at")
      .executeTakeFirst();
    const key = known ?? {
      access_key_id: made.accessKeyId,
      secret_access_key: made.secretAccessKey,
      role: "root" as const,
      host_id: null,
      created_at: now,
    };
    if (!known) await db.insertInto("access_keys").values(key).execute();
    return { accessKeyId: key.access_key_id, secretAccessKey: key.secret_access_key, role: "root", hostId: null };
  });
}
