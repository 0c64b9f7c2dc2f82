import {
  type RevisionFacts,
  type RevisionSource,
  RevisionSourceFault,
  unsupportedRevision,
} from "@sluice/engine/ports/revision-source.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { Credentials } from "@sluice/wire/sigv4/http-request.ts";
import { BucketFault } from "../bucket/bucket-fault.ts";
import type { BucketStore } from "../bucket/bucket-store.ts";
import type { Driver, NoSettings } from "../driver.ts";
import { presignObjectUrl } from "../s3/s3-url.ts";

export interface EmbeddedBucketDependencies {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly region: string;
  /** A key that this server itself holds and that may read every bucket. */
  readonly serverKey: Credentials;
  /** The buckets themselves, so that looking for a bundle needs no request. */
  readonly buckets: Pick<BucketStore, "head" | "open">;
}

/** The buckets in this server's own data directory, at the address by which the asking host reaches the server. */
export const embeddedBucketSource: Driver<"revision-source", NoSettings, EmbeddedBucketDependencies, RevisionSource> = {
  port: "revision-source",
  name: "embedded-bucket",
  create: (_settings, { now, region, serverKey, buckets }) => ({
    revisionTypes: ["S3"],
    locate: async (revision, { expiresSeconds, publicEndpoint }, signal) => {
      signal.throwIfAborted();
      if (revision.revisionType !== "S3") throw unsupportedRevision("embedded-bucket", revision);
      const url = presignObjectUrl(
        revision.s3Location,
        { url: publicEndpoint, region, pathStyle: true },
        { credentials: serverKey, now: new Date(now()), expiresSeconds },
      );
      return { by: "url", url, eTag: revision.s3Location.eTag };
    },
    inspect: async (revision, signal) => {
      signal.throwIfAborted();
      return inspectObject(buckets, objectOf(revision));
    },
    read: async (revision, maxBytes, signal) => {
      signal.throwIfAborted();
      const { bucket, key } = objectOf(revision);
      const opened = buckets.open(bucket, key);
      try {
        const { sizeBytes } = opened.object;
        if (sizeBytes > maxBytes) throw new RevisionSourceFault(`it has ${sizeBytes} bytes, more than ${maxBytes}`);
        const chunks: Buffer[] = [];
        if (sizeBytes > 0) {
          for await (const chunk of opened.read()) {
            signal.throwIfAborted();
            chunks.push(chunk);
          }
        }
        return Buffer.concat(chunks);
      } finally {
        opened.close();
      }
    },
  }),
};

/** What the buckets say for a version that they never had. */
const ONLY_VERSION = "null";

function objectOf(revision: RevisionLocation) {
  if (revision.revisionType !== "S3") throw unsupportedRevision("embedded-bucket", revision);
  return revision.s3Location;
}

function inspectObject(
  buckets: Pick<BucketStore, "head">,
  { bucket, key, version }: ReturnType<typeof objectOf>,
): RevisionFacts {
  if (version !== undefined && version !== ONLY_VERSION) {
    return {
      outcome: "missing",
      reason: `the server's own buckets keep no versions, and version ${version} was asked for`,
    };
  }
  try {
    const { sizeBytes, etag } = buckets.head(bucket, key);
    return { outcome: "found", sizeBytes, eTag: etag };
  } catch (error) {
    if (!(error instanceof BucketFault)) throw error;
    const reason =
      error.code === "NoSuchBucket"
        ? `this server has no bucket ${bucket}`
        : `the bucket ${bucket} of this server has no object ${key}`;
    return { outcome: "missing", reason };
  }
}
