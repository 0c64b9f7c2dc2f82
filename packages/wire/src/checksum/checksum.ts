import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { crc32c } from "./crc32c.ts";
import { CRC64_START, crc64nvme } from "./crc64nvme.ts";

/** S3's checksum algorithms, as in the header names `x-amz-checksum-<algorithm>`. */
export const CHECKSUM_ALGORITHMS = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

export const CHECKSUM_HEADER_PREFIX = "x-amz-checksum-";

export interface Checksum {
  update(data: Uint8Array): void;
  /** As S3 writes it: base64 of the bytes, the highest first. */
  base64(): string;
}

/** The algorithm that a header or trailer such as `x-amz-checksum-crc32` names, or undefined when it names none that we know. */
export function checksumAlgorithm(headerName: string): ChecksumAlgorithm | undefined {
  if (!headerName.startsWith(CHECKSUM_HEADER_PREFIX)) return undefined;
  const name = headerName.slice(CHECKSUM_HEADER_PREFIX.length);
  return CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name);
}

export function createChecksum(algorithm: ChecksumAlgorithm): Checksum {
  switch (algorithm) {
    case "crc32":
      return crcOf32Bits(crc32);
    case "crc32c":
      return crcOf32Bits(crc32c);
    case "crc64nvme": {
      let crc = CRC64_START;
      return {
        update: (data) => {
          crc = crc64nvme(data, crc);
        },
        base64: () => {
          const bytes = Buffer.alloc(8);
          bytes.writeUInt32BE(crc.high, 0);
          bytes.writeUInt32BE(crc.low, 4);
          return bytes.toString("base64");
        },
      };
    }
    case "sha1":
    case "sha256": {
      const hash = createHash(algorithm);
      return { update: (data) => void hash.update(data), base64: () => hash.copy().digest("base64") };
    }
    default: {
      const never: never = algorithm;
      return never;
    }
  }
}

function crcOf32Bits(next: (data: Uint8Array, previous: number) => number): Checksum {
  let crc = 0;
  return {
    update: (data) => {
      crc = next(data, crc);
    },
    base64: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc, 0);
      return bytes.toString("base64");
    },
  };
}
