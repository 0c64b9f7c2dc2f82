import { describe, expect, it } from "vitest";
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, startChecksum } from "../checksum/checksum.ts";
import { type ParsedAuthorization, parseAuthorization } from "./authorization.ts";
import { ChunkSigner } from "./chunk-signer.ts";
import { type ChunkedMode, decodeChunked, isChunkedMode } from "./chunked.ts";
import { PayloadFault } from "./payload-fault.ts";
import { signRequest } from "./sign.ts";
import { SignatureFault } from "./signature-fault.ts";

// The example of the S3 API reference: 66,560 letters a in chunks of 64 KiB and 1 KiB.
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const content = Buffer.alloc(66_560, "a");

function authorized(mode: ChunkedMode, extra: Record<string, string>) {
  const headers = signRequest({
    method: "PUT",
    url: "https://s3.amazonaws.com/examplebucket/chunkObject.txt",
    headers: { "content-encoding": "aws-chunked", "x-amz-decoded-content-length": "66560", ...extra },
    payloadHash: mode,
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey },
    region: "us-east-1",
    service: "s3",
    now: new Date("2013-05-24T00:00:00Z"),
  });
  return { headers, authorization: parseAuthorization({ path: "/", headers }) };
}

function checksumOf(algorithm: ChecksumAlgorithm, data: Buffer): string {
  const checksum = startChecksum(algorithm);
  checksum.update(data);
  return checksum.digest();
}

async function decode(
  mode: ChunkedMode,
  request: { headers: Record<string, string>; authorization: ParsedAuthorization },
  wire: Buffer,
  pieceBytes = wire.length,
) {
  async function* source() {
    for (let at = 0; at < wire.length; at += pieceBytes) yield wire.subarray(at, at + pieceBytes);
  }
  let trailers: ReadonlyMap<string, string> = new Map();
  const chunks: Buffer[] = [];
  const body = { mode, ...request, secretAccessKey, source: source() };
  for await (const chunk of decodeChunked({ ...body, onTrailers: (all) => (trailers = all) }))
    chunks.push(Buffer.from(chunk));
  return { content: Buffer.concat(chunks), trailers };
}

function signedWire(authorization: ParsedAuthorization, trailers?: string): { wire: Buffer; signatures: string[] } {
  const signer = new ChunkSigner(authorization, secretAccessKey);
  const signatures: string[] = [];
  const parts: Buffer[] = [];
  for (const chunk of [content.subarray(0, 65_536), content.subarray(65_536), Buffer.alloc(0)]) {
    signer.update(chunk);
    const signature = signer.endChunk();
    signatures.push(signature);
    parts.push(Buffer.from(`${chunk.length.toString(16)};chunk-signature=${signature}\r\n`), chunk);
    if (chunk.length > 0) parts.push(Buffer.from("\r\n"));
  }
  if (trailers !== undefined) {
    const signature = signer.endTrailers(`${trailers}\n`);
    signatures.push(signature);
    parts.push(Buffer.from(`${trailers}\r\nx-amz-trailer-signature:${signature}\r\n`));
  }
  parts.push(Buffer.from("\r\n"));
  return { wire: Buffer.concat(parts), signatures };
}

function unsignedWire(trailers: string, text = "hello, chunks"): Buffer {
  return Buffer.from(
    `5\r\n${text.slice(0, 5)}\r\n${(text.length - 5).toString(16)}\r\n${text.slice(5)}\r\n0\r\n${trailers}\r\n`,
  );
}

const SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

describe("signatures of trailers", () => {
  it("are one: a second is refused when it comes, and what follows is not read", async () => {
    const request = authorized(SIGNED_TRAILER, {});
    const { wire } = signedWire(request.authorization, "x-amz-meta:1");
    const signature = `x-amz-trailer-signature:${"0".repeat(64)}\r\n`;
    const endless = Buffer.concat([wire.subarray(0, -2), Buffer.from(signature.repeat(100))]);
    await expect(decode(SIGNED_TRAILER, request, endless)).rejects.toThrow("More than one x-amz-trailer-signature");
  });
});

describe("chunks of one byte", () => {
  it("are refused past a few, whatever they are proved by", async () => {
    const request = authorized(UNSIGNED_TRAILER, { "x-amz-decoded-content-length": "10000" });
    const wire = Buffer.from(`${"1\r\na\r\n".repeat(10_000)}0\r\n\r\n`);
    await expect(decode(UNSIGNED_TRAILER, request, wire)).rejects.toMatchObject({
      reason: "malformed",
      message: expect.stringContaining("too many pieces"),
    });
  });
});

describe("signed chunks", () => {
  const request = authorized(SIGNED, { "x-amz-storage-class": "REDUCED_REDUNDANCY", "content-length": "66824" });
  const { wire } = signedWire(request.authorization);

  it("have the published signatures", () => {
    // From the published seed, which covers content-length too; ours leaves that unsigned.
    const published = signedWire({
      ...request.authorization,
      signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    });
    expect(published.signatures).toEqual([
      "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
      "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
      "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ]);
  });

  it.each([1_000_000, 65_536, 1000, 7])("decode in pieces of %i bytes", async (pieceBytes) => {
    expect((await decode(SIGNED, request, wire, pieceBytes)).content.equals(content)).toBe(true);
  });

  it.each([
    ["a changed byte", 500],
    ["a changed byte of the last chunk", 66_000],
  ])("are refused with %s", async (_, at) => {
    const changed = Buffer.from(wire);
    changed[at] = 0x62;
    await expect(decode(SIGNED, request, changed)).rejects.toThrow(SignatureFault);
  });

  it("are refused when a chunk is left out", async () => {
    const lastHead = wire.lastIndexOf("0;chunk-signature");
    const shortened = Buffer.concat([wire.subarray(0, wire.indexOf("400;chunk")), wire.subarray(lastHead)]);
    await expect(decode(SIGNED, request, shortened)).rejects.toThrow(SignatureFault);
  });

  it.each([10, 60_000, 65_700])("are refused when cut off after %i bytes", async (at) => {
    await expect(decode(SIGNED, request, wire.subarray(0, at))).rejects.toMatchObject({ reason: "length" });
  });

  it("are refused when unsigned", async () => {
    const bare = Buffer.from(wire.toString("latin1").replaceAll(/;chunk-signature=\w+/g, ""));
    await expect(decode(SIGNED, request, bare)).rejects.toMatchObject({ reason: "malformed" });
  });

  it("are refused when something follows", async () => {
    const longer = Buffer.concat([wire, Buffer.from("x")]);
    await expect(decode(SIGNED, request, longer)).rejects.toMatchObject({ reason: "malformed" });
  });
});

describe("signed chunks with trailers", () => {
  const request = authorized(SIGNED_TRAILER, { "x-amz-trailer": "x-amz-checksum-crc32c" });
  const crc = checksumOf("CRC32C", content);

  it("have the published signatures", () => {
    // The reference's example announces this checksum for its body of 66,560 letters a.
    expect(crc).toBe("sOO8/Q==");
    const published = signedWire(
      {
        ...request.authorization,
        signature: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
      },
      "x-amz-checksum-crc32c:sOO8/Q==",
    );
    expect(published.signatures).toEqual([
      "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
      "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
      "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
      "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
    ]);
  });

  it("decode, with the trailers proved", async () => {
    const { wire } = signedWire(request.authorization, `x-amz-checksum-crc32c:${crc}`);
    const decoded = await decode(SIGNED_TRAILER, request, wire, 1000);
    expect(decoded.content.equals(content)).toBe(true);
    expect([...decoded.trailers]).toEqual([["x-amz-checksum-crc32c", crc]]);
  });

  it("are refused when the trailer was changed", async () => {
    const { wire } = signedWire(request.authorization, `x-amz-checksum-crc32c:${crc}`);
    const changed = Buffer.from(wire.toString("latin1").replace(crc, "AAAAAA=="), "latin1");
    await expect(decode(SIGNED_TRAILER, request, changed)).rejects.toThrow(SignatureFault);
  });

  it("are refused without the trailers' signature", async () => {
    const { wire } = signedWire(request.authorization, `x-amz-checksum-crc32c:${crc}`);
    const changed = Buffer.from(wire.toString("latin1").replace(/x-amz-trailer-signature:\w+\r\n/, ""), "latin1");
    await expect(decode(SIGNED_TRAILER, request, changed)).rejects.toThrow(/x-amz-trailer-signature/);
  });

  it("are refused with a wrong checksum, though well signed", async () => {
    const { wire } = signedWire(request.authorization, "x-amz-checksum-crc32c:AAAAAA==");
    await expect(decode(SIGNED_TRAILER, request, wire)).rejects.toMatchObject({ reason: "checksum" });
  });
});

describe("unsigned chunks with trailers", () => {
  const text = "hello, chunks";
  const request = (name: string, length = text.length) => {
    const { headers, authorization } = authorized(UNSIGNED_TRAILER, { "x-amz-trailer": name });
    return { headers: { ...headers, "x-amz-decoded-content-length": String(length) }, authorization };
  };

  it("are refused before the body when more trailers are announced than there may be, each a checksum of all of it", async () => {
    const name = "x-amz-checksum-crc32";
    const wire = unsignedWire(`${name}:${checksumOf("CRC32", Buffer.from(text))}\r\n`);
    expect((await decode(UNSIGNED_TRAILER, request(Array(16).fill(name).join()), wire)).content.toString()).toBe(text);
    await expect(decode(UNSIGNED_TRAILER, request(Array(17).fill(name).join()), wire)).rejects.toThrow(
      /announces more than 16 trailers/,
    );
  });

  it.each(CHECKSUM_ALGORITHMS)("prove %s", async (algorithm) => {
    const checksum = checksumOf(algorithm, Buffer.from(text));
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
    const good = unsignedWire(`${name}:${checksum}\r\n`);
    for (const pieceBytes of [1, 1000]) {
      expect((await decode(UNSIGNED_TRAILER, request(name), good, pieceBytes)).content.toString()).toBe(text);
    }
    const bad = unsignedWire(`${name}:${checksum}\r\n`, "hello, chunkz");
    await expect(decode(UNSIGNED_TRAILER, request(name), bad)).rejects.toMatchObject({ reason: "checksum" });
  });

  it.each([
    ["too long", text.length - 1],
    ["too short", text.length + 1],
  ])("are refused when %s", async (_, length) => {
    const wire = unsignedWire("x-amz-meta-a:b\r\n");
    await expect(decode(UNSIGNED_TRAILER, request("x-amz-meta-a", length), wire)).rejects.toMatchObject({
      reason: "length",
    });
  });

  it.each([
    ["an announced trailer is missing", "x-amz-checksum-crc32", ""],
    ["a trailer was not announced", "", "x-amz-checksum-crc32:AAAAAA==\r\n"],
    ["a trailer has no value", "a", "a\r\n"],
    ["a trailer never ends", "a", `a:${"b".repeat(10_000)}\r\n`],
    ["there are too many", "a", Array.from({ length: 20 }, (_, index) => `a${index}:b\r\n`).join("")],
  ])("are refused when %s", async (_, announced, trailers) => {
    await expect(decode(UNSIGNED_TRAILER, request(announced), unsignedWire(trailers))).rejects.toMatchObject({
      reason: "malformed",
    });
  });

  it("are refused when the chunk is longer than it says", async () => {
    const wire = Buffer.from("5\r\nhello, chunks\r\n0\r\n\r\n");
    await expect(decode(UNSIGNED_TRAILER, request(""), wire)).rejects.toThrow(PayloadFault);
  });

  it("are refused without a decoded length", async () => {
    const { headers, authorization } = request("");
    const { "x-amz-decoded-content-length": _, ...without } = headers;
    await expect(decode(UNSIGNED_TRAILER, { headers: without, authorization }, unsignedWire(""))).rejects.toThrow(
      /x-amz-decoded-content-length/,
    );
  });
});

it("knows the modes", () => {
  expect([SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER].every(isChunkedMode)).toBe(true);
  expect(isChunkedMode("UNSIGNED-PAYLOAD")).toBe(false);
});
