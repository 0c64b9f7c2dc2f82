/** CRC-64/NVME, reflected; in two halves of 32 bits, since BigInt would cost an allocation a byte. */
const POLYNOMIAL_HIGH = 0x9a6c9329;
const POLYNOMIAL_LOW = 0xac4bc9b5;

const HIGH = new Uint32Array(256);
const LOW = new Uint32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    const carry = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (carry) {
      high ^= POLYNOMIAL_HIGH;
      low ^= POLYNOMIAL_LOW;
    }
  }
  HIGH[byte] = high;
  LOW[byte] = low;
}

export interface Crc64 {
  readonly high: number;
  readonly low: number;
}

export const CRC64_START: Crc64 = { high: 0, low: 0 };

/** The checksum of `data`, going on from `previous`. */
export function crc64nvme(data: Uint8Array, previous: Crc64 = CRC64_START): Crc64 {
  let high = ~previous.high;
  let low = ~previous.low;
  for (let index = 0; index < data.length; index += 1) {
    const entry = (low ^ data[index]!) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ LOW[entry]!;
    high = (high >>> 8) ^ HIGH[entry]!;
  }
  return { high: ~high >>> 0, low: ~low >>> 0 };
}
