import { refusedEntry } from "./entry-refused.ts";
import { DamagedTar } from "./tar-header.ts";

/** The records of extended headers (pax), by keyword. A value that is empty takes one of a global header back. */
export type PaxAttributes = ReadonlyMap<string, Buffer>;

export interface PaxRecord {
  readonly keyword: string;
  readonly value: Buffer;
}

/**
 * Keywords that say what an entry is and that are not understood here: without them it would be unpacked as something else. All others that are not
 * used are attributes that `tar -x` does not restore either unless it is asked to (access lists, extended attributes, flags, other times), numbers
 * that mean something only on the machine that packed, and comments.
 */
const REFUSED: readonly { readonly keyword: RegExp; readonly reason: string; readonly cure: string }[] = [
  {
    keyword: /^GNU\.volume\.(filename|size|offset)$/,
    reason: "it is a part of a file, of an archive in several volumes",
    cure: "Pack the bundle as one archive",
  },
  {
    keyword: /^(SCHILY\.(realsize|offset)$|SUN\.hole)/,
    reason: "it is stored as a sparse file in a form that is not supported",
    cure: "Pack the bundle with GNU tar or bsdtar, or without sparse files",
  },
  {
    keyword:
      /^(SCHILY\.(tar)?filetype|GNU\.(?!sparse\.(major|minor|name|realsize|size|numblocks|map|offset|numbytes)$|dumpdir$|volume\.label$).*)$/,
    reason: "its header has an attribute that is not supported",
    cure: "Pack the bundle with another format (`tar --format=gnu`)",
  },
];
/** What a header for the whole archive cannot say, since it differs from entry to entry. */
const OF_ONE_ENTRY = /^(path|linkpath|size|GNU\.sparse\..*)$/;
/** In one header. Looking at each takes the program's only thread. */
const MAX_PAX_RECORDS = 100_000;
/** All others are looked at, and then forgotten: a small archive can have millions. */
const USED = /^(path|linkpath|size|mtime|uid|gid|uname|gname|GNU\.sparse\..*)$/;
/** Of these every one counts, and of the others the last. */
const LISTED = /^GNU\.sparse\.(offset|numbytes)$/;
const CHARSET_KEYWORD = "hdrcharset";
/** Names are taken as the bytes that they are, so both mean the same here. */
const CHARSETS: ReadonlySet<string> = new Set(["", "BINARY", "ISO-IR 10646 2000 UTF-8"]);

const SPACE = 0x20;
const EQUALS = 0x3d;
const LINE_END = 0x0a;

/**
 * Reads the records `LENGTH KEYWORD=VALUE\n` of an extended header, each by its length: a value may hold any bytes, line ends included.
 * @throws DamagedTar
 */
function* readRecords(content: Buffer): Generator<PaxRecord> {
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(SPACE, at);
    const digits = space < 0 ? "" : content.toString("latin1", at, space);
    const end = at + Number(digits);
    const equals = content.indexOf(EQUALS, space);
    if (!/^[1-9]\d*$/.test(digits) || end > content.length || content[end - 1] !== LINE_END) throw broken();
    if (equals < 0 || equals >= end) throw broken();
    yield {
      keyword: content.toString("utf8", space + 1, equals),
      value: content.subarray(equals + 1, end - 1),
    };
    at = end;
  }
}

/**
 * The records of an extended header that say something here. `name` is the header's own, for messages.
 * @throws DamagedTar, or EntryRefused for an attribute that would change what the entry is, and is not understood
 */
export function readPaxRecords(content: Buffer, name: Uint8Array, isGlobal: boolean): PaxRecord[] {
  const listed: PaxRecord[] = [];
  const single = new Map<string, PaxRecord>();
  let count = 0;
  for (const record of readRecords(content)) {
    count += 1;
    if (count > MAX_PAX_RECORDS) {
      throw refusedEntry(
        name,
        `its extended header has more than ${MAX_PAX_RECORDS} attributes`,
        "Pack the bundle without extended attributes, and without tar's --sparse (-S)",
      );
    }
    const { keyword } = record;
    checkPaxRecord(record, () => (isGlobal ? undefined : recordedName(content)) ?? name, isGlobal);
    if (!USED.test(keyword)) continue;
    const own = { keyword, value: Buffer.from(record.value) };
    if (LISTED.test(keyword)) listed.push(own);
    else single.set(keyword, own);
  }
  return [...single.values(), ...listed];
}

/** The header's own says little. */
function recordedName(content: Buffer): Buffer | undefined {
  const found = new Map<string, Buffer>();
  for (const { keyword, value } of readRecords(content)) {
    if (NAMING.includes(keyword) && !found.has(keyword)) found.set(keyword, value);
  }
  return NAMING.map((keyword) => found.get(keyword)).find((value) => value !== undefined);
}

const NAMING: readonly string[] = ["GNU.sparse.name", "path", "GNU.volume.filename"];

function checkPaxRecord({ keyword, value }: PaxRecord, name: () => Uint8Array, isGlobal: boolean): void {
  const refused = REFUSED.find((rule) => rule.keyword.test(keyword));
  if (refused !== undefined) throw refusedEntry(name(), `${refused.reason} (${keyword})`, refused.cure);
  if (isGlobal && OF_ONE_ENTRY.test(keyword)) {
    throw refusedEntry(
      name(),
      `a header for the whole archive gives one ${keyword} to every entry`,
      "Pack the bundle again",
    );
  }
  if (keyword === CHARSET_KEYWORD && !CHARSETS.has(value.toString("latin1"))) {
    throw refusedEntry(
      name(),
      `its header is written in the character set ${JSON.stringify(value.toString("latin1"))}`,
      "Pack the bundle with names in UTF-8",
    );
  }
}

function broken(): DamagedTar {
  return new DamagedTar("a record of an extended header is not of the length that it says");
}
