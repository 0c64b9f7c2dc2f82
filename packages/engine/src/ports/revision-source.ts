import type { RevisionLocation } from "@sluice/model/revision-location.ts";

export interface LocateOptions {
  /** `http(s)://HOST[:PORT]` by which the asking host reaches this server; hosts may use different addresses. */
  readonly publicEndpoint: string;
  /** The asking host's own key to this server, which opens no more than the host may read. Undefined: it has none. */
  readonly hostKey: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** `url`: a GET of it, without further credentials, yields the bundle. `host`: the host fetches the revision by itself. */
export type LocatedRevision =
  | { readonly by: "url"; readonly url: string; readonly eTag: string | undefined }
  | { readonly by: "host" };

/** `missing`: there is certainly no such bundle. `unchecked`: nobody can say, for the reason given, which is a sentence without a full stop. */
export type RevisionFacts =
  | { readonly outcome: "found"; readonly sizeBytes: number; readonly eTag: string | undefined }
  | {
      readonly outcome: "missing";
      readonly reason: string;
      /** The deployment's error code where it is not REVISION_MISSING. */
      readonly code?: "MISSING_GITHUB_TOKEN";
    }
  | { readonly outcome: "unchecked"; readonly reason: string };

/** `unknown`: nobody can say, for the reason given, which is a sentence without a full stop. */
export type RevisionDigest =
  /** SHA-256 of the bundle's bytes, 64 hex digits. */
  { readonly sha256: string } | { readonly unknown: string };

/** The port to where revisions lie. */
export interface RevisionSource {
  /** The kinds of revision that it serves; `locate` refuses all others. */
  readonly revisionTypes: readonly RevisionLocation["revisionType"][];
  /**
   * Sees to it that what `locate` and `standIn` name is there, where this server has to fetch it. Throws {@link RevisionSourceFault},
   * {@link RevisionSourceAway}; when `signal` aborts, it goes on for whoever asks next. Absent: there is nothing to do.
   */
  ensureHeld?(revision: RevisionLocation, signal: AbortSignal): Promise<void>;
  /** How a host gets at the revision. Changes nothing, and may be called again at any time. Throws {@link RevisionSourceFault}. */
  locate(revision: RevisionLocation, options: LocateOptions, signal: AbortSignal): Promise<LocatedRevision>;
  /** Whether the bundle is there, without fetching it. A store that cannot be reached, or says no, is an `unchecked`. */
  inspect(revision: RevisionLocation, signal: AbortSignal): Promise<RevisionFacts>;
  /**
   * What the bundle is, byte for byte; it may read all of it for that, until `signal` aborts. A store that cannot be reached, or is too
   * slow, is an `unknown`. `pending`: it is read on, and will be known; ask again.
   */
  digest(revision: RevisionLocation, signal: AbortSignal): Promise<RevisionDigest | { readonly pending: true }>;
  /** An object of this server's buckets with the same content, for agents that read nothing else; undefined: there is none, and none is needed. */
  standIn?(
    revision: RevisionLocation,
  ): Promise<{ readonly bucket: string; readonly key: string; readonly bundleType: "tgz" } | undefined>;
  /** The whole bundle. Rejects when it is larger than `maxBytes`, or cannot be read. Not for revisions that `inspect` did not find. */
  read(revision: RevisionLocation, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
}

/** The revision cannot be located by this source, and trying again will not help. */
export class RevisionSourceFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RevisionSourceFault";
  }
}

/** Where the revision lies does not answer. Nothing is known to be wrong with the revision, and a later try may succeed. */
export class RevisionSourceAway extends Error {
  override readonly name = "RevisionSourceAway";
}

export function unsupportedRevision(driver: string, revision: RevisionLocation): RevisionSourceFault {
  return new RevisionSourceFault(
    `the revision source "${driver}" serves no ${revision.revisionType} revisions; bind another driver to it in sluice.yml`,
  );
}
