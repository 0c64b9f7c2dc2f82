import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { BucketFault } from "@sluice/bucket/store/bucket-fault.ts";
import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { FUNCTION_CODE_BUCKET } from "./function-code-bucket.ts";

/** Code that was put and is not removed while it is held, so that the version which names it can be written. */
export interface HeldCode {
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** The version is written, or is not going to be. Idempotent. */
  release(): void;
}

/** Functions' zips, by their digests. */
export interface CodeStore {
  /** On the disk when it returns. The same bytes are stored once. */
  put(zip: Uint8Array): Promise<HeldCode>;
  /** Rejects when there is none, with the cure. */
  read(sha256: string): Promise<NodeJS.ReadableStream>;
  /** Removes what neither these digests nor a caller of `put` names. `readNamed` is asked after it was looked at what there is. */
  keepOnly(readNamed: () => Promise<ReadonlySet<string>>): Promise<void>;
}

type Bucket = Pick<BucketStore, "createBucket" | "delete" | "head" | "list" | "open" | "put">;

const PAGE_ITEMS = 1_000;
const ATTRIBUTES = { headers: { "content-type": "application/zip" }, metadata: {} };

export function codeStore(bucket: Bucket): CodeStore {
  const holders = new Map<string, number>();
  const hold = (sha256: string, bytes: number): HeldCode => {
    holders.set(sha256, (holders.get(sha256) ?? 0) + 1);
    let isHeld = true;
    return {
      sha256,
      bytes,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        const left = (holders.get(sha256) ?? 1) - 1;
        if (left > 0) holders.set(sha256, left);
        else holders.delete(sha256);
      },
    };
  };
  return {
    put: async (zip) => {
      const sha256 = createHash("sha256").update(zip).digest("hex");
      const held = hold(sha256, zip.byteLength);
      try {
        makeBucket(bucket);
        if (!has(bucket, sha256)) {
          await bucket.put(FUNCTION_CODE_BUCKET, sha256, oneChunk(zip), { attributes: ATTRIBUTES });
        }
        return held;
      } catch (error) {
        held.release();
        throw error;
      }
    },
    read: async (sha256) => {
      const opened = openCode(bucket, sha256);
      const stream = Readable.from(opened.read());
      stream.once("close", () => opened.close());
      return stream;
    },
    keepOnly: async (readNamed) => {
      const there = listAll(bucket).filter((sha256) => !holders.has(sha256));
      if (there.length === 0) return;
      const named = await readNamed();
      for (const sha256 of there) {
        if (!named.has(sha256) && !holders.has(sha256)) await bucket.delete(FUNCTION_CODE_BUCKET, sha256);
      }
    },
  };
}

function makeBucket(bucket: Bucket): void {
  try {
    bucket.createBucket(FUNCTION_CODE_BUCKET);
  } catch (error) {
    if (!(error instanceof BucketFault && error.code === "BucketAlreadyOwnedByYou")) throw error;
  }
}

function openCode(bucket: Bucket, sha256: string): ReturnType<Bucket["open"]> {
  try {
    return bucket.open(FUNCTION_CODE_BUCKET, sha256);
  } catch (error) {
    if (!(error instanceof BucketFault)) throw error;
    throw new Error(
      "its code is not in the data directory of this server, which is another one than that of the server that took it: " +
        "upload it here again with aws lambda update-function-code, or copy the folder bucket of that data directory",
      { cause: error },
    );
  }
}

function has(bucket: Bucket, sha256: string): boolean {
  try {
    bucket.head(FUNCTION_CODE_BUCKET, sha256);
    return true;
  } catch (error) {
    if (error instanceof BucketFault) return false;
    throw error;
  }
}

function listAll(bucket: Bucket): string[] {
  const keys: string[] = [];
  try {
    for (let after: string | undefined = ""; after !== undefined; ) {
      const page = bucket.list(FUNCTION_CODE_BUCKET, { prefix: "", delimiter: "", after, limit: PAGE_ITEMS });
      keys.push(...page.rows.map(({ key }) => key));
      after = page.next;
    }
    return keys;
  } catch (error) {
    // No function was ever created.
    if (error instanceof BucketFault && error.code === "NoSuchBucket") return [];
    throw error;
  }
}

async function* oneChunk(zip: Uint8Array): AsyncGenerator<Uint8Array> {
  yield zip;
}
