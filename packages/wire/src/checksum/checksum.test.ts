import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, joinChecksums, startChecksum } from "./checksum.ts";

function checksumOf(algorithm: ChecksumAlgorithm, ...chunks: Uint8Array[]): string {
  const running = startChecksum(algorithm);
  for (const chunk of chunks) running.update(chunk);
  return running.digest();
}

describe("checksums", () => {
  it("agree with the catalogued check values of 123456789", () => {
    const check = Buffer.from("123456789");
    const hex = (algorithm: ChecksumAlgorithm) => Buffer.from(checksumOf(algorithm, check), "base64").toString("hex");
    expect(hex("CRC32")).toBe("cbf43926");
    expect(hex("CRC32C")).toBe("e3069283");
    expect(hex("CRC64NVME")).toBe("ae8b14860a799888");
    expect(hex("SHA1")).toBe("f7c3bc1d808e04732adf679965ccc34ca7ae3441");
    expect(hex("SHA256")).toBe("15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
  });

  it("do not depend on how the bytes are cut into chunks", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
        for (const algorithm of CHECKSUM_ALGORITHMS) {
          expect(checksumOf(algorithm, bytes.subarray(0, cut), bytes.subarray(cut))).toBe(checksumOf(algorithm, bytes));
        }
      }),
    );
  });

  it("of a whole object come out of those of its parts", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 90 }), { minLength: 1, maxLength: 5 }), (parts) => {
        for (const algorithm of ["CRC32", "CRC32C", "CRC64NVME"] as const) {
          const joined = joinChecksums(
            algorithm,
            "FULL_OBJECT",
            parts.map((part) => ({ checksum: checksumOf(algorithm, part), size: part.length })),
          );
          expect(joined).toBe(checksumOf(algorithm, Buffer.concat(parts)));
        }
      }),
    );
  });

  it("of a composite object are the checksum of the parts' checksums and their number", () => {
    const [a, b] = [Buffer.from("first"), Buffer.from("second")];
    const raw = Buffer.alloc(8);
    raw.writeUInt32BE(crc32(a), 0);
    raw.writeUInt32BE(crc32(b), 4);
    const whole = Buffer.alloc(4);
    whole.writeUInt32BE(crc32(raw));
    expect(
      joinChecksums("CRC32", "COMPOSITE", [
        { checksum: checksumOf("CRC32", a), size: 5 },
        { checksum: checksumOf("CRC32", b), size: 6 },
      ]),
    ).toBe(`${whole.toString("base64")}-2`);
  });
});
