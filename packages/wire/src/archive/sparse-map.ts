import { refusedEntry } from "./entry-refused.ts";
import type { PaxAttributes, PaxRecord } from "./extended-header.ts";
import { readNumber, TAR_BLOCK_BYTES, type TarHeader } from "./tar-header.ts";

/** A piece of a sparse file that is stored; between the pieces there are zeros. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** Where a sparse file is written. */
export interface SparseFile {
  writeAt(chunk: Uint8Array, position: number): void;
  /** Zeros follow up to this size. */
  extendTo(size: number): void;
}

/** How a sparse file is stored. */
export interface SparseLayout {
  /** With its holes. */
  readonly realSize: number;
  /** Undefined where the map comes before the content (GNU.sparse 1.0). */
  readonly extents: readonly Extent[] | undefined;
}

/** In GNU tar's own header: four extents, whether there are more blocks of extents, and the real size. */
const GNU_HEADER = { extentsAt: 386, extents: 4, hasMoreAt: 482, realSize: [483, 12] } as const;
const GNU_EXTENSION = { extentsAt: 0, extents: 21, hasMoreAt: 504 } as const;
const NUMBER_BYTES = 12;
/** Each extent costs memory; a file of this many has holes of no use. */
export const MAX_SPARSE_EXTENTS = 1_000_000;
/** A number of a map and its line end. */
const MAX_MAP_LINE_BYTES = 24;
const LINE_END = 0x0a;

/** Extents in a block of GNU tar's own format, and whether another block of them follows. */
export function readGnuExtents(block: Buffer, isHeader: boolean): { extents: Extent[]; hasMore: boolean } {
  const place = isHeader ? GNU_HEADER : GNU_EXTENSION;
  const extents: Extent[] = [];
  for (let index = 0; index < place.extents; index += 1) {
    const at = place.extentsAt + index * 2 * NUMBER_BYTES;
    const length = readNumber(block, [at + NUMBER_BYTES, NUMBER_BYTES]);
    if (length === undefined) break;
    extents.push({ offset: readNumber(block, [at, NUMBER_BYTES]) ?? 0, length });
  }
  return { extents, hasMore: block[place.hasMoreAt] !== 0 };
}

export function gnuRealSize({ block }: TarHeader): number {
  return readNumber(block, GNU_HEADER.realSize) ?? 0;
}

/**
 * What extended headers say of a sparse file, in one of GNU tar's three forms (0.0, 0.1 and 1.0); undefined where they say nothing.
 * @throws EntryRefused for another form
 */
export function paxSparseLayout(
  attributes: PaxAttributes,
  records: readonly PaxRecord[],
  name: Uint8Array,
): SparseLayout | undefined {
  if (!records.some(({ keyword }) => keyword.startsWith("GNU.sparse."))) return undefined;
  const value = (keyword: string) => attributes.get(`GNU.sparse.${keyword}`)?.toString("latin1");
  const version = `${value("major") ?? "0"}.${value("minor") ?? "0"}`;
  if (version === "1.0") {
    return { realSize: wholeNumber(value("realsize"), "GNU.sparse.realsize", name), extents: undefined };
  }
  if (version !== "0.0" && version !== "0.1") {
    throw refusedEntry(
      name,
      `it is stored as a sparse file of version ${version}, which is not supported`,
      "Pack the bundle without tar's --sparse (-S)",
    );
  }
  const map = value("map");
  const numbers =
    map === undefined
      ? records
          .filter(({ keyword }) => /^GNU\.sparse\.(offset|numbytes)$/.test(keyword))
          .map((record) => record.value.toString("latin1"))
      : map.split(",").filter((part) => part !== "");
  return {
    realSize: wholeNumber(value("size") ?? value("realsize"), "GNU.sparse.size", name),
    extents: pairs(
      numbers.map((number) => wholeNumber(number, "its map", name)),
      name,
    ),
  };
}

/**
 * Writes the stored content of a sparse file to where it belongs. The holes are zeros, which cost no room in the archive on the host.
 * @throws EntryRefused where the map does not fit the content or the size
 */
export class SparseContent {
  readonly #name: Uint8Array;
  readonly #file: SparseFile;
  readonly #realSize: number;
  readonly #storedSize: number;
  #extents: readonly Extent[] | undefined;
  #index = 0;
  #written = 0;
  /** Of a map that comes before the content: what was read of it, and how many bytes it has so far. */
  #numbers: number[] = [];
  #line = "";
  #mapBytes = 0;
  #isMapRead = false;

  constructor(file: SparseFile, { realSize, extents }: SparseLayout, storedSize: number, name: Uint8Array) {
    this.#name = name;
    this.#file = file;
    this.#realSize = realSize;
    this.#storedSize = storedSize;
    if (extents !== undefined) this.#take(extents, storedSize);
  }

  write(chunk: Buffer): void {
    let rest = chunk;
    if (this.#extents === undefined) rest = this.#readMap(chunk);
    while (rest.length > 0) {
      const extent = this.#extents?.[this.#index];
      if (extent === undefined) throw this.#misfit();
      const piece = rest.subarray(0, extent.length - this.#written);
      this.#file.writeAt(piece, extent.offset + this.#written);
      this.#written += piece.length;
      rest = rest.subarray(piece.length);
      if (this.#written < extent.length) continue;
      this.#index += 1;
      this.#written = 0;
      this.#passEmpty();
    }
  }

  close(): void {
    if (this.#extents === undefined || this.#index < this.#extents.length) throw this.#misfit();
    this.#file.extendTo(this.#realSize);
  }

  /** The map is a list of lines (how many extents, then offset and length of each), filled up to whole blocks. */
  #readMap(chunk: Buffer): Buffer {
    let at = 0;
    for (; at < chunk.length && !(this.#isMapRead && this.#mapBytes % TAR_BLOCK_BYTES === 0); at += 1) {
      this.#mapBytes += 1;
      if (this.#isMapRead) continue;
      const byte = chunk[at]!;
      if (byte !== LINE_END) {
        this.#line += String.fromCharCode(byte);
        if (this.#line.length > MAX_MAP_LINE_BYTES) throw this.#misfit();
        continue;
      }
      this.#numbers.push(wholeNumber(this.#line, "its map", this.#name));
      this.#line = "";
      const count = this.#numbers[0]!;
      if (count > MAX_SPARSE_EXTENTS) throw tooManyExtents(this.#name);
      this.#isMapRead = this.#numbers.length === 1 + 2 * count;
    }
    if (this.#isMapRead && this.#mapBytes % TAR_BLOCK_BYTES === 0) {
      this.#take(pairs(this.#numbers.slice(1), this.#name), this.#storedSize - this.#mapBytes);
      this.#numbers = [];
    }
    return chunk.subarray(at);
  }

  #take(extents: readonly Extent[], contentBytes: number): void {
    let end = 0;
    let stored = 0;
    for (const { offset, length } of extents) {
      if (offset < end) throw this.#misfit();
      end = offset + length;
      stored += length;
    }
    if (end > this.#realSize || stored !== contentBytes || !Number.isSafeInteger(this.#realSize)) throw this.#misfit();
    this.#extents = extents;
    this.#passEmpty();
  }

  /** The last extent of most maps is empty: it says where the file ends. */
  #passEmpty(): void {
    while (this.#extents?.[this.#index]?.length === 0) this.#index += 1;
  }

  #misfit(): Error {
    return refusedEntry(
      this.#name,
      "it is stored as a sparse file whose map does not fit its content",
      "Pack the bundle again, or without tar's --sparse (-S)",
    );
  }
}

function pairs(numbers: readonly number[], name: Uint8Array): Extent[] {
  const extents: Extent[] = [];
  if (numbers.length / 2 > MAX_SPARSE_EXTENTS) throw tooManyExtents(name);
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    extents.push({ offset: numbers[index]!, length: numbers[index + 1]! });
  }
  return extents;
}

export function tooManyExtents(name: Uint8Array): Error {
  return refusedEntry(
    name,
    `it is stored as a sparse file in more than ${MAX_SPARSE_EXTENTS} pieces`,
    "Pack the bundle without tar's --sparse (-S)",
  );
}

function wholeNumber(text: string | undefined, what: string, name: Uint8Array): number {
  const number = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw refusedEntry(
    name,
    `it is stored as a sparse file, and ${what} is not a whole number (${JSON.stringify(text ?? "")})`,
    "Pack the bundle again, or without tar's --sparse (-S)",
  );
}
