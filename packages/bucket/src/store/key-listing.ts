/** One page of an ordered listing, in which keys that share a stretch up to the delimiter are rolled up into one prefix. */

export interface ListingQuery {
  prefix: string;
  /** Empty: no rolling up. */
  delimiter: string;
  /** Only what sorts after this; a page's `next` put here goes on where that page ended. Empty: from the beginning. */
  after: string;
  /** How many keys and prefixes together a page may hold. */
  limit: number;
}

export interface ListingPage<Row> {
  rows: Row[];
  commonPrefixes: string[];
  /** The last key or prefix of this page, where more follow. */
  next?: string;
}

/** How many rows are asked for behind a prefix that was rolled up, where most likely the next prefix begins. */
const MIN_BATCH = 16;

/**
 * `seek(from, limit)` returns up to `limit` rows with `key >= from`, in byte order. A prefix that is rolled up is jumped over, so a
 * page's cost follows what it shows and not how much lies below a prefix.
 */
export function listKeys<Row extends { key: Uint8Array }>(
  seek: (from: Uint8Array, limit: number) => Row[],
  query: ListingQuery,
): ListingPage<Row> {
  const prefix = Buffer.from(query.prefix);
  const delimiter = Buffer.from(query.delimiter);
  const page: ListingPage<Row> = { rows: [], commonPrefixes: [] };
  if (query.limit <= 0) return page;

  let from = firstKey(query, prefix, delimiter);
  let count = 0;
  let last = "";
  let rolled: Buffer | undefined;
  for (;;) {
    const wanted = rolled ? MIN_BATCH : Math.max(query.limit - count + 1, MIN_BATCH);
    const rows = seek(from, wanted);
    rolled = undefined;
    for (const row of rows) {
      const key = asBuffer(row.key);
      if (rolled && startsWith(key, rolled)) continue;
      if (!startsWith(key, prefix)) return page;
      if (count === query.limit) return { ...page, next: last };
      rolled = commonPrefixOf(key, prefix.length, delimiter);
      last = (rolled ?? key).toString();
      if (rolled) page.commonPrefixes.push(last);
      else page.rows.push(row);
      count++;
    }
    if (rows.length < wanted) return page;
    from = rolled ? justAfterPrefix(rolled) : justAfter(asBuffer(rows.at(-1)!.key));
  }
}

export function firstKey(query: ListingQuery, prefix: Buffer, delimiter: Buffer): Buffer {
  const after = Buffer.from(query.after);
  if (after.length === 0 || Buffer.compare(after, prefix) < 0) return prefix.length > 0 ? prefix : Buffer.of(0);
  // After a rolled-up prefix comes what does not lie below it.
  const rolled = startsWith(after, prefix) ? commonPrefixOf(after, prefix.length, delimiter) : undefined;
  return rolled?.length === after.length ? justAfterPrefix(after) : justAfter(after);
}

export function commonPrefixOf(key: Buffer, prefixLength: number, delimiter: Buffer): Buffer | undefined {
  if (delimiter.length === 0) return undefined;
  const at = key.indexOf(delimiter, prefixLength);
  return at < 0 ? undefined : key.subarray(0, at + delimiter.length);
}

function justAfter(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}

/** The first key that does not begin with `prefix`: UTF-8 has no byte 0xff, so the last byte can always grow. */
export function justAfterPrefix(prefix: Buffer): Buffer {
  const next = Buffer.from(prefix);
  next[next.length - 1]! += 1;
  return next;
}

export function startsWith(key: Buffer, prefix: Buffer): boolean {
  return key.length >= prefix.length && key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
