import { crc32, deflateRawSync } from "node:zlib";

/** What an entry is beside its content. */
export interface ZipEntry {
  readonly content: string | Uint8Array;
  /** With the file's type: a link is 0o120777. */
  readonly mode?: number;
}

const MADE_ON_UNIX = 3 << 8;
const DEFLATED = 8;
const REGULAR = 0o100644;

/** A zip of these entries, in this order; a name may be there twice. */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>> | readonly (readonly [string, ZipEntry])[]) {
  const list = Array.isArray(files)
    ? (files as readonly (readonly [string, ZipEntry])[])
    : Object.entries(files as Readonly<Record<string, string | Uint8Array>>).map(
        ([name, content]): readonly [string, ZipEntry] => [name, { content }],
      );
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, { content, mode = REGULAR }] of list) {
    const bytes = Buffer.from(content as string);
    const packed = deflateRawSync(bytes);
    const nameBytes = Buffer.from(name);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(DEFLATED, 8);
    head.writeUInt32LE(crc32(bytes), 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(bytes.length, 22);
    head.writeUInt16LE(nameBytes.length, 26);
    const row = Buffer.alloc(46);
    row.writeUInt32LE(0x02014b50, 0);
    row.writeUInt16LE(MADE_ON_UNIX | 20, 4);
    row.writeUInt16LE(20, 6);
    row.writeUInt16LE(DEFLATED, 10);
    row.writeUInt32LE(crc32(bytes), 16);
    row.writeUInt32LE(packed.length, 20);
    row.writeUInt32LE(bytes.length, 24);
    row.writeUInt16LE(nameBytes.length, 28);
    row.writeUInt32LE((mode << 16) >>> 0, 38);
    row.writeUInt32LE(offset, 42);
    parts.push(head, nameBytes, packed);
    directory.push(row, nameBytes);
    offset += head.length + nameBytes.length + packed.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(list.length, 8);
  end.writeUInt16LE(list.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directoryBytes, end]);
}
