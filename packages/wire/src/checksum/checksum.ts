/**
 * The object checksums that S3 knows beside MD5. Values travel in base64, CRCs in big-endian bytes.
 * Source: "Checking object integrity in Amazon S3" in the S3 user guide.
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { CRC32_POLYNOMIAL, CRC32C_POLYNOMIAL, CRC64NVME_POLYNOMIAL, createCrcCombiner } from "./crc-combine.ts";
import { crc32c, crc64nvme } from "./crc-tables.ts";

export const CHECKSUM_ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** COMPOSITE is the checksum of the parts' checksums (`<base64>-<parts>`), FULL_OBJECT that of the bytes themselves. */
export type ChecksumType = "COMPOSITE" | "FULL_OBJECT";

export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  /** Base64. May be called once. */
  digest(): string;
}

export function isChecksumAlgorithm(name: string): name is ChecksumAlgorithm {
  return (CHECKSUM_ALGORITHMS as readonly string[]).includes(name);
}

export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "SHA1":
    case "SHA256": {
      const hash = createHash(algorithm === "SHA1" ? "sha1" : "sha256");
      return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest("base64") };
    }
    case "CRC32":
    case "CRC32C": {
      const next = algorithm === "CRC32" ? (chunk: Uint8Array, crc: number) => crc32(chunk, crc) : crc32c;
      let crc = 0;
      return {
        update(chunk) {
          crc = next(chunk, crc);
        },
        digest: () => encodeCrc(BigInt(crc), 4),
      };
    }
    case "CRC64NVME": {
      const crc = crc64nvme();
      return { update: crc.update, digest: () => encodeCrc(crc.value(), 8) };
    }
    default:
      return algorithm satisfies never;
  }
}

/** The length in bytes of a decoded checksum value, by which a malformed one is told from a wrong one. */
export function checksumByteLength(algorithm: ChecksumAlgorithm): number {
  return { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 }[algorithm];
}

/** What a multipart upload computes when its creator named no type: CRC64NVME exists only for whole objects. */
export function defaultChecksumType(algorithm: ChecksumAlgorithm): ChecksumType {
  return algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
}

/** Hashes cannot be put together from those of the parts, and CRC64NVME has no composite form. */
export function isChecksumTypeSupported(algorithm: ChecksumAlgorithm, type: ChecksumType): boolean {
  if (type === "FULL_OBJECT") return algorithm !== "SHA1" && algorithm !== "SHA256";
  return algorithm !== "CRC64NVME";
}

/** The checksum of an object from those of its parts, in order; the parts' bytes are not read again. */
export function joinChecksums(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly { checksum: string; size: number }[],
): string {
  if (type === "COMPOSITE") {
    const running = startChecksum(algorithm);
    for (const part of parts) running.update(Buffer.from(part.checksum, "base64"));
    return `${running.digest()}-${parts.length}`;
  }
  const combine = createCrcCombiner(polynomialOf(algorithm));
  let crc = 0n;
  for (const part of parts) crc = combine(crc, decodeCrc(part.checksum), part.size);
  return encodeCrc(crc, checksumByteLength(algorithm));
}

function polynomialOf(algorithm: ChecksumAlgorithm) {
  if (algorithm === "CRC32") return CRC32_POLYNOMIAL;
  if (algorithm === "CRC32C") return CRC32C_POLYNOMIAL;
  if (algorithm === "CRC64NVME") return CRC64NVME_POLYNOMIAL;
  throw new RangeError(`${algorithm} has no full-object form across parts`);
}

function encodeCrc(value: bigint, bytes: number): string {
  return Buffer.from(value.toString(16).padStart(bytes * 2, "0"), "hex").toString("base64");
}

function decodeCrc(base64: string): bigint {
  return BigInt(`0x${Buffer.from(base64, "base64").toString("hex") || "0"}`);
}
