import type { RevisionLocation } from "@aws-sdk/client-codedeploy";

/** How a person names a revision: `s3://BUCKET/KEY`, with its version where it has one, or `github:OWNER/NAME@COMMIT`. */
export function revisionName({ revisionType, s3Location, gitHubLocation }: RevisionLocation): string {
  if (s3Location) {
    const version = s3Location.version ? ` version ${s3Location.version}` : "";
    return `s3://${s3Location.bucket}/${s3Location.key}${version}`;
  }
  if (gitHubLocation) return `github:${gitHubLocation.repository}@${gitHubLocation.commitId}`;
  return `an AppSpec in the call (${revisionType})`;
}
