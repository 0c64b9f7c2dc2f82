/** A request's body as its signature and headers promise it: unwrapped, and broken off with an error where it is not as promised. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { BodyExpectation } from "@sluice/drivers/bucket/stored-object.ts";
import { startChecksum } from "@sluice/wire/s3/checksum.ts";
import {
  checksumHeader,
  type RequestHeaders,
  readAnnouncedChecksum,
  readContentMd5,
} from "@sluice/wire/s3/object-headers.ts";
import { MAX_XML_BODY_BYTES } from "@sluice/wire/s3/request-bodies.ts";
import { S3Error } from "@sluice/wire/s3/s3-error.ts";

/** A body without its aws-chunked framing. */
export interface ChunkedBody {
  /** Throws where a chunk is malformed, or its signature wrong. */
  chunks: AsyncIterable<Uint8Array>;
  /** By lower-case name; complete once `chunks` has ended. */
  trailers(): Readonly<Record<string, string | undefined>>;
}

export interface Authenticated<Principal> {
  principal: Principal;
  /** As signed: 64 hex digits, `UNSIGNED-PAYLOAD` or one of the `STREAMING-` markers. */
  payloadHash: string | undefined;
  /** Takes the framing off; must be there where `payloadHash` is a `STREAMING-` marker. */
  openChunks?(body: AsyncIterable<Uint8Array>): ChunkedBody;
}

export interface S3Body {
  /** For bytes to be stored. Throws MissingContentLength at once. */
  stream(): AsyncIterable<Uint8Array>;
  /** What `stream` must turn out to be. Throws InvalidDigest, InvalidRequest. */
  expectation(): BodyExpectation;
  /**
   * For documents. Throws MaxMessageLengthExceeded, BadDigest, and whatever is wrong with the signature. `checksummed: false`
   * where the checksum header speaks of something other than the body.
   */
  text(options?: { checksummed: boolean }): Promise<string>;
}

const HEX_SHA256 = /^[0-9a-f]{64}$/;

export function openBody(
  request: IncomingMessage,
  headers: RequestHeaders,
  caller: Omit<Authenticated<unknown>, "principal">,
): S3Body {
  const unframed = (): ChunkedBody => {
    // Ending early must leave the socket usable: the refusal still has to go out on it.
    const raw = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    const { payloadHash } = caller;
    if (payloadHash?.startsWith("STREAMING-")) {
      if (caller.openChunks) return caller.openChunks(raw);
      throw new S3Error("NotImplemented", `The payload form ${payloadHash} is not implemented: use UNSIGNED-PAYLOAD.`);
    }
    const signed = payloadHash !== undefined && HEX_SHA256.test(payloadHash);
    return { chunks: signed ? verifySha256(raw, payloadHash) : raw, trailers: () => ({}) };
  };
  let trailers: ChunkedBody["trailers"] = () => ({});

  function open(): AsyncIterable<Uint8Array> {
    const body = unframed();
    trailers = body.trailers;
    return body.chunks;
  }

  function expectation(): BodyExpectation {
    const announced = readAnnouncedChecksum(headers);
    const md5Hex = readContentMd5(headers);
    return {
      ...(md5Hex !== undefined && { md5Hex }),
      ...(announced && {
        checksum: {
          algorithm: announced.algorithm,
          expected: () => announced.value ?? requireTrailer(trailers(), checksumHeader(announced.algorithm)),
        },
      }),
    };
  }

  return {
    stream() {
      requireLength(headers);
      return open();
    },
    expectation() {
      return { ...expectation(), sizeBytes: requireLength(headers) };
    },
    text: (options) => readDocument(open, options?.checksummed === false ? {} : expectation()),
  };
}

/** The object's length, known before its bytes: S3 takes no upload without. */
function requireLength(headers: RequestHeaders): number {
  const length = headers["x-amz-decoded-content-length"] ?? headers["content-length"];
  if (length !== undefined && /^\d{1,15}$/.test(length)) return Number(length);
  throw new S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.");
}

function requireTrailer(trailers: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = trailers[name];
  if (value !== undefined) return value;
  throw new S3Error("InvalidRequest", `The trailer ${name} was announced in x-amz-trailer and did not come.`);
}

async function* verifySha256(body: AsyncIterable<Uint8Array>, expected: string): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
  const computed = hash.digest("hex");
  if (computed === expected) return;
  throw new S3Error(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: expected, S3ComputedContentSHA256: computed },
  );
}

async function readDocument(open: () => AsyncIterable<Uint8Array>, expectation: BodyExpectation): Promise<string> {
  const { checksum, md5Hex } = expectation;
  const running = checksum && startChecksum(checksum.algorithm);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of open()) {
    bytes += chunk.length;
    if (bytes > MAX_XML_BODY_BYTES) {
      throw new S3Error(
        "MaxMessageLengthExceeded",
        `Your request was too big: send at most ${MAX_XML_BODY_BYTES} bytes.`,
      );
    }
    running?.update(chunk);
    chunks.push(chunk);
  }
  const document = Buffer.concat(chunks);
  if (md5Hex !== undefined && createHash("md5").update(document).digest("hex") !== md5Hex) {
    throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  const expected = checksum?.expected();
  if (checksum && expected !== running!.digest()) {
    throw new S3Error("BadDigest", `The ${checksum.algorithm} you specified did not match the calculated checksum.`);
  }
  return document.toString("utf8");
}
