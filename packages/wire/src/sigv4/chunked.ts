import { PIECES_TOO_SMALL, PieceBudget } from "../body/piece-budget.ts";
import { isChecksumAlgorithm, type RunningChecksum, startChecksum } from "../checksum/checksum.ts";
import type { ParsedAuthorization } from "./authorization.ts";
import { ByteReader } from "./byte-reader.ts";
import { ChunkSigner, isSameSignature } from "./chunk-signer.ts";
import { type HttpHeaders, headerValue } from "./http-request.ts";
import { PayloadFault } from "./payload-fault.ts";
import { SignatureFault } from "./signature-fault.ts";

/** A chunk's head or a trailer. */
export const MAX_CHUNK_LINE_BYTES = 4096;
export const MAX_TRAILERS = 16;

const CHUNK_HEAD = /^([0-9A-Fa-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/;
const TRAILER_SIGNATURE = "x-amz-trailer-signature";

/** How an aws-chunked body is protected, by its x-amz-content-sha256. */
const MODES = {
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": { isSigned: true, hasTrailers: false },
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": { isSigned: true, hasTrailers: true },
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER": { isSigned: false, hasTrailers: true },
} as const;
export type ChunkedMode = keyof typeof MODES;

export function isChunkedMode(payloadHash: string | undefined): payloadHash is ChunkedMode {
  return payloadHash !== undefined && Object.hasOwn(MODES, payloadHash);
}

export interface ChunkedBody {
  readonly mode: ChunkedMode;
  /** The verified signature of the request: the first link of the chain. */
  readonly authorization: ParsedAuthorization;
  readonly secretAccessKey: string;
  readonly headers: HttpHeaders;
  readonly source: AsyncIterable<Uint8Array>;
  /** Called once, after everything was proved and before the generator ends. Names in lower case. */
  readonly onTrailers?: (trailers: ReadonlyMap<string, string>) => void;
}

/**
 * Decodes an aws-chunked body piece by piece. What is yielded is proved only once the generator has ended: a chunk's signature covers
 * the whole chunk, and no chunk is held back for it, so nothing may be made visible before the end. Throws {@link SignatureFault}
 * for a broken signature chain and {@link PayloadFault} for everything else.
 */
export async function* decodeChunked(body: ChunkedBody): AsyncGenerator<Buffer, void, void> {
  const { isSigned, hasTrailers } = MODES[body.mode];
  const expectedBytes = decodedLength(body.headers);
  const announced = announcedTrailers(body.headers);
  const checksums = checksumsOf(announced);
  const signer = isSigned ? new ChunkSigner(body.authorization, body.secretAccessKey) : undefined;
  const reader = new ByteReader(body.source);
  const budget = new PieceBudget();
  let decodedBytes = 0;
  try {
    for (;;) {
      const { size, signature } = parseHead(await reader.line(MAX_CHUNK_LINE_BYTES), isSigned);
      decodedBytes += size;
      if (!budget.take(size)) throw new PayloadFault("malformed", PIECES_TOO_SMALL);
      if (decodedBytes > expectedBytes) throw wrongLength(expectedBytes, `at least ${decodedBytes}`);
      for await (const data of reader.bytes(size)) {
        signer?.update(data);
        for (const [, checksum] of checksums) checksum.update(data);
        yield data;
      }
      if (signer !== undefined && !isSameSignature(signer.endChunk(), signature!)) throw chunkMismatch();
      if (size === 0) break;
      await expectBlank(reader);
    }
    if (decodedBytes !== expectedBytes) throw wrongLength(expectedBytes, String(decodedBytes));
    const trailers = hasTrailers ? await readTrailers(reader, signer) : new Map<string, string>();
    if (!hasTrailers) await expectBlank(reader);
    if (!(await reader.isAtEnd())) throw new PayloadFault("malformed", "Bytes follow the end of the chunked body.");
    checkTrailers(trailers, announced, checksums);
    body.onTrailers?.(trailers);
  } finally {
    await reader.close();
  }
}

function decodedLength(headers: HttpHeaders): number {
  const text = headerValue(headers, "x-amz-decoded-content-length");
  if (text === undefined || !/^\d{1,15}$/.test(text)) {
    throw new PayloadFault(
      "malformed",
      `x-amz-decoded-content-length must be the number of bytes of a chunked body, got '${text ?? ""}'.`,
    );
  }
  return Number(text);
}

function announcedTrailers(headers: HttpHeaders): readonly string[] {
  const names = (headerValue(headers, "x-amz-trailer") ?? "").split(",").map((name) => name.trim().toLowerCase());
  const announced = names.filter((name) => name !== "");
  // Each may be a checksum of the whole body, and the same one again costs as much.
  if (announced.length > MAX_TRAILERS)
    throw new PayloadFault("malformed", `x-amz-trailer announces more than ${MAX_TRAILERS} trailers.`);
  return [...new Set(announced)];
}

const CHECKSUM_PREFIX = "x-amz-checksum-";

function checksumsOf(trailers: readonly string[]): readonly (readonly [string, RunningChecksum])[] {
  return trailers.flatMap((name) => {
    const algorithm = name.startsWith(CHECKSUM_PREFIX) ? name.slice(CHECKSUM_PREFIX.length).toUpperCase() : "";
    return isChecksumAlgorithm(algorithm) ? [[name, startChecksum(algorithm)] as const] : [];
  });
}

function parseHead(line: string, isSigned: boolean): { size: number; signature: string | undefined } {
  const match = CHUNK_HEAD.exec(line);
  if (match === null || (match[2] !== undefined) !== isSigned) {
    const wanted = isSigned ? "<hex size>;chunk-signature=<64 hex digits>" : "<hex size>";
    throw new PayloadFault("malformed", `A chunk must begin with '${wanted}', got '${line.slice(0, 120)}'.`);
  }
  return { size: Number.parseInt(match[1]!, 16), signature: match[2] };
}

async function expectBlank(reader: ByteReader): Promise<void> {
  const line = await reader.line(MAX_CHUNK_LINE_BYTES);
  if (line !== "")
    throw new PayloadFault("malformed", "A chunk is longer than its head says: no line end follows its data.");
}

async function readTrailers(reader: ByteReader, signer: ChunkSigner | undefined): Promise<Map<string, string>> {
  const trailers = new Map<string, string>();
  let text = "";
  let signature: string | undefined;
  // The blank line at the end may be missing: some senders stop after the last trailer.
  while (!(await reader.isAtEnd())) {
    const line = await reader.line(MAX_CHUNK_LINE_BYTES);
    if (line === "") break;
    const colon = line.indexOf(":");
    if (colon < 1) throw new PayloadFault("malformed", `A trailer must be 'name:value', got '${line.slice(0, 120)}'.`);
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (signer !== undefined && name === TRAILER_SIGNATURE) {
      // Without end, they would be read without end.
      if (signature !== undefined) throw new PayloadFault("malformed", `More than one ${TRAILER_SIGNATURE}.`);
      signature = value;
      continue;
    }
    if (trailers.size >= MAX_TRAILERS) throw new PayloadFault("malformed", `More than ${MAX_TRAILERS} trailers.`);
    trailers.set(name, value);
    text += `${name}:${value}\n`;
  }
  if (signer !== undefined && !isSameSignature(signer.endTrailers(text), signature ?? "")) {
    throw new SignatureFault(
      "mismatch",
      signature === undefined
        ? `The trailers lack their ${TRAILER_SIGNATURE}.`
        : "The trailers' signature we calculated does not match the one provided.",
    );
  }
  return trailers;
}

function checkTrailers(
  trailers: ReadonlyMap<string, string>,
  announced: readonly string[],
  checksums: readonly (readonly [string, RunningChecksum])[],
): void {
  for (const name of announced) {
    if (!trailers.has(name))
      throw new PayloadFault("malformed", `x-amz-trailer announces ${name}, which does not follow.`);
  }
  for (const name of trailers.keys()) {
    if (!announced.includes(name))
      throw new PayloadFault("malformed", `The trailer ${name} is not announced in x-amz-trailer.`);
  }
  for (const [name, checksum] of checksums) {
    const computed = checksum.digest();
    if (trailers.get(name) !== computed) {
      throw new PayloadFault(
        "checksum",
        `${name} is '${trailers.get(name)}', and the body that arrived has '${computed}'.`,
      );
    }
  }
}

function wrongLength(expected: number, got: string): PayloadFault {
  return new PayloadFault("length", `x-amz-decoded-content-length says ${expected} bytes, and the chunks hold ${got}.`);
}

function chunkMismatch(): SignatureFault {
  return new SignatureFault("mismatch", "The chunk signature we calculated does not match the signature you provided.");
}
