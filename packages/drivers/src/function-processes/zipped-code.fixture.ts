import { createHash } from "node:crypto";
import { crc32, deflateRawSync } from "node:zlib";

export interface ZippedFile {
  readonly content: string | Uint8Array;
  /** With the file's type: a link is 0o120777. A plain file that everybody reads when absent. */
  readonly unixMode?: number;
}

type ZippedContent = string | Uint8Array | ZippedFile;
type ZippedFiles = Readonly<Record<string, ZippedContent>>;
type ZippedEntries = readonly (readonly [string, ZippedContent])[];

export interface ZippedCode {
  readonly zip: Buffer;
  readonly codeSha256: string;
}

const PLAIN_FILE = 0o100644;
export const PROGRAM_MODE = 0o100755;
const VERSION = 20;
const MADE_ON_UNIX = 3 << 8;
const DEFLATED = 8;

export function zipCode(files: ZippedFiles): ZippedCode {
  const zip = zipOf(files);
  return { zip, codeSha256: createHash("sha256").update(zip).digest("hex") };
}

/** A zip of these entries, in this order; in a list a name may be there twice. */
export function zipOf(files: ZippedFiles | ZippedEntries): Buffer {
  const entries: ZippedEntries = isList(files) ? files : Object.entries(files);
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [path, file] of entries) {
    const { content, unixMode = PLAIN_FILE } =
      typeof file === "string" || file instanceof Uint8Array ? { content: file } : file;
    const name = Buffer.from(path);
    const bytes = Buffer.from(content as string);
    const packed = deflateRawSync(bytes);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(VERSION, 4);
    local.writeUInt16LE(DEFLATED, 8);
    local.writeUInt32LE(crc32(bytes), 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(bytes.length, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(MADE_ON_UNIX | VERSION, 4);
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE((unixMode << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    locals.push(local, name, packed);
    centrals.push(central, name);
    offset += local.length + name.length + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function isList(files: ZippedFiles | ZippedEntries): files is ZippedEntries {
  return Array.isArray(files);
}
