/**
 * CRC-32C and CRC-64/NVME in JavaScript, eight bytes a step ("slicing by eight"); Node has neither natively. All arithmetic is
 * in 32-bit integers: BigInt would allocate for every byte.
 */
import { CRC32C_POLYNOMIAL, CRC64NVME_POLYNOMIAL, type CrcPolynomial } from "./crc-combine.ts";

const SLICES = 8;

interface SlicedTable {
  /** SLICES tables of 256 entries, the low and high 32 bits of each; `high` stays zero for 32-bit CRCs. */
  low: Int32Array;
  high: Int32Array;
}

function buildTable({ reflected, bits }: CrcPolynomial): SlicedTable {
  const low = new Int32Array(SLICES * 256);
  const high = new Int32Array(SLICES * 256);
  const mask = (1n << BigInt(bits)) - 1n;
  const wide = new BigUint64Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ reflected : crc >> 1n;
    wide[byte] = crc & mask;
  }
  for (let byte = 0; byte < 256; byte++) {
    let crc = wide[byte]!;
    for (let slice = 0; slice < SLICES; slice++) {
      low[slice * 256 + byte] = Number(BigInt.asIntN(32, crc));
      high[slice * 256 + byte] = Number(BigInt.asIntN(32, crc >> 32n));
      crc = (crc >> 8n) ^ wide[Number(crc & 0xffn)]!;
    }
  }
  return { low, high };
}

let crc32cTable: SlicedTable | undefined;
let crc64nvmeTable: SlicedTable | undefined;

/** CRC-32C of `chunk`, going on from `previous` (0 to begin), as an unsigned 32-bit number. */
export function crc32c(chunk: Uint8Array, previous: number): number {
  crc32cTable ??= buildTable(CRC32C_POLYNOMIAL);
  const t = crc32cTable.low;
  let crc = ~previous;
  let i = 0;
  for (const end = chunk.length - 7; i < end; i += 8) {
    crc ^= chunk[i]! | (chunk[i + 1]! << 8) | (chunk[i + 2]! << 16) | (chunk[i + 3]! << 24);
    crc =
      t[1792 + (crc & 255)]! ^
      t[1536 + ((crc >>> 8) & 255)]! ^
      t[1280 + ((crc >>> 16) & 255)]! ^
      t[1024 + (crc >>> 24)]! ^
      t[768 + chunk[i + 4]!]! ^
      t[512 + chunk[i + 5]!]! ^
      t[256 + chunk[i + 6]!]! ^
      t[chunk[i + 7]!]!;
  }
  for (; i < chunk.length; i++) crc = (crc >>> 8) ^ t[(crc ^ chunk[i]!) & 255]!;
  return ~crc >>> 0;
}

/** A running CRC-64/NVME. */
export function crc64nvme(): { update(chunk: Uint8Array): void; value(): bigint } {
  crc64nvmeTable ??= buildTable(CRC64NVME_POLYNOMIAL);
  const { low: tl, high: th } = crc64nvmeTable;
  let low = -1;
  let high = -1;
  return {
    update(chunk) {
      let i = 0;
      for (const end = chunk.length - 7; i < end; i += 8) {
        const a = low ^ (chunk[i]! | (chunk[i + 1]! << 8) | (chunk[i + 2]! << 16) | (chunk[i + 3]! << 24));
        const b = high ^ (chunk[i + 4]! | (chunk[i + 5]! << 8) | (chunk[i + 6]! << 16) | (chunk[i + 7]! << 24));
        const i7 = 1792 + (a & 255);
        const i6 = 1536 + ((a >>> 8) & 255);
        const i5 = 1280 + ((a >>> 16) & 255);
        const i4 = 1024 + (a >>> 24);
        const i3 = 768 + (b & 255);
        const i2 = 512 + ((b >>> 8) & 255);
        const i1 = 256 + ((b >>> 16) & 255);
        const i0 = b >>> 24;
        low = tl[i7]! ^ tl[i6]! ^ tl[i5]! ^ tl[i4]! ^ tl[i3]! ^ tl[i2]! ^ tl[i1]! ^ tl[i0]!;
        high = th[i7]! ^ th[i6]! ^ th[i5]! ^ th[i4]! ^ th[i3]! ^ th[i2]! ^ th[i1]! ^ th[i0]!;
      }
      for (; i < chunk.length; i++) {
        const index = (low ^ chunk[i]!) & 255;
        low = ((low >>> 8) | (high << 24)) ^ tl[index]!;
        high = (high >>> 8) ^ th[index]!;
      }
    },
    value: () => (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0),
  };
}
