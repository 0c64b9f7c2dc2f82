/** As much of a hash as tells a group's revisions apart. */
const HASH_CHARACTERS = 12;

/** A revision in the shape of the API, of which a reader knows no more than that. */
interface NamedRevision {
  readonly revisionType?: string | undefined;
  readonly s3Location?:
    | { readonly bucket?: string | undefined; readonly key?: string | undefined; readonly version?: string | undefined }
    | undefined;
  readonly gitHubLocation?:
    | { readonly repository?: string | undefined; readonly commitId?: string | undefined }
    | undefined;
  readonly appSpecContent?: { readonly sha256?: string | undefined } | undefined;
  readonly string?: { readonly sha256?: string | undefined } | undefined;
}

/**
 * How a person names a revision: `s3://BUCKET/KEY`, with its version where it has one, `github:OWNER/NAME@COMMIT`, or `AppSpec 1f2e3d4c5b6a`, the
 * beginning of its SHA-256, for one that came in the call.
 */
export function revisionName(revision: NamedRevision): string {
  const { revisionType, s3Location, gitHubLocation } = revision;
  if (s3Location) {
    const version = s3Location.version ? ` version ${s3Location.version}` : "";
    return `s3://${s3Location.bucket}/${s3Location.key}${version}`;
  }
  if (gitHubLocation) return `github:${gitHubLocation.repository}@${gitHubLocation.commitId}`;
  const sha256 = revision.appSpecContent?.sha256 ?? revision.string?.sha256;
  return sha256 === undefined
    ? `an AppSpec in the call (${revisionType})`
    : `AppSpec ${sha256.slice(0, HASH_CHARACTERS)}`;
}
