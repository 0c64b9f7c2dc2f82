import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, gzipSync } from "node:zlib";
import { type RawTarEntry, rawTar, rawTarEntry, rawZip } from "@sluice/agent/host/archive/raw-archives.fixture.ts";

const MEBIBYTE = 1_024 ** 2;
/** A local header, an entry of the directory, and the two ends of a zip with many. */
const ZIP = { local: 30, central: 46, end64: 56, locator: 20, end: 22 } as const;
const MADE_ON_UNIX = (3 << 8) | 20;
const REGULAR_FILE = 0o100644;

/** Writes a file of pieces, which are made as they are needed. */
export async function writePieces(file: string, pieces: Iterable<Buffer>, isGzipped = false): Promise<void> {
  const source = Readable.from(inLargePieces(pieces));
  if (isGzipped) await pipeline(source, createGzip({ level: 1 }), createWriteStream(file));
  else await pipeline(source, createWriteStream(file));
}

export function* tarOf(entries: Iterable<RawTarEntry>): Generator<Buffer> {
  for (const entry of entries) yield rawTarEntry(entry);
  yield rawTar([]);
}

/** As many empty files, a thousand in a directory. */
export function* manyFiles(count: number, prefix = "app"): Generator<RawTarEntry> {
  for (let index = 0; index < count; index += 1) yield { name: `${prefix}/${Math.floor(index / 1_000)}/file-${index}` };
}

/** A gzip of so many MiB of zeros behind an entry's header, in members of 64 MiB: the last of them says nothing of the others. */
export function* zerosInMembers(mebibytes: number): Generator<Buffer> {
  const header = rawTarEntry({ name: "zeros" });
  // A size in base 256, since the octal field ends at 8 GiB.
  header.fill(0, 124, 136);
  header.writeUInt8(0x80, 124);
  header.writeUIntBE(mebibytes * MEBIBYTE, 130, 6);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  yield gzipSync(header);
  const member = gzipSync(Buffer.alloc(64 * MEBIBYTE));
  for (let made = 0; made < mebibytes; made += 64) yield member;
}

/** A zip of empty files; in its directory each has a comment and an extra field of so many bytes. */
export function* zipOf(count: number, moreBytes = 0): Generator<Buffer> {
  const nameOf = (index: number) => Buffer.from(`app/${Math.floor(index / 1_000)}/file-${index}`);
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    const name = nameOf(index);
    const local = Buffer.alloc(ZIP.local);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    yield local;
    yield name;
    offset += local.length + name.length;
  }
  const directoryAt = offset;
  const more = Buffer.alloc(moreBytes);
  if (moreBytes > 4) more.writeUInt16LE(moreBytes - 4, 2);
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const name = nameOf(index);
    const central = Buffer.alloc(ZIP.central);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(MADE_ON_UNIX, 4);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(moreBytes, 30);
    central.writeUInt16LE(moreBytes, 32);
    central.writeUInt32LE((REGULAR_FILE << 16) >>> 0, 38);
    central.writeUInt32LE(at, 42);
    yield central;
    yield name;
    yield more;
    yield more;
    at += ZIP.local + name.length;
    offset += central.length + name.length + 2 * moreBytes;
  }
  yield endOfZip(count, directoryAt, offset);
}

function endOfZip(count: number, directoryAt: number, endAt: number): Buffer {
  const end64 = Buffer.alloc(ZIP.end64);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(BigInt(ZIP.end64 - 12), 4);
  end64.writeBigUInt64LE(BigInt(count), 24);
  end64.writeBigUInt64LE(BigInt(count), 32);
  end64.writeBigUInt64LE(BigInt(endAt - directoryAt), 40);
  end64.writeBigUInt64LE(BigInt(directoryAt), 48);
  const locator = Buffer.alloc(ZIP.locator);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(endAt), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(ZIP.end);
  end.writeUInt32LE(0x06054b50, 0);
  end.fill(0xff, 8, 20);
  return Buffer.concat([end64, locator, end]);
}

/** A zip that says of its one file that it has so many bytes. */
export function zipThatClaims(bytes: bigint): Buffer {
  return rawZip([{ name: "zeros", content: Buffer.alloc(1_000), zip64Bytes: bytes }]);
}

function* inLargePieces(pieces: Iterable<Buffer>): Generator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes < MEBIBYTE) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  yield Buffer.concat(waiting);
}
