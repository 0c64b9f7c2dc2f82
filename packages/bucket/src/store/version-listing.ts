/** One page of a listing of versions: keys in byte order, of each key the newest first. */
import type { ListingQuery } from "./key-listing.ts";
import { commonPrefixOf, firstKey, justAfterPrefix, startsWith } from "./key-listing.ts";
import type { ObjectTable } from "./object-table.ts";
import type { ListedVersion } from "./stored-object.ts";
import { NULL_VERSION, newVersionId, sequenceOf } from "./version-id.ts";
import type { SummaryRow, VersionRow } from "./version-table.ts";

export interface VersionQuery extends ListingQuery {
  /** With it, the versions of the key `after` that are older than this one are listed too. */
  afterVersionId?: string;
}

export interface VersionPage {
  rows: ListedVersion[];
  commonPrefixes: string[];
  /** Where this page ended, if more follow. A rolled-up prefix has no version. */
  next?: { key: string; versionId?: string };
}

type ListedRow = SummaryRow & { isCurrent: boolean; is_marker: number };

/** Above every sequence: all versions of a key are below it. */
const ALL = Number.MAX_SAFE_INTEGER;
const BATCH_ROWS = 256;

/** Throws InvalidArgument when `afterVersionId` is no version id. */
export function listVersions(objects: ObjectTable, bucketId: number, query: VersionQuery): VersionPage {
  const prefix = Buffer.from(query.prefix);
  const delimiter = Buffer.from(query.delimiter);
  const page: VersionPage = { rows: [], commonPrefixes: [] };
  const isWithinKey = query.after !== "" && query.afterVersionId !== undefined;
  const below = isWithinKey ? sequenceBefore(objects, bucketId, query.after, query.afterVersionId!) : ALL;
  if (query.limit <= 0) return page;
  // Within a key that is rolled up nothing is shown: such a place is one behind a prefix.
  let from: { key: Buffer; below: number } =
    isWithinKey && startsWith(Buffer.from(query.after), prefix)
      ? { key: Buffer.from(query.after), below }
      : { key: firstKey(query, prefix, delimiter), below: ALL };
  let previousKey: Uint8Array = isWithinKey ? Buffer.from(query.after) : Buffer.of();
  let last: VersionPage["next"];
  let rolled: Buffer | undefined;
  for (;;) {
    const rows = seek(objects, bucketId, from, BATCH_ROWS);
    rolled = undefined;
    for (const row of rows) {
      const key = Buffer.from(row.key.buffer, row.key.byteOffset, row.key.byteLength);
      if (rolled && startsWith(key, rolled)) continue;
      if (!startsWith(key, prefix)) return page;
      if (page.rows.length + page.commonPrefixes.length === query.limit) return { ...page, next: last! };
      rolled = commonPrefixOf(key, prefix.length, delimiter);
      if (rolled) {
        last = { key: rolled.toString() };
        page.commonPrefixes.push(last.key);
        continue;
      }
      const isLatest = row.isCurrent || (row.is_marker === 1 && !key.equals(previousKey));
      previousKey = key;
      const version = { ...objects.summary(row), versionId: row.version ?? NULL_VERSION };
      page.rows.push({ ...version, isLatest, isMarker: row.is_marker === 1 });
      last = { key: version.key, versionId: row.version ?? nullVersionPlace(row.sequence) };
    }
    if (rows.length < BATCH_ROWS) return page;
    const end = rows.at(-1)!;
    from = rolled ? { key: justAfterPrefix(rolled), below: ALL } : { key: Buffer.from(end.key), below: end.sequence };
  }
}

/** The null version says nothing of its place, and may be deleted before the next page is asked for. */
function nullVersionPlace(sequence: number): string {
  return newVersionId(sequence);
}

function sequenceBefore(objects: ObjectTable, bucketId: number, key: string, versionId: string): number {
  if (versionId !== NULL_VERSION) return sequenceOf(versionId);
  const keyBytes = Buffer.from(key);
  const [current] = objects.seek(bucketId, keyBytes, 1);
  if (current?.version === null && keyBytes.equals(current.key)) return current.sequence;
  // Not there any more: to show a version twice is better than to leave one out.
  return objects.versions.find(bucketId, keyBytes, NULL_VERSION)?.sequence ?? ALL;
}

/** Up to `limit` rows behind a place, current objects and older versions in one order. */
function seek(
  objects: ObjectTable,
  bucketId: number,
  { key, below }: { key: Buffer; below: number },
  limit: number,
): ListedRow[] {
  // A current object is the newest of its key, so it is behind the place only if nothing of the key was shown yet, or less than it.
  const current = objects
    .seek(bucketId, key, limit + 1)
    .filter((row) => row.sequence < below || !key.equals(row.key))
    .slice(0, limit)
    .map((row): ListedRow => ({ ...row, isCurrent: true, is_marker: 0 }));
  const older = objects.versions
    .seek(bucketId, key, below, limit)
    .map((row: VersionRow): ListedRow => ({ ...row, isCurrent: false }));
  return [...current, ...older].sort((a, b) => Buffer.compare(a.key, b.key) || b.sequence - a.sequence).slice(0, limit);
}
