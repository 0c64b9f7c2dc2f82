/** CRC-32C (Castagnoli), reflected. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = new Uint32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  TABLE[byte] = value;
}

/** The checksum of `data`, going on from `previous` (0 at the start). */
export function crc32c(data: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (let index = 0; index < data.length; index += 1) {
    crc = (crc >>> 8) ^ TABLE[(crc ^ data[index]!) & 0xff]!;
  }
  return ~crc >>> 0;
}
