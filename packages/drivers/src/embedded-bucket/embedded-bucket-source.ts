import { BucketFault } from "@sluice/bucket/store/bucket-fault.ts";
import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import {
  type RevisionFacts,
  type RevisionSource,
  RevisionSourceFault,
  unsupportedRevision,
} from "@sluice/engine/ports/revision-source.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { Driver, NoSettings } from "../driver.ts";
import { presignObjectUrl } from "../s3/s3-url.ts";

export interface EmbeddedBucketDependencies {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly region: string;
  /** The buckets themselves, so that looking for a bundle needs no request. */
  readonly buckets: Pick<BucketStore, "head" | "open" | "sha256">;
}

/**
 * Life of a URL. It may be long, so that a download over a slow link can be tried again: it opens no more than the host's own key, which
 * reads that object for as long as the host has a command of the deployment, and nothing from the moment at which the host is removed.
 */
const HOST_URL_EXPIRES_SECONDS = 900;

/** The buckets in this server's own data directory, at the address by which the asking host reaches the server. */
export const embeddedBucketSource: Driver<"revision-source", NoSettings, EmbeddedBucketDependencies, RevisionSource> = {
  port: "revision-source",
  name: "embedded-bucket",
  create: (_settings, { now, region, buckets }) => ({
    revisionTypes: ["S3"],
    locate: async (revision, { publicEndpoint, hostKey }, signal) => {
      signal.throwIfAborted();
      if (revision.revisionType !== "S3") throw unsupportedRevision("embedded-bucket", revision);
      if (hostKey === undefined) return { by: "host" };
      const url = presignObjectUrl(
        revision.s3Location,
        { url: publicEndpoint, region, pathStyle: true },
        { credentials: hostKey, now: new Date(now()), expiresSeconds: HOST_URL_EXPIRES_SECONDS },
      );
      return { by: "url", url, eTag: revision.s3Location.eTag };
    },
    inspect: async (revision, signal) => {
      signal.throwIfAborted();
      return inspectObject(buckets, objectOf(revision));
    },
    digest: async (revision, signal) => {
      const { bucket, key, version } = objectOf(revision);
      const facts = inspectObject(buckets, objectOf(revision));
      if (facts.outcome !== "found") return { unknown: facts.reason };
      try {
        return { sha256: await buckets.sha256(bucket, key, signal, version) };
      } catch (error) {
        if (signal.aborted) return { pending: true };
        throw error;
      }
    },
    read: async (revision, maxBytes, signal) => {
      signal.throwIfAborted();
      const { bucket, key, version } = objectOf(revision);
      const opened = buckets.open(bucket, key, version);
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

function objectOf(revision: RevisionLocation) {
  if (revision.revisionType !== "S3") throw unsupportedRevision("embedded-bucket", revision);
  return revision.s3Location;
}

function inspectObject(
  buckets: Pick<BucketStore, "head">,
  { bucket, key, version }: ReturnType<typeof objectOf>,
): RevisionFacts {
  try {
    const { sizeBytes, etag } = buckets.head(bucket, key, version);
    return { outcome: "found", sizeBytes, eTag: etag };
  } catch (error) {
    if (!(error instanceof BucketFault)) throw error;
    return { outcome: "missing", reason: whyMissing(error, { bucket, key, version }) };
  }
}

function whyMissing(
  fault: BucketFault,
  { bucket, key, version }: { bucket: string; key: string; version: string | undefined },
): string {
  switch (fault.code) {
    case "NoSuchBucket":
      return `this server has no bucket ${bucket}`;
    case "NoSuchVersion":
    case "InvalidArgument":
      return `the bucket ${bucket} of this server has no version ${version} of the object ${key}`;
    case "MethodNotAllowed":
      return `the version ${version} of the object ${key} in the bucket ${bucket} of this server is a delete marker`;
    default:
      return fault.marker
        ? `the object ${key} in the bucket ${bucket} of this server was deleted; its older versions are there, by version=`
        : `the bucket ${bucket} of this server has no object ${key}`;
  }
}
