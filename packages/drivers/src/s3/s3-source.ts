import { type RevisionSource, unsupportedRevision } from "@sluice/engine/ports/revision-source.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { digestPresigned, headPresigned, readPresigned } from "@sluice/wire/client/presigned-object.ts";
import * as v from "valibot";
import type { Driver } from "../driver.ts";
import { flag, secretText, settings, text } from "../settings-schema.ts";
import { endpointProblem, presignObjectUrl } from "./s3-url.ts";

const S3_SETTINGS = settings({
  endpoint: text("the address of the S3 service, such as https://s3.eu-central-1.amazonaws.com", endpointProblem),
  region: text("the region that requests are signed for"),
  accessKeyId: text("the id of a key that may read the bundles"),
  secretAccessKey: secretText("the key's secret"),
  sessionToken: v.optional(secretText("the token of temporary credentials")),
  /** True when absent, which every S3 server but AWS's dotted names understands. */
  pathStyle: v.optional(flag("whether the bucket is part of the path")),
});

export type S3SourceSettings = v.InferOutput<typeof S3_SETTINGS>;

export interface ClockDependency {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Life of a URL that a host is given. Whoever has it reads the object, so it is no longer than the agent's tries: the last one begins
 * within five minutes, and a download that was broken off over a slow link may begin again.
 */
const BUNDLE_URL_EXPIRES_SECONDS = 600;
/** Life of a URL that this server uses itself, at once. */
const OWN_URL_EXPIRES_SECONDS = 60;

/** Asks for the checksum that the store may have; part of what is signed. */
const CHECKSUM_HEADERS = { "x-amz-checksum-mode": "ENABLED" } as const;
/** A bundle that is larger is not read for its SHA-256. */
const MAX_DIGEST_READ_BYTES = 1024 * 1024 * 1024;
/** Digests that are kept, so that a revision is read once and not for every deployment. */
const MAX_DIGESTS = 1000;

/** Buckets of AWS or of any server that speaks S3. Presigning needs no connection, so nothing is asked of the endpoint here. */
export const s3Source: Driver<"revision-source", S3SourceSettings, ClockDependency, RevisionSource> = {
  port: "revision-source",
  name: "s3",
  configSchema: S3_SETTINGS,
  create: (settings, { now }) => {
    const { endpoint, region, accessKeyId, secretAccessKey, sessionToken, pathStyle = true } = settings;
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    const digests = new Map<string, string>();
    const urlOf = (
      revision: RevisionLocation,
      method: "GET" | "HEAD",
      expiresSeconds: number,
      headers: Readonly<Record<string, string>> = {},
    ) => {
      if (revision.revisionType !== "S3") throw unsupportedRevision("s3", revision);
      const presigning = { credentials, now: new Date(now()), expiresSeconds };
      return presignObjectUrl(revision.s3Location, { url: endpoint, region, pathStyle }, presigning, method, headers);
    };
    return {
      revisionTypes: ["S3"],
      locate: async (revision, _options, signal) => {
        signal.throwIfAborted();
        const url = urlOf(revision, "GET", BUNDLE_URL_EXPIRES_SECONDS);
        return { by: "url", url, eTag: revision.revisionType === "S3" ? revision.s3Location.eTag : undefined };
      },
      inspect: async (revision, signal) => {
        signal.throwIfAborted();
        const url = urlOf(revision, "HEAD", OWN_URL_EXPIRES_SECONDS);
        try {
          const head = await headPresigned(url, { signal });
          switch (head.status) {
            case 200:
              if (head.sizeBytes === undefined)
                return { outcome: "unchecked", reason: `${endpoint} does not say how large it is` };
              return { outcome: "found", sizeBytes: head.sizeBytes, eTag: head.eTag };
            case 404:
              return { outcome: "missing", reason: `${endpoint} has no such object` };
            default:
              // Also what S3 says of a missing object to a key that may not list the bucket.
              return { outcome: "unchecked", reason: `${endpoint} answered HTTP ${head.status}` };
          }
        } catch (error) {
          return { outcome: "unchecked", reason: reasonOf(error) };
        }
      },
      digest: async (revision, signal) => {
        const url = urlOf(revision, "HEAD", OWN_URL_EXPIRES_SECONDS, CHECKSUM_HEADERS);
        try {
          const head = await headPresigned(url, { signal, headers: CHECKSUM_HEADERS });
          if (head.status === 200 && head.sha256 !== undefined) {
            return { sha256: Buffer.from(head.sha256, "base64").toString("hex") };
          }
          const name = (eTag: string | undefined) => JSON.stringify([revisionKey(revision), eTag]);
          const known = head.eTag === undefined ? undefined : digests.get(name(head.eTag));
          if (known !== undefined) return { sha256: known };
          const read = await digestPresigned(urlOf(revision, "GET", OWN_URL_EXPIRES_SECONDS), {
            maxBytes: MAX_DIGEST_READ_BYTES,
            signal,
          });
          if (digests.size >= MAX_DIGESTS) digests.clear();
          if (read.eTag !== undefined) digests.set(name(read.eTag), read.sha256);
          return { sha256: read.sha256 };
        } catch (error) {
          return { unknown: signal.aborted ? `${endpoint} was too slow` : reasonOf(error) };
        }
      },
      read: async (revision, maxBytes, signal) => {
        signal.throwIfAborted();
        return readPresigned(urlOf(revision, "GET", OWN_URL_EXPIRES_SECONDS), { maxBytes, signal });
      },
    };
  },
};
