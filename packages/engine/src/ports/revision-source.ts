import type { RevisionLocation } from "@sluice/model/revision-location.ts";

export interface LocateOptions {
  /** Life of the URL: 1 to 604,800. */
  readonly expiresSeconds: number;
  /** `http(s)://HOST[:PORT]` by which the asking host reaches this server; hosts may use different addresses. */
  readonly publicEndpoint: string;
}

/** `url`: a GET of it, without further credentials, yields the bundle. `host`: the host fetches the revision by itself. */
export type LocatedRevision =
  | { readonly by: "url"; readonly url: string; readonly eTag: string | undefined }
  | { readonly by: "host" };

/** The port to where revisions lie. */
export interface RevisionSource {
  /** The kinds of revision that it serves; `locate` refuses all others. */
  readonly revisionTypes: readonly RevisionLocation["revisionType"][];
  /** How a host gets at the revision. Changes nothing, and may be called again at any time. Throws {@link RevisionSourceFault}. */
  locate(revision: RevisionLocation, options: LocateOptions, signal: AbortSignal): Promise<LocatedRevision>;
}

/** The revision cannot be located by this source, and trying again will not help. */
export class RevisionSourceFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RevisionSourceFault";
  }
}

export function unsupportedRevision(driver: string, revision: RevisionLocation): RevisionSourceFault {
  return new RevisionSourceFault(
    `the revision source "${driver}" serves no ${revision.revisionType} revisions; bind another driver to it in sluice.yml`,
  );
}
