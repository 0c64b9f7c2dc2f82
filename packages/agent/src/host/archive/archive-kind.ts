import { closeSync, openSync, readSync } from "node:fs";
import { EventFailure } from "../event-failure.ts";
import type { BundleType } from "../revision.ts";

/** What a file is by its first bytes, in words for a message. */
export type ArchiveKind = "tar" | "gzip" | "zip" | "other";

const SAMPLE_BYTES = 512;
const TAR_MAGIC_OFFSET = 257;
const TAR_CHECKSUM = { offset: 148, length: 8 };

interface Looks {
  readonly kind: ArchiveKind;
  readonly words: string;
}

/**
 * Checks that a bundle is of the declared type, before anything is unpacked. As with the reference agent (GNU tar), a
 * bundle declared `tar` may be gzipped: GitHub's tarballs are.
 * @throws EventFailure naming the declared type, what the file looks like, and the cure
 */
export function checkArchiveKind(bundleFile: string, declared: BundleType): "tar" | "gzip" | "zip" {
  const { kind, words } = looksOf(readSample(bundleFile));
  if (declared === "zip" && kind === "zip") return kind;
  if (declared === "tgz" && kind === "gzip") return kind;
  if (declared === "tar" && (kind === "tar" || kind === "gzip")) return kind;
  throw notOfType(declared, words, cureFor(declared, kind));
}

export function notOfType(declared: BundleType, words: string, cure: string): EventFailure {
  return new EventFailure(`The bundle was declared as ${declared}, but the downloaded file ${words}. ${cure}`);
}

function cureFor(declared: BundleType, kind: ArchiveKind): string {
  const right: Partial<Record<ArchiveKind, BundleType>> = { tar: "tar", gzip: "tgz", zip: "zip" };
  const type = right[kind];
  return type === undefined
    ? `Pack the revision as ${declared} and check that the deployment names the right object.`
    : `Deploy it with bundleType=${type}, or pack it as ${declared}.`;
}

function readSample(path: string): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const sample = Buffer.alloc(SAMPLE_BYTES);
    return sample.subarray(0, readSync(descriptor, sample, 0, SAMPLE_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

export function looksOf(sample: Buffer): Looks {
  if (sample.length === 0) return { kind: "other", words: "is empty" };
  for (const { magic, kind, words } of MAGIC) {
    if (sample.subarray(0, magic.length).equals(magic)) return { kind, words };
  }
  if (sample.every((byte) => byte === 0))
    return { kind: "other", words: "contains only zero bytes, like a tar without entries" };
  if (isTarHeader(sample)) return { kind: "tar", words: "is an uncompressed tar" };
  const text = sample.toString("utf8").trimStart();
  if (/^<(!doctype html|html)/i.test(text)) return { kind: "other", words: "is an HTML page" };
  if (/^<\?xml|^<Error>/.test(text)) return { kind: "other", words: "is an XML document" };
  if (/^[{[]/.test(text)) return { kind: "other", words: "looks like JSON" };
  const start = sample.subarray(0, 4).toString("hex");
  return { kind: "other", words: `is not an archive (its first bytes are ${start})` };
}

const MAGIC: readonly { readonly magic: Buffer; readonly kind: ArchiveKind; readonly words: string }[] = [
  { magic: Buffer.from([0x1f, 0x8b]), kind: "gzip", words: "is gzip-compressed" },
  { magic: Buffer.from("PK\x03\x04", "latin1"), kind: "zip", words: "is a zip" },
  { magic: Buffer.from("PK\x05\x06", "latin1"), kind: "zip", words: "is an empty zip" },
  { magic: Buffer.from("BZh", "latin1"), kind: "other", words: "is bzip2-compressed, which is not supported" },
  {
    magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]),
    kind: "other",
    words: "is xz-compressed, which is not supported",
  },
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), kind: "other", words: "is zstd-compressed, which is not supported" },
  { magic: Buffer.from("7z\xbc\xaf", "latin1"), kind: "other", words: "is a 7-Zip archive, which is not supported" },
  { magic: Buffer.from("Rar!", "latin1"), kind: "other", words: "is a RAR archive, which is not supported" },
  { magic: Buffer.from("#!", "latin1"), kind: "other", words: "is a script" },
];

/** Old tars have no magic, so the header's checksum decides. */
function isTarHeader(sample: Buffer): boolean {
  if (sample.length < SAMPLE_BYTES) return false;
  if (sample.subarray(TAR_MAGIC_OFFSET, TAR_MAGIC_OFFSET + 5).toString("latin1") === "ustar") return true;
  const { offset, length } = TAR_CHECKSUM;
  const stored = Number.parseInt(
    sample
      .subarray(offset, offset + length)
      .toString("latin1")
      .replaceAll("\0", " ")
      .trim(),
    8,
  );
  let sum = 0;
  for (let index = 0; index < SAMPLE_BYTES; index += 1) {
    const isChecksum = index >= offset && index < offset + length;
    sum += isChecksum ? 0x20 : sample[index]!;
  }
  return stored === sum;
}
