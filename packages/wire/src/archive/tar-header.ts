/** One header block of a tar: POSIX's ustar, GNU tar's, star's, or one from before POSIX. */
export const TAR_BLOCK_BYTES = 512;

export interface TarHeader {
  readonly name: Buffer;
  readonly linkName: Buffer;
  /** One character; a zero byte, as tars from before POSIX have it for a file, is `0`. */
  readonly type: string;
  /** Of what follows in the archive. */
  readonly size: number;
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly modifiedAtSeconds: number | undefined;
  readonly userName: Buffer;
  readonly groupName: Buffer;
  /** GNU tar's own format: only there do the last bytes hold the map of a sparse file. */
  readonly isGnu: boolean;
  readonly block: Buffer;
}

/** The end of a sentence that begins with "The downloaded file is damaged or cut short". */
export class DamagedTar extends Error {}

const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  modifiedAt: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkName: [157, 100],
  magic: [257, 8],
  userName: [265, 32],
  groupName: [297, 32],
  prefix: [345, 155],
} as const;
/** star keeps times in the rest of the field. */
const STAR_PREFIX_BYTES = 131;
const STAR_MARK = { at: 508, text: "tar\0" } as const;
const POSIX_MAGIC = "ustar\0";
const GNU_MAGIC = "ustar  \0";
const BASE_256 = 0x80;
const NEGATIVE_BASE_256 = 0xff;
const SPACE = 0x20;
const DIGIT_0 = 0x30;
const NOTHING = Buffer.alloc(0);
/** How much less a byte above 127 is as a signed number. */
const SIGNED_LESS = 256;

/** @throws DamagedTar */
export function readTarHeader(shared: Buffer): TarHeader {
  // What was read into is read into again. Node begins every buffer at a multiple of eight bytes, and so where words begin.
  const block = Buffer.from(shared);
  checkChecksum(block);
  const magic = latin1(block, FIELD.magic);
  const size = readNumber(block, FIELD.size) ?? 0;
  if (!Number.isSafeInteger(size) || size < 0) throw new DamagedTar("an entry's size cannot be read");
  const type = String.fromCharCode(block[FIELD.type[0]] ?? 0);
  return {
    name: nameOf(block, magic),
    linkName: text(block, FIELD.linkName),
    type: type === "\0" ? "0" : type,
    size,
    mode: readNumber(block, FIELD.mode),
    uid: readNumber(block, FIELD.uid),
    gid: readNumber(block, FIELD.gid),
    modifiedAtSeconds: readNumber(block, FIELD.modifiedAt),
    userName: magic.startsWith("ustar") ? text(block, FIELD.userName) : NOTHING,
    groupName: magic.startsWith("ustar") ? text(block, FIELD.groupName) : NOTHING,
    isGnu: magic === GNU_MAGIC,
    block,
  };
}

export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

/** A number as tar writes it: octal digits, or where these do not suffice, base 256. Undefined where the field is blank. */
export function readNumber(block: Buffer, [at, length]: readonly [at: number, length: number]): number | undefined {
  const plain = plainOctal(block, at, at + length);
  if (plain !== undefined) return plain;
  const first = block[at];
  if (first === BASE_256 || first === NEGATIVE_BASE_256) {
    let value = first === NEGATIVE_BASE_256 ? -1n : 0n;
    for (const byte of block.subarray(at + 1, at + length)) value = value * 256n + BigInt(byte);
    return Number(value);
  }
  const digits = latin1(block, [at, length]).replaceAll("\0", " ").trim();
  if (digits === "") return undefined;
  if (!/^[0-7]+$/.test(digits)) throw new DamagedTar("a number in a header cannot be read");
  return Number.parseInt(digits, 8);
}

/** As nearly every archive has them, digits and then zero bytes or spaces: read without making a text. Undefined for all others. */
function plainOctal(block: Buffer, start: number, end: number): number | undefined {
  let value = 0;
  let at = start;
  for (; at < end; at += 1) {
    const digit = block[at]! - DIGIT_0;
    if (!(digit >= 0 && digit <= 7)) break;
    value = value * 8 + digit;
  }
  if (at === start) return undefined;
  for (; at < end; at += 1) if (block[at] !== 0 && block[at] !== SPACE) return undefined;
  return value;
}

function nameOf(block: Buffer, magic: string): Buffer {
  const name = text(block, FIELD.name);
  if (!magic.startsWith(POSIX_MAGIC) || block[FIELD.prefix[0]] === 0) return name;
  const isStar = latin1(block, [STAR_MARK.at, STAR_MARK.text.length]) === STAR_MARK.text;
  const prefix = text(block, [FIELD.prefix[0], isStar ? STAR_PREFIX_BYTES : FIELD.prefix[1]]);
  return Buffer.concat([prefix, Buffer.from("/"), name]);
}

/** Each piece of a buffer is an object of its own, which costs more than all that is done with it: none is made of a blank field. */
function text(block: Buffer, [at, length]: readonly [at: number, length: number]): Buffer {
  if (block[at] === 0) return NOTHING;
  const end = block.indexOf(0, at);
  return block.subarray(at, end < 0 ? at + length : Math.min(end, at + length));
}

function latin1(block: Buffer, [at, length]: readonly [at: number, length: number]): string {
  return block.toString("latin1", at, at + length);
}

/** Some old tars added the bytes up as signed numbers. */
function checkChecksum(block: Buffer): void {
  const [at, length] = FIELD.checksum;
  const stored = plainOctal(block, at, at + length) ?? oldChecksum(block);
  // The checksum itself counts as spaces.
  let unsigned = sumOf(block) + length * SPACE;
  for (let index = at; index < at + length; index += 1) unsigned -= block[index]!;
  if (stored === unsigned) return;
  let signed = unsigned;
  for (let index = 0; index < TAR_BLOCK_BYTES; index += 1) {
    const isChecksum = index >= at && index < at + length;
    if (!isChecksum && block[index]! > 127) signed -= SIGNED_LESS;
  }
  if (stored !== signed) throw new DamagedTar("a header's checksum is wrong");
}

/** With spaces before it, or something behind it. */
function oldChecksum(block: Buffer): number {
  return Number.parseInt(/^[ \0]*([0-7]+)/.exec(latin1(block, FIELD.checksum))?.[1] ?? "", 8);
}

const WORD_BYTES = 4;
const ODD_BYTES = 0x00ff00ff;

/** Of all bytes of a block, four at a time. */
function sumOf(block: Buffer): number {
  const words = new Uint32Array(block.buffer, block.byteOffset, TAR_BLOCK_BYTES / WORD_BYTES);
  // Two sums of 16 bits each, which 256 bytes do not overflow.
  let pairs = 0;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    pairs += (word & ODD_BYTES) + ((word >>> 8) & ODD_BYTES);
  }
  return (pairs & 0xffff) + (pairs >>> 16);
}
