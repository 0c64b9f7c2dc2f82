import { createHash, type KeyObject, timingSafeEqual } from "node:crypto";
import type { ParsedAuthorization } from "./authorization.ts";
import { credentialScope, EMPTY_SHA256, sha256Hex } from "./canonical-request.ts";
import { hmacSignature, signingKey } from "./signing-key.ts";

/** The chain of signatures over a chunked body: each covers its chunk and the signature before it, the request's own first. */
export class ChunkSigner {
  readonly #key: KeyObject;
  readonly #context: string;
  #previous: string;
  #hash = createHash("sha256");

  constructor(
    seed: Pick<ParsedAuthorization, "date" | "region" | "service" | "amzDate" | "signature">,
    secretAccessKey: string,
  ) {
    this.#key = signingKey(secretAccessKey, seed.date, seed.region, seed.service);
    this.#context = `${seed.amzDate}\n${credentialScope(seed.date, seed.region, seed.service)}`;
    this.#previous = seed.signature;
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  /** The signature of what was given to `update` since the last chunk; the next one builds on it. */
  endChunk(): string {
    const digest = this.#hash.digest("hex");
    this.#hash = createHash("sha256");
    const text = `AWS4-HMAC-SHA256-PAYLOAD\n${this.#context}\n${this.#previous}\n${EMPTY_SHA256}\n${digest}`;
    return this.#advance(text);
  }

  /** `trailers` as sent: `name:value` and a line feed each. */
  endTrailers(trailers: string): string {
    return this.#advance(`AWS4-HMAC-SHA256-TRAILER\n${this.#context}\n${this.#previous}\n${sha256Hex(trailers)}`);
  }

  #advance(text: string): string {
    this.#previous = hmacSignature(this.#key, text).toString("hex");
    return this.#previous;
  }
}

export function isSameSignature(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}
