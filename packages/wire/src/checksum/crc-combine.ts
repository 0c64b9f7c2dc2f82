/**
 * The CRC of two byte strings put together, from their CRCs and the second one's length: appending n zero bytes multiplies the
 * CRC by x^(8n) modulo the polynomial, over GF(2). It holds as it stands for CRCs that begin and end with all ones.
 */
export interface CrcPolynomial {
  bits: 32 | 64;
  /** The generator with its bits reversed (least significant bit first) and without its leading term. */
  reflected: bigint;
}

export const CRC32_POLYNOMIAL: CrcPolynomial = { bits: 32, reflected: 0xedb88320n };
export const CRC32C_POLYNOMIAL: CrcPolynomial = { bits: 32, reflected: 0x82f63b78n };
export const CRC64NVME_POLYNOMIAL: CrcPolynomial = { bits: 64, reflected: 0x9a6c9329ac4bc9b5n };

/** Returns `combine(first, second, secondLengthBytes)`. Shifts are remembered by length: most parts of an upload share one. */
export function createCrcCombiner(
  polynomial: CrcPolynomial,
): (first: bigint, second: bigint, secondLengthBytes: number) => bigint {
  const one = 1n << BigInt(polynomial.bits - 1);
  const shifts = new Map<number, bigint>();

  function multiply(a: bigint, b: bigint): bigint {
    let product = 0n;
    let shifted = b;
    for (let term = one; term > 0n; term >>= 1n) {
      if (a & term) product ^= shifted;
      shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial.reflected : shifted >> 1n;
    }
    return product;
  }

  function shiftOf(lengthBytes: number): bigint {
    const known = shifts.get(lengthBytes);
    if (known !== undefined) return known;
    let result = one;
    let square = one >> 8n; // x^8: one byte
    for (let rest = lengthBytes; rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = multiply(result, square);
      square = multiply(square, square);
    }
    shifts.set(lengthBytes, result);
    return result;
  }

  return (first, second, secondLengthBytes) => multiply(shiftOf(secondLengthBytes), first) ^ second;
}
