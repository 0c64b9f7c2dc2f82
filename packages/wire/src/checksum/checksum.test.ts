import { describe, expect, it } from "vitest";
import { CHECKSUM_ALGORITHMS, checksumAlgorithm, createChecksum } from "./checksum.ts";

// The catalogue's check values: each algorithm over the ASCII text 123456789.
const CHECKS = {
  crc32: "cbf43926",
  crc32c: "e3069283",
  crc64nvme: "ae8b14860a799888",
  sha1: "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
  sha256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
};

describe.each(CHECKSUM_ALGORITHMS)("%s", (algorithm) => {
  it("gives its check value, in one piece and byte by byte", () => {
    const whole = createChecksum(algorithm);
    whole.update(Buffer.from("123456789"));
    const pieces = createChecksum(algorithm);
    for (const byte of Buffer.from("123456789")) pieces.update(Uint8Array.of(byte));
    const expected = Buffer.from(CHECKS[algorithm], "hex").toString("base64");
    expect(whole.base64()).toBe(expected);
    expect(pieces.base64()).toBe(expected);
  });
});

it("knows its headers", () => {
  expect(checksumAlgorithm("x-amz-checksum-crc64nvme")).toBe("crc64nvme");
  expect(checksumAlgorithm("x-amz-checksum-type")).toBeUndefined();
  expect(checksumAlgorithm("content-md5")).toBeUndefined();
});
