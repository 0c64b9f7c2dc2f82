/**
 * Version ids as S3 has them: opaque text that is never used twice. At the end of each stands its version's place among its key's, so
 * that a listing may go on behind a version that was deleted meanwhile.
 */
import { randomBytes } from "node:crypto";
import { invalidVersionId } from "./bucket-fault.ts";

/** The version of what was written while the bucket had no versioning, or a suspended one. A key has at most one. */
export const NULL_VERSION = "null";

const RANDOM_BYTES = 18;
const SEQUENCE_BYTES = 6;
/** 24 bytes in base64. No hyphen: a program that is given an id as an argument would take it for an option. */
const VERSION_ID = /^[\w.]{32}$/;

export function newVersionId(sequence: number): string {
  const bytes = Buffer.concat([randomBytes(RANDOM_BYTES), Buffer.alloc(SEQUENCE_BYTES)]);
  bytes.writeUIntBE(sequence, RANDOM_BYTES, SEQUENCE_BYTES);
  return bytes.toString("base64url").replaceAll("-", ".");
}

/** Throws InvalidArgument for what no version can be called. */
export function sequenceOf(versionId: string): number {
  if (!VERSION_ID.test(versionId)) throw invalidVersionId(versionId);
  return Buffer.from(versionId.replaceAll(".", "-"), "base64url").readUIntBE(RANDOM_BYTES, SEQUENCE_BYTES);
}
