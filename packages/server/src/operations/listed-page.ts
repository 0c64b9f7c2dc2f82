/** What is asked of the store for one page of a listing. */
export interface ReadPage {
  /** The item after which the page begins; null: it is the first. */
  readonly after: string | null;
  /** How many to read: one more than the page holds tells whether another follows. */
  readonly limit: number;
  readonly size: number;
}

export interface ListedPage<Item> {
  readonly items: readonly Item[];
  /** For the page after it; undefined: there is none. */
  readonly token: string | undefined;
}

/** @param listing what is listed: a token serves only the listing that gave it */
export function listedPage<Item>(
  listing: string,
  read: readonly Item[],
  { size }: ReadPage,
  keyOf: (item: Item) => string,
): ListedPage<Item> {
  const items = read.slice(0, size);
  const last = items.at(-1);
  const hasMore = read.length > size && last !== undefined;
  return { items, token: hasMore ? listingToken(listing, keyOf(last)) : undefined };
}

export function listingToken(listing: string, key: string): string {
  return Buffer.from(JSON.stringify([listing, key])).toString("base64url");
}

/** No character that PostgreSQL does not take. */
const TEXT = /^[^\0\p{Surrogate}]*$/u;
/** Ends of keys that are numbers: with more digits a column would not take them. */
export const NUMBER_KEY = /^[0-9]{1,9}$/;
export const NAME_AND_NUMBER_KEY = /^[\w-]+:[0-9]{1,9}$/;

/**
 * The key after which the page begins; undefined: the listing has not given this token.
 * @param form of the listing's keys: whoever makes a token himself reaches the database with no other
 */
export function keyInToken(listing: string, token: string, form: RegExp = TEXT): string | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (!Array.isArray(parts) || parts.length !== 2) return undefined;
    const [named, key] = parts as readonly unknown[];
    return named === listing && typeof key === "string" && form.test(key) ? key : undefined;
  } catch {
    return undefined;
  }
}
