import { isTemporaryKeyId } from "@sluice/model/access-key-id.ts";
import type { Kysely } from "kysely";
import type { Identity } from "../access/identity.ts";
import { withinPatience } from "../loops/patience.ts";
import { findLivingHostByIdentifier } from "./hosts.ts";
import { findSessionIdentity, findUserIdentity } from "./iam/identities.ts";
import type { Store } from "./open-store.ts";
import type { Database } from "./schema.ts";

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `server`: the server's own, with which it sends itself heartbeats. */
  readonly role: "root" | "read-only" | "host" | "function" | "server" | "user";
  readonly hostId: string | null;
  /** The function that a key of role `function` belongs to. */
  readonly functionName?: string | null;
  /** Whose a key of role `user` is. */
  readonly identity?: Identity;
  /** Epoch milliseconds; absent: it never expires. */
  readonly expiresAt?: number;
  /** Somebody has disabled it. */
  readonly isInactive?: boolean;
  /** Of a temporary key: the SHA-256 of the token that comes with each of its calls, hex. */
  readonly tokenSha256?: string;
  /** Of a temporary key: the key that bought it. */
  readonly sourceAccessKeyId?: string;
}

/** Whom a key was made for. */
export type KeyOwner =
  | { readonly hostId: string }
  | { readonly functionName: string }
  /** A person's or a pipeline's: the key itself, and the temporary keys that it bought. */
  | { readonly accessKeyId: string }
  /** What users and roles may do has changed. */
  | { readonly policies: true };

/** How long a key that was found is believed. A key that was removed by another server works this much longer at most. */
const CACHE_MILLISECONDS = 5_000;
const MAX_CACHE_KEYS = 20_000;
/** How long a database that answers nothing is waited for where the key is known from before. */
const LOOKUP_PATIENCE_MILLISECONDS = 500;

/**
 * Finds keys by id; every request asks, so what was found is kept for a moment. While the database cannot be asked, what it said last
 * holds: a host that calls meanwhile is heard, though nothing else can be done for it.
 */
export class AccessKeys {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #accountId: string;
  readonly #ownKey: AccessKey | undefined;
  readonly #cache = new Map<string, { readonly key: AccessKey; readonly until: number }>();
  readonly #lookups = new Map<string, Promise<AccessKey | null>>();
  /** Counts removals, so that no lookup from before one brings the key back. */
  #removals = 0;

  /** @param ownKey of the server itself, which no database has */
  constructor(store: Store, now: () => number, accountId: string, ownKey?: AccessKey) {
    this.#store = store;
    this.#now = now;
    this.#accountId = accountId;
    this.#ownKey = ownKey;
  }

  async find(accessKeyId: string): Promise<AccessKey | null> {
    if (accessKeyId === this.#ownKey?.accessKeyId) return this.#ownKey;
    const cached = this.#cache.get(accessKeyId);
    if (cached && cached.until > this.#now()) return cached.key;
    const lookup = this.#lookUpOnce(accessKeyId);
    if (!cached) return lookup;
    const removals = this.#removals;
    try {
      return await withinPatience(lookup, LOOKUP_PATIENCE_MILLISECONDS);
    } catch (error) {
      if (this.#removals !== removals && !this.#cache.has(accessKeyId)) throw error;
      return cached.key;
    }
  }

  /** The host, function or key was removed, and a host's or function's keys with it: they open nothing from now on, whether the database can be asked or not. */
  forget(owner: KeyOwner): void {
    this.#removals++;
    for (const [accessKeyId, { key }] of this.#cache) if (isKeyOf(key, owner)) this.#cache.delete(accessKeyId);
  }

  /** However many calls wait for one key. */
  #lookUpOnce(accessKeyId: string): Promise<AccessKey | null> {
    const underWay = this.#lookups.get(accessKeyId);
    if (underWay) return underWay;
    const lookup = this.#lookUp(accessKeyId).finally(() => this.#lookups.delete(accessKeyId));
    this.#lookups.set(accessKeyId, lookup);
    return lookup;
  }

  async #lookUp(accessKeyId: string): Promise<AccessKey | null> {
    const removals = this.#removals;
    const read = isTemporaryKeyId(accessKeyId) ? readTemporaryKey : readKey;
    const key = await read(this.#store.db, accessKeyId, this.#accountId);
    if (!key) {
      // Asked for again each time: it may be about to be made.
      this.#cache.delete(accessKeyId);
      return null;
    }
    if (removals !== this.#removals) return key;
    if (this.#cache.size >= MAX_CACHE_KEYS) this.#cache.clear();
    this.#cache.set(accessKeyId, { key, until: this.#now() + CACHE_MILLISECONDS });
    return key;
  }

  /** A host's own key; undefined when it has none, as a host that is only declared. */
  async ofHost(hostId: string): Promise<Pick<AccessKey, "accessKeyId" | "secretAccessKey"> | undefined> {
    const row = await this.#store.db
      .selectFrom("access_keys")
      .selectAll()
      .where("host_id", "=", hostId)
      .where("role", "=", "host")
      .orderBy("access_key_id")
      .executeTakeFirst();
    return row && { accessKeyId: row.access_key_id, secretAccessKey: row.secret_access_key };
  }
}

async function readKey(db: Kysely<Database>, accessKeyId: string, accountId: string): Promise<AccessKey | null> {
  const row = await db
    .selectFrom("access_keys")
    .selectAll()
    .where("access_key_id", "=", accessKeyId)
    .executeTakeFirst();
  if (!row) return null;
  const key = {
    accessKeyId,
    secretAccessKey: row.secret_access_key,
    role: row.role,
    hostId: row.host_id,
    ...(row.function_name === null ? {} : { functionName: row.function_name }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.status === "Active" ? {} : { isInactive: true }),
  };
  if (row.role !== "user") return key;
  const identity = row.user_name === null ? undefined : await findUserIdentity(db, row.user_name, accountId);
  return identity ? { ...key, identity, hostId: await hostOf(db, identity) } : null;
}

async function readTemporaryKey(
  db: Kysely<Database>,
  accessKeyId: string,
  accountId: string,
): Promise<AccessKey | null> {
  const row = await db
    .selectFrom("sts_sessions")
    .selectAll()
    .where("access_key_id", "=", accessKeyId)
    .executeTakeFirst();
  if (!row) return null;
  const identity = await findSessionIdentity(db, row, accountId);
  if (!identity) return null;
  return {
    accessKeyId,
    secretAccessKey: row.secret_access_key,
    role: "user",
    hostId: await hostOf(db, identity),
    identity,
    expiresAt: row.expires_at,
    tokenSha256: row.token_sha256,
    sourceAccessKeyId: row.source_access_key_id,
  };
}

/** The on-premises instance that was registered with the ARN: its agent signs with such a key. */
async function hostOf(db: Kysely<Database>, { arn }: Identity): Promise<string | null> {
  return (await findLivingHostByIdentifier(db, arn))?.host_id ?? null;
}

/** Whether it is neither disabled nor expired. */
export function opensNow({ isInactive, expiresAt }: AccessKey, now: number): boolean {
  return !isInactive && (expiresAt === undefined || expiresAt > now);
}

function isKeyOf(key: AccessKey, owner: KeyOwner): boolean {
  if ("policies" in owner) return key.identity !== undefined;
  if ("accessKeyId" in owner) {
    return key.accessKeyId === owner.accessKeyId || key.sourceAccessKeyId === owner.accessKeyId;
  }
  return "hostId" in owner ? key.hostId === owner.hostId : key.functionName === owner.functionName;
}
