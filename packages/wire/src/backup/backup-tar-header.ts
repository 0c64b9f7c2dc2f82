/** The ustar header of a plain file (POSIX.1-2001, "ustar Interchange Format"), so that any tar lists a backup. */
export const TAR_BLOCK_BYTES = 512;

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const MODE = "0000600";
const ZERO_ID = "0000000";
const MAGIC = "ustar";
const REGULAR_FILE = "0";
/** Eleven octal digits; larger sizes are written in base 256, as GNU tar does. */
const OCTAL_SIZE_LIMIT = 8 ** 11;

const AT = {
  name: 0,
  mode: 100,
  uid: 108,
  gid: 116,
  size: 124,
  mtime: 136,
  sum: 148,
  type: 156,
  magic: 257,
  prefix: 345,
};

/** @throws when the path does not fit */
export function encodeTarHeader(path: string, size: number, modifiedAt: Date): Buffer {
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  const { name, prefix } = splitPath(path);
  block.write(name, AT.name);
  block.write(MODE, AT.mode);
  block.write(ZERO_ID, AT.uid);
  block.write(ZERO_ID, AT.gid);
  if (size < OCTAL_SIZE_LIMIT) block.write(octal(size, 11), AT.size);
  else {
    block.writeUInt8(0x80, AT.size);
    block.writeBigUInt64BE(BigInt(size), AT.size + 4);
  }
  block.write(octal(Math.floor(modifiedAt.getTime() / 1000), 11), AT.mtime);
  block.write(REGULAR_FILE, AT.type);
  block.write(`${MAGIC}\0` + "00", AT.magic, "latin1");
  block.write(prefix, AT.prefix);
  block.write(`${octal(checksumOf(block), 6)}\0 `, AT.sum, "latin1");
  return block;
}

/** Whether the block is by its mark a header of POSIX's or of GNU tar's, be it damaged or not. */
export function isTarHeader(block: Buffer): boolean {
  return block.toString("latin1", AT.magic, AT.magic + MAGIC.length) === MAGIC;
}

/** Null for the block of zeros that ends an archive. Throws when it is not a header of a plain file. */
export function decodeTarHeader(block: Buffer): { readonly path: string; readonly size: number } | null {
  if (block.every((byte) => byte === 0)) return null;
  if (Number.parseInt(text(block, AT.sum, 8), 8) !== checksumOf(block)) throw new Error("a header's checksum is wrong");
  const type = text(block, AT.type, 1);
  if (type !== REGULAR_FILE) throw new Error(`an entry is of type "${type}", and a backup holds plain files only`);
  const prefix = text(block, AT.prefix, PREFIX_BYTES);
  const name = text(block, AT.name, NAME_BYTES);
  const isLarge = (block[AT.size] ?? 0) >= 0x80;
  const size = isLarge ? Number(block.readBigUInt64BE(AT.size + 4)) : Number.parseInt(text(block, AT.size, 12), 8);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error(`the size of ${name} cannot be read`);
  return { path: prefix ? `${prefix}/${name}` : name, size };
}

/** How many zeros follow an entry of this size. */
export function tarPadding(size: number): number {
  return (TAR_BLOCK_BYTES - (size % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
}

function splitPath(path: string): { readonly name: string; readonly prefix: string } {
  if (Buffer.byteLength(path) <= NAME_BYTES) return { name: path, prefix: "" };
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= PREFIX_BYTES && Buffer.byteLength(name) <= NAME_BYTES && name)
      return { name, prefix };
  }
  throw new Error(`the path is too long for a backup: ${path}`);
}

/** The sum of the header's bytes, its own field taken as spaces. */
function checksumOf(block: Buffer): number {
  let sum = 0;
  for (const [at, byte] of block.entries()) sum += at >= AT.sum && at < AT.sum + 8 ? 0x20 : byte;
  return sum;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function text(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field
    .subarray(0, end < 0 ? length : end)
    .toString()
    .trim();
}
