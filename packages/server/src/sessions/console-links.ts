import { hasConsoleLink, insertConsoleLink, takeConsoleLink } from "../store/console-sessions.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import type { Store } from "../store/open-store.ts";
import { hashOfSecret, isSecretForm, newSessionSecret } from "./session-secret.ts";

/** How long a link to the console opens it. */
export const CONSOLE_LINK_MILLISECONDS = 60_000;
/** Links of one key that are good at once. One more makes the oldest useless. */
export const MAX_CONSOLE_LINKS_PER_KEY = 10;

export interface NewLink {
  readonly secret: string;
  readonly expiresAt: number;
}

export interface LinkParts {
  readonly store: Store;
  readonly now: () => number;
  readonly randomText: (alphabet: string, length: number) => string;
}

/** The secret leaves the server here and only here; what is kept is its hash. */
export async function createConsoleLink({ store, now, randomText }: LinkParts, accessKeyId: string): Promise<NewLink> {
  const secret = newSessionSecret(randomText);
  const at = now();
  const expiresAt = at + CONSOLE_LINK_MILLISECONDS;
  const link = { secretSha256: hashOfSecret(secret), accessKeyId, expiresAt };
  await store.write((transaction) =>
    insertConsoleLink(transaction, link, { maximum: MAX_CONSOLE_LINKS_PER_KEY, now: at }),
  );
  return { secret, expiresAt };
}

/**
 * What takes the link in the transaction that begins its session, and says whose it is; after this it is nobody's. Undefined: it was used, is
 * too old, or never was.
 */
export async function findConsoleLink(
  { store, now }: Omit<LinkParts, "randomText">,
  secret: unknown,
): Promise<((transaction: WriteTransaction) => Promise<string | undefined>) | undefined> {
  if (!isSecretForm(secret)) return undefined;
  const secretSha256 = hashOfSecret(secret);
  // Whoever guesses costs a read and no write.
  if (!(await hasConsoleLink(store.db, secretSha256))) return undefined;
  return async (transaction) => {
    const taken = await takeConsoleLink(transaction, secretSha256);
    return taken && taken.expiresAt > now() ? taken.accessKeyId : undefined;
  };
}
