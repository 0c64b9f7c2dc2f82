import { refusedEntry } from "./entry-refused.ts";
import { type PaxRecord, readPaxRecords } from "./extended-header.ts";
import {
  type Extent,
  gnuRealSize,
  MAX_SPARSE_EXTENTS,
  paxSparseLayout,
  readGnuExtents,
  type SparseLayout,
  tooManyExtents,
} from "./sparse-map.ts";
import { DamagedTar, isZeroBlock, readTarHeader, TAR_BLOCK_BYTES, type TarHeader } from "./tar-header.ts";

/** One entry, with what extended headers and GNU tar's long names say of it. Names are bytes. */
export interface TarEntry {
  readonly type: string;
  readonly name: Buffer;
  readonly linkName: Buffer;
  /** Of the content in the archive; a sparse file has a larger one. */
  readonly size: number;
  readonly sparse: SparseLayout | undefined;
  readonly mode: number | undefined;
  /** As the archive has them: not a number where it says something else. */
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  readonly groupName: string;
  readonly modifiedAt: Date | undefined;
}

export interface ContentSink {
  write(chunk: Buffer): void;
  /** After the last byte of the content. */
  close(): void;
}

/** Extended headers and long names are held in memory. */
const MAX_EXTENDED_HEADER_BYTES = 8 * 1024 * 1024;
const MILLISECONDS = 1000;
const NO_ATTRIBUTES: ReadonlyMap<string, Buffer> = new Map();

/**
 * Reads a tar that comes in pieces of any length, and hands each entry on as its header is complete, then its content. What two programs would read
 * as two different things is refused, and so is what is not understood.
 */
export class TarReader {
  readonly #onEntry: (entry: TarEntry) => ContentSink | undefined;
  readonly #partial = Buffer.alloc(TAR_BLOCK_BYTES);
  #partialBytes = 0;
  #contentLeft = 0;
  #paddingLeft = 0;
  #sink: ContentSink | undefined;
  #zeroBlocks = 0;
  #global = new Map<string, Buffer>();
  #records: PaxRecord[] = [];
  /** Of all extended headers before one entry. */
  #extendedBytes = 0;
  #longName: Buffer | undefined;
  #longLinkName: Buffer | undefined;
  /** A sparse file of GNU tar's own format whose map goes on in further blocks. */
  #unfinished: { readonly header: TarHeader; readonly extents: Extent[] } | undefined;

  constructor(onEntry: (entry: TarEntry) => ContentSink | undefined) {
    this.#onEntry = onEntry;
  }

  /** @throws DamagedTar or EntryRefused */
  write(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && this.#zeroBlocks < 2; ) {
      const left = chunk.length - at;
      if (this.#contentLeft > 0) {
        const length = Math.min(left, this.#contentLeft);
        this.#sink?.write(chunk.subarray(at, at + length));
        this.#contentLeft -= length;
        at += length;
        if (this.#contentLeft === 0) this.#endContent();
      } else if (this.#paddingLeft > 0) {
        const length = Math.min(left, this.#paddingLeft);
        this.#paddingLeft -= length;
        at += length;
      } else if (this.#partialBytes === 0 && left >= TAR_BLOCK_BYTES) {
        this.#readBlock(chunk.subarray(at, at + TAR_BLOCK_BYTES));
        at += TAR_BLOCK_BYTES;
      } else {
        const length = Math.min(left, TAR_BLOCK_BYTES - this.#partialBytes);
        chunk.copy(this.#partial, this.#partialBytes, at, at + length);
        this.#partialBytes += length;
        at += length;
        if (this.#partialBytes < TAR_BLOCK_BYTES) continue;
        this.#partialBytes = 0;
        this.#readBlock(this.#partial);
      }
    }
  }

  /** As for tar, the two blocks of zeros at the end may be missing. @throws DamagedTar when the file ends inside an entry */
  end(): void {
    const isInside = this.#contentLeft > 0 || this.#paddingLeft > 0 || this.#unfinished !== undefined;
    const isPartial = !isZeroBlock(this.#partial.subarray(0, this.#partialBytes));
    const isAwaited = this.#records.length > 0 || this.#longName !== undefined || this.#longLinkName !== undefined;
    if (isInside || isPartial || isAwaited) throw new DamagedTar("it ends in the middle of an entry");
  }

  #readBlock(block: Buffer): void {
    if (this.#unfinished !== undefined) this.#readMoreExtents(block);
    else if (isZeroBlock(block)) this.#zeroBlocks += 1;
    else if (this.#zeroBlocks > 0) throw new DamagedTar("it continues after a block of zeros, where tar ends");
    else this.#readHeader(readTarHeader(block));
  }

  #readHeader(header: TarHeader): void {
    switch (header.type) {
      case "x":
      case "X":
        this.#collect(header, (content) => {
          // One by one: there may be more than a call takes arguments.
          for (const record of readPaxRecords(content, header.name, false)) this.#records.push(record);
        });
        break;
      case "g":
        this.#collect(header, (content) => {
          for (const { keyword, value } of readPaxRecords(content, header.name, true)) this.#global.set(keyword, value);
        });
        break;
      case "L":
        this.#collect(header, (content) => {
          this.#longName = untilZero(content);
        });
        break;
      case "K":
        this.#collect(header, (content) => {
          this.#longLinkName = untilZero(content);
        });
        break;
      case "S":
        this.#readGnuSparse(header);
        break;
      default:
        this.#begin(header, undefined);
    }
  }

  #readGnuSparse(header: TarHeader): void {
    if (!header.isGnu) {
      throw refusedEntry(
        header.name,
        "it is stored as a sparse file in a form that is not supported",
        "Pack the bundle with GNU tar or bsdtar, or without sparse files",
      );
    }
    const { extents, hasMore } = readGnuExtents(header.block, true);
    if (hasMore) this.#unfinished = { header, extents };
    else this.#begin(header, { realSize: gnuRealSize(header), extents });
  }

  #readMoreExtents(block: Buffer): void {
    const { header, extents } = this.#unfinished!;
    const more = readGnuExtents(block, false);
    extents.push(...more.extents);
    if (extents.length > MAX_SPARSE_EXTENTS) throw tooManyExtents(header.name);
    if (more.hasMore) return;
    this.#unfinished = undefined;
    this.#begin(header, { realSize: gnuRealSize(header), extents });
  }

  #collect(header: TarHeader, use: (content: Buffer) => void): void {
    this.#extendedBytes += header.size;
    if (this.#extendedBytes > MAX_EXTENDED_HEADER_BYTES) {
      throw refusedEntry(
        header.name,
        `its extended header has more than ${MAX_EXTENDED_HEADER_BYTES} bytes`,
        "Pack the bundle without extended attributes",
      );
    }
    const pieces: Buffer[] = [];
    this.#beginContent(header.size, {
      write: (chunk) => void pieces.push(Buffer.from(chunk)),
      close: () => use(Buffer.concat(pieces)),
    });
  }

  #begin(header: TarHeader, gnuSparse: SparseLayout | undefined): void {
    const records = this.#records;
    const attributes = this.#attributes();
    const name = attributes.get("GNU.sparse.name") ?? attributes.get("path") ?? this.#longName ?? header.name;
    const linkName = attributes.get("linkpath") ?? this.#longLinkName ?? header.linkName;
    this.#records = [];
    this.#extendedBytes = 0;
    this.#longName = undefined;
    this.#longLinkName = undefined;
    const size = sizeOf(attributes.get("size"), header.size);
    const sink = this.#onEntry({
      type: header.type,
      name,
      linkName,
      size,
      sparse: gnuSparse ?? paxSparseLayout(attributes, records, name),
      mode: header.mode,
      uid: idOf(attributes.get("uid"), header.uid),
      gid: idOf(attributes.get("gid"), header.gid),
      userName: (attributes.get("uname") ?? header.userName).toString("utf8"),
      groupName: (attributes.get("gname") ?? header.groupName).toString("utf8"),
      modifiedAt: timeOf(attributes.get("mtime"), header.modifiedAtSeconds, name),
    });
    this.#beginContent(size, sink);
  }

  /** What extended headers say of the next entry: nothing, of nearly all. */
  #attributes(): ReadonlyMap<string, Buffer> {
    if (this.#records.length === 0 && this.#global.size === 0) return NO_ATTRIBUTES;
    const own = this.#records.map(({ keyword, value }): [string, Buffer] => [keyword, value]);
    return new Map([...new Map([...this.#global, ...own])].filter(([, value]) => value.length > 0));
  }

  #beginContent(size: number, sink: ContentSink | undefined): void {
    this.#sink = sink;
    this.#contentLeft = size;
    this.#paddingLeft = (TAR_BLOCK_BYTES - (size % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
    if (size === 0) this.#endContent();
  }

  #endContent(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.close();
  }
}

function untilZero(content: Buffer): Buffer {
  const end = content.indexOf(0);
  return end < 0 ? content : content.subarray(0, end);
}

function sizeOf(recorded: Buffer | undefined, ofHeader: number): number {
  if (recorded === undefined) return ofHeader;
  const text = recorded.toString("latin1");
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw new DamagedTar("an entry's size cannot be read");
  return size;
}

function idOf(recorded: Buffer | undefined, ofHeader: number | undefined): number {
  return recorded === undefined ? (ofHeader ?? 0) : Number(recorded.toString("latin1"));
}

/** A time that no file can have is none. */
function timeOf(recorded: Buffer | undefined, ofHeader: number | undefined, name: Buffer): Date | undefined {
  const text = recorded?.toString("latin1");
  if (text !== undefined && !/^-?\d+(\.\d*)?$/.test(text)) {
    throw refusedEntry(name, `its time of modification (${JSON.stringify(text)}) is not a number`, "Pack it again");
  }
  const seconds = text === undefined ? ofHeader : Number(text);
  const date = new Date((seconds ?? Number.NaN) * MILLISECONDS);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
