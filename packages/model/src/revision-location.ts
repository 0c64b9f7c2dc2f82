/** Where an application revision lies, in the API's spelling (exactly one member beside `revisionType`). */
export type RevisionLocation =
  | { readonly revisionType: "S3"; readonly s3Location: S3Location }
  | { readonly revisionType: "GitHub"; readonly gitHubLocation: GitHubLocation }
  | { readonly revisionType: "String"; readonly string: RawString }
  | { readonly revisionType: "AppSpecContent"; readonly appSpecContent: RawString };

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
  readonly bundleType: BundleType;
  readonly version?: string;
  readonly eTag?: string;
}

export interface GitHubLocation {
  /** `owner/name`. */
  readonly repository: string;
  readonly commitId: string;
}

export interface RawString {
  readonly content?: string;
  readonly sha256?: string;
}

export const BUNDLE_TYPES = ["tar", "tgz", "zip", "YAML", "JSON"] as const;
export type BundleType = (typeof BUNDLE_TYPES)[number];

/** One string per distinct revision: what "the same revision" means everywhere. */
export function revisionKey(location: RevisionLocation): string {
  switch (location.revisionType) {
    case "S3": {
      const s3 = location.s3Location;
      return `s3://${s3.bucket}/${s3.key}#${s3.bundleType}#${s3.version ?? ""}#${s3.eTag ?? ""}`;
    }
    case "GitHub":
      return `github://${location.gitHubLocation.repository}#${location.gitHubLocation.commitId}`;
    case "String":
      return `string://${location.string.sha256 ?? location.string.content ?? ""}`;
    case "AppSpecContent":
      return `appspec://${location.appSpecContent.sha256 ?? location.appSpecContent.content ?? ""}`;
    default: {
      const never: never = location;
      return never;
    }
  }
}
