import { type RevisionSource, unsupportedRevision } from "@sluice/engine/ports/revision-source.ts";
import type { Credentials } from "@sluice/wire/sigv4/http-request.ts";
import type { Driver, NoSettings } from "../driver.ts";
import { presignObjectUrl } from "../s3/s3-url.ts";

export interface EmbeddedBucketDependencies {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly region: string;
  /** A key that this server itself holds and that may read every bucket. */
  readonly serverKey: Credentials;
}

/** The buckets in this server's own data directory, at the address by which the asking host reaches the server. */
export const embeddedBucketSource: Driver<"revision-source", NoSettings, EmbeddedBucketDependencies, RevisionSource> = {
  port: "revision-source",
  name: "embedded-bucket",
  create: (_settings, { now, region, serverKey }) => ({
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
  }),
};
