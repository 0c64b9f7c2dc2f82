import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Principal } from "../access/principal.ts";
import { type AccessKeys, opensNow } from "../store/access-keys.ts";
import {
  type ConsoleSessionRow,
  deleteConsoleSession,
  findConsoleSession,
  insertConsoleSession,
  touchConsoleSession,
} from "../store/console-sessions.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import type { Store } from "../store/open-store.ts";
import { findAnyKey, findPeopleKey, isPeopleRole, type PeopleRole } from "../store/people-keys.ts";
import { findConsoleLink } from "./console-links.ts";
import { hashOfSecret, isSameSecret, isSecretForm, newSessionSecret } from "./session-secret.ts";
import { SignInLimits } from "./sign-in-limits.ts";

/** A session that nobody uses for so long ends. An open page uses it. */
export const SESSION_IDLE_MILLISECONDS = 12 * 60 * 60 * 1000;
/** A session ends after this time, used or not. */
export const SESSION_MAX_AGE_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;
/** Sessions of one key. One more ends the one that was used last the longest ago. */
export const MAX_SESSIONS_PER_KEY = 100;
/** That a session is used is written down so often at most. */
const TOUCH_MILLISECONDS = 60_000;

const ACCESS_KEY_ID = /^\w{1,128}$/;

export interface ConsoleSessionParts {
  readonly store: Store;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly accessKeys: Pick<AccessKeys, "find">;
  readonly randomText: (alphabet: string, length: number) => string;
  /** Sessions that ended to make room for another. */
  readonly onEnded: (sessionIds: readonly string[]) => void;
  /** That a session is used could not be written down. */
  readonly onError: (error: unknown) => void;
}

export interface LiveSession {
  /** Names the session inside of the server; nobody can sign in with it. */
  readonly sessionId: string;
  readonly principal: Principal & { readonly role: PeopleRole };
  readonly expiresAt: number;
}

export interface NewSession extends LiveSession {
  readonly cookie: string;
  readonly secret: string;
}

/**
 * Who is signed in to the console. A session is two secrets, of which the browser keeps one as a cookie and the page sends the other; the store
 * has the hashes of both. It has no rights of its own: what it may is looked up from its key at each call.
 */
export class ConsoleSessions {
  readonly #parts: ConsoleSessionParts;
  readonly #limits: SignInLimits;

  constructor(parts: ConsoleSessionParts) {
    this.#parts = parts;
    this.#limits = new SignInLimits(parts.now);
  }

  /** @throws CallerFault SignInRefusedException */
  async signInByLink(secret: unknown): Promise<NewSession> {
    const take = await findConsoleLink(this.#parts, secret);
    const session = take ? await this.#begin(take) : null;
    if (session) return session;
    throw new CallerFault(
      "SignInRefusedException",
      "This link is not good any more: it works once, within 60 s. Make another: sluice console",
    );
  }

  /**
   * An unknown key costs what a wrong secret costs.
   *
   * @param address the caller's, for the limits
   * @throws CallerFault SignInRefusedException, KeyNotForConsoleException, TooManyRequestsException
   */
  async signInByKey(accessKeyId: string, secretAccessKey: string, address: string): Promise<NewSession> {
    const giveBack = this.#limits.take(address);
    const key = ACCESS_KEY_ID.test(accessKeyId) ? await findAnyKey(this.#parts.store.db, accessKeyId) : undefined;
    if (!isSameSecret(secretAccessKey, key?.secret_access_key) || key === undefined) throw wrongKey();
    giveBack();
    if (!isPeopleRole(key.role)) {
      throw new CallerFault(
        "KeyNotForConsoleException",
        `The access key ${accessKeyId} is a ${key.role}'s: the console takes keys of people, whose role is root, read-only or user. Make one: sluice keys create --read-only`,
      );
    }
    const session = await this.#begin(async () => accessKeyId);
    if (!session) throw wrongKey();
    return session;
  }

  /** Null: the two belong to no session, to two different ones, or to one that has ended. */
  async find(cookie: string, secret: string): Promise<LiveSession | null> {
    if (!isSecretForm(cookie) || !isSecretForm(secret)) return null;
    const row = await findConsoleSession(this.#parts.store.db, hashOfSecret(cookie));
    if (!row || !isSameSecret(hashOfSecret(secret), row.secret_sha256)) return null;
    return this.#live(row);
  }

  /** The session as it is now, for a stream that goes on; null: it has ended. */
  async findAgain(sessionId: string): Promise<LiveSession | null> {
    const row = await findConsoleSession(this.#parts.store.db, sessionId);
    return row ? this.#live(row) : null;
  }

  async end({ sessionId }: Pick<LiveSession, "sessionId">): Promise<void> {
    await this.#parts.store.write((transaction) => deleteConsoleSession(transaction, sessionId));
    this.#parts.onEnded([sessionId]);
  }

  async #live(row: ConsoleSessionRow): Promise<LiveSession | null> {
    const now = this.#parts.now();
    if (row.expires_at <= now || row.used_at + SESSION_IDLE_MILLISECONDS <= now) return null;
    const key = await this.#parts.accessKeys.find(row.access_key_id);
    if (!key || !isPeopleRole(key.role) || !opensNow(key, now)) return null;
    if (now - row.used_at >= TOUCH_MILLISECONDS) this.#touch(row.cookie_sha256, now);
    const { accessKeyId, role, identity } = key;
    const principal = { accessKeyId, role, hostId: null, sessionId: row.cookie_sha256, ...(identity && { identity }) };
    return { sessionId: row.cookie_sha256, principal, expiresAt: row.expires_at };
  }

  /** Nobody waits for it. */
  #touch(sessionId: string, now: number): void {
    const { store, onError } = this.#parts;
    store.write((transaction) => touchConsoleSession(transaction, sessionId, now)).catch(onError);
  }

  /** Null: nobody's, or the key is gone, or is no person's. */
  async #begin(whose: (transaction: WriteTransaction) => Promise<string | undefined>): Promise<NewSession | null> {
    const { store, now, randomText, onEnded } = this.#parts;
    const [cookie, secret] = [newSessionSecret(randomText), newSessionSecret(randomText)];
    const at = now();
    const sessionId = hashOfSecret(cookie);
    const expiresAt = at + SESSION_MAX_AGE_MILLISECONDS;
    const begun = await store.write(async (transaction) => {
      const accessKeyId = await whose(transaction);
      // In the same transaction: a key that is being deleted takes its sessions with it.
      const key = accessKeyId === undefined ? undefined : await findPeopleKey(transaction.db, accessKeyId);
      if (key?.status !== "Active" || (key.expires_at ?? Infinity) <= at) return null;
      const row = {
        cookie_sha256: sessionId,
        secret_sha256: hashOfSecret(secret),
        access_key_id: key.access_key_id,
        created_at: at,
        used_at: at,
        expires_at: expiresAt,
      };
      return { key, ended: await insertConsoleSession(transaction, row, MAX_SESSIONS_PER_KEY) };
    });
    if (!begun) return null;
    onEnded(begun.ended);
    const { access_key_id: accessKeyId, role } = begun.key;
    return { sessionId, principal: { accessKeyId, role, hostId: null, sessionId }, expiresAt, cookie, secret };
  }
}

/** The same for both, so that nobody learns which keys there are. */
function wrongKey(): CallerFault {
  return new CallerFault(
    "SignInRefusedException",
    "There is no such access key, or its secret is wrong. The root key is in aws/credentials of the server's data directory. Or sign in with a link: sluice console",
  );
}
