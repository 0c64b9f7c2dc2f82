/** A request's body as its signature and headers promise it: unwrapped, and broken off with an error where it is not as promised. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { GrowingBuffer } from "@sluice/wire/body/growing-buffer.ts";
import { PIECES_TOO_SMALL } from "@sluice/wire/body/piece-budget.ts";
import { startChecksum } from "@sluice/wire/checksum/checksum.ts";
import type { ParsedAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import { decodeChunked, isChunkedMode } from "@sluice/wire/sigv4/chunked.ts";
import {
  type AnnouncedChecksum,
  checksumHeader,
  type RequestHeaders,
  readAnnouncedChecksum,
  readContentMd5,
} from "../protocol/object-headers.ts";
import { MAX_XML_BODY_BYTES } from "../protocol/request-bodies.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { BodyExpectation } from "../store/stored-object.ts";

/** Who signed a request, and by what; a body in signed chunks goes on from there. */
export interface Authenticated<Principal> {
  readonly principal: Principal;
  readonly authorization: ParsedAuthorization;
  readonly secretAccessKey: string;
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
/** An upload of which nothing arrives for this long has lost its client, who may have gone without a word. */
const MAX_BODY_IDLE_MILLISECONDS = 60_000;

export function openBody(
  request: IncomingMessage,
  headers: RequestHeaders,
  { authorization, secretAccessKey }: Omit<Authenticated<unknown>, "principal">,
  hasTooManyPieces: (request: IncomingMessage) => boolean,
): S3Body {
  const { payloadHash } = authorization;
  let trailers: ReadonlyMap<string, string> = new Map();

  function open(): AsyncIterable<Uint8Array> {
    // Ending early must leave the socket usable: the refusal still has to go out on it.
    const source = unlessIdle(
      request,
      request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>,
      hasTooManyPieces,
    );
    if (isChunkedMode(payloadHash)) {
      return decodeChunked({
        mode: payloadHash,
        authorization,
        secretAccessKey,
        headers: request.headers,
        source,
        onTrailers(received) {
          trailers = received;
        },
      });
    }
    return payloadHash !== undefined && HEX_SHA256.test(payloadHash) ? verifySha256(source, payloadHash) : source;
  }

  function expectation(): BodyExpectation {
    const announced = readAnnouncedChecksum(headers);
    const md5Hex = readContentMd5(headers);
    if (authorization.form === "query" && announced?.value) requireWrittenOnPurpose(announced, headers);
    return {
      ...(md5Hex !== undefined && { md5Hex }),
      ...(announced && {
        checksum: {
          algorithm: announced.algorithm,
          expected: () => announced.value ?? requireTrailer(trailers, checksumHeader(announced.algorithm)),
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
    text: (options) => {
      if (options?.checksummed !== false) return readDocument(open, expectation());
      const md5Hex = readContentMd5(headers);
      return readDocument(open, md5Hex === undefined ? {} : { md5Hex });
    },
  };
}

/** The AWS SDK for JavaScript signs URLs for uploads with the checksum of the nothing that it has at that time. */
function requireWrittenOnPurpose({ algorithm, value }: AnnouncedChecksum, headers: RequestHeaders): void {
  if (value !== startChecksum(algorithm).digest() || headers["content-length"] === "0") return;
  throw new S3Error(
    "BadDigest",
    `The ${algorithm} you specified did not match the calculated checksum: the URL was signed with ${checksumHeader(algorithm)} of an empty body. ` +
      'Sign it by a client with requestChecksumCalculation "WHEN_REQUIRED", or with the checksum of what is to be sent.',
  );
}

/** Breaks the connection off when the next bytes do not come, and throws when they come in too many pieces. What the reader does with those that came takes its own time. */
async function* unlessIdle(
  request: IncomingMessage,
  source: AsyncIterable<Uint8Array>,
  hasTooManyPieces: (request: IncomingMessage) => boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isWaiting = true;
  const timer = setInterval(() => {
    if (isWaiting) request.destroy();
  }, MAX_BODY_IDLE_MILLISECONDS);
  try {
    for await (const chunk of source) {
      isWaiting = false;
      yield chunk;
      isWaiting = true;
      timer.refresh();
    }
    if (hasTooManyPieces(request)) throw new S3Error("InvalidRequest", PIECES_TOO_SMALL);
  } finally {
    clearInterval(timer);
  }
}

/** The object's length, known before its bytes: S3 takes no upload without. */
function requireLength(headers: RequestHeaders): number {
  const length = headers["x-amz-decoded-content-length"] ?? headers["content-length"];
  if (length !== undefined && /^\d{1,15}$/.test(length)) return Number(length);
  throw new S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.");
}

function requireTrailer(trailers: ReadonlyMap<string, string>, name: string): string {
  const value = trailers.get(name);
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
  const pieces = new GrowingBuffer();
  for await (const piece of open()) {
    if (pieces.length + piece.length > MAX_XML_BODY_BYTES) {
      throw new S3Error(
        "MaxMessageLengthExceeded",
        `Your request was too big: send at most ${MAX_XML_BODY_BYTES} bytes.`,
      );
    }
    running?.update(piece);
    pieces.add(piece, MAX_XML_BODY_BYTES);
  }
  const document = pieces.whole();
  if (md5Hex !== undefined && createHash("md5").update(document).digest("hex") !== md5Hex) {
    throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  const expected = checksum?.expected();
  if (checksum && expected !== running!.digest()) {
    throw new S3Error("BadDigest", `The ${checksum.algorithm} you specified did not match the calculated checksum.`);
  }
  return document.toString("utf8");
}
