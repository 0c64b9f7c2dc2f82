import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export interface ZippedFile {
  readonly content: string;
  /** With the file's type; a plain file that everybody reads when absent. */
  readonly unixMode?: number;
}

export interface ZippedCode {
  readonly zip: Buffer;
  readonly codeSha256: string;
}

const PLAIN_FILE = 0o100644;
export const PROGRAM_MODE = 0o100755;

/** A zip of files that are not compressed, by name. */
export function zipCode(files: Readonly<Record<string, string | ZippedFile>>): ZippedCode {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [path, file] of Object.entries(files)) {
    const { content, unixMode = PLAIN_FILE } = typeof file === "string" ? { content: file } : file;
    const name = Buffer.from(path);
    const bytes = Buffer.from(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt32LE(crc32(bytes), 14);
    local.writeUInt32LE(bytes.length, 18);
    local.writeUInt32LE(bytes.length, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    local.copy(central, 6, 4, 30);
    central.writeUInt16LE(0, 32);
    central.writeUInt32LE((unixMode << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    locals.push(local, name, bytes);
    centrals.push(central, name);
    offset += local.length + name.length + bytes.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(centrals.length / 2, 8);
  end.writeUInt16LE(centrals.length / 2, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  const zip = Buffer.concat([...locals, directory, end]);
  return { zip, codeSha256: createHash("sha256").update(zip).digest("hex") };
}
