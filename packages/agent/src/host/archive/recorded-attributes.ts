import { readFileSync, type Stats } from "node:fs";
import { replaceFile } from "../durable-file.ts";
import { errorCodeOf } from "../event-failure.ts";

/** What the bundle says of an entry and the archive on this host does not: `files` gives it to the copy. */
export interface RecordedAttributes {
  /** Permission bits, special bits included. */
  readonly mode: number;
  /** Only where the agent is root and the bundle knows owners. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** By path below the archive's root; only entries whose attributes differ from what lies in the archive. */
export type RecordedEntries = ReadonlyMap<string, RecordedAttributes>;

const MODE_BITS = 0o7777;

export function writeRecordedEntries(file: string, entries: RecordedEntries): void {
  replaceFile(file, asJson(entries), { durable: false });
}

function* asJson(entries: RecordedEntries): Generator<string> {
  let before = "{";
  for (const [path, attributes] of entries) {
    yield `${before}${JSON.stringify(path)}:${JSON.stringify(attributes)}`;
    before = ",";
  }
  yield entries.size === 0 ? "{}" : "}";
}

/** Empty where nothing differs, and for an archive that the AWS agent unpacked and nobody adopted. */
export function readRecordedEntries(file: string): RecordedEntries {
  try {
    const known = new Map<string, RecordedAttributes>();
    // Of a hundred thousand entries nearly all have the same: it is held once.
    const shared = (value: RecordedAttributes) => {
      const key = JSON.stringify(value);
      const same = known.get(key) ?? value;
      known.set(key, same);
      return same;
    };
    const entries = JSON.parse(readFileSync(file, "utf8")) as Record<string, RecordedAttributes>;
    const recorded = new Map<string, RecordedAttributes>();
    for (const path in entries) recorded.set(path, shared(entries[path]!));
    return recorded;
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return new Map();
    throw error;
  }
}

/** The status of an archive's entry, as it would be had the archive kept the bundle's attributes. */
export function withRecorded(stats: Stats, recorded: RecordedAttributes | undefined): Stats {
  if (recorded === undefined) return stats;
  stats.mode = (stats.mode & ~MODE_BITS) | recorded.mode;
  if (recorded.owner) {
    stats.uid = recorded.owner.uid;
    stats.gid = recorded.owner.gid;
  }
  return stats;
}
