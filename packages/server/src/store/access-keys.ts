import type { Store } from "./open-store.ts";

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly role: "root" | "read-only" | "host";
  readonly hostId: string | null;
}

/** How long a key that was found is believed. A key that was removed works this much longer at most. */
const CACHE_MILLISECONDS = 5_000;
const CACHE_MAX_KEYS = 20_000;

/** Finds keys by id; every request asks, so what was found is kept for a moment. */
export class AccessKeys {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #cache = new Map<string, { readonly key: AccessKey; readonly until: number }>();

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async find(accessKeyId: string): Promise<AccessKey | null> {
    const cached = this.#cache.get(accessKeyId);
    if (cached && cached.until > this.#now()) return cached.key;
    this.#cache.delete(accessKeyId);
    const row = await this.#store.db
      .selectFrom("access_keys")
      .selectAll()
      .where("access_key_id", "=", accessKeyId)
      .executeTakeFirst();
    // An unknown id is asked for again each time: it may be about to be made.
    if (!row) return null;
    const key = {
      accessKeyId,
      secretAccessKey: row.secret_access_key,
      role: row.role,
      hostId: row.host_id,
    };
    if (this.#cache.size >= CACHE_MAX_KEYS) this.#cache.clear();
    this.#cache.set(accessKeyId, { key, until: this.#now() + CACHE_MILLISECONDS });
    return key;
  }
}
