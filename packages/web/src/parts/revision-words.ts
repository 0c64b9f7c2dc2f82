import type { RevisionLocation } from "@aws-sdk/client-codedeploy";

export interface RevisionWords {
  /** Short enough for a cell of a table: `checkout-2.15.0`, `shop/web@3f2a91b`, `AppSpec 3f2a91bc`. */
  readonly name: string;
  /** Where it is: `s3://releases/checkout/checkout-2.15.0.tgz`. */
  readonly detail: string;
}

const SHORT_COMMIT = 7;
const SHORT_HASH = 8;
const ARCHIVE_ENDING = /\.(zip|tar|tgz|tar\.gz|ya?ml|json)$/;

/**
 * What a person calls a revision; undefined: it has none that can be named.
 * @param deploys what an AppSpec that came in the call deploys: `version 3`
 */
export function revisionWords(revision: RevisionLocation | undefined, deploys?: string): RevisionWords | undefined {
  const { s3Location, gitHubLocation, appSpecContent, string } = revision ?? {};
  if (s3Location?.key !== undefined) {
    const { bucket, key, version } = s3Location;
    const name = key.slice(key.lastIndexOf("/") + 1).replace(ARCHIVE_ENDING, "");
    return { name: name || key, detail: `s3://${bucket}/${key}${version ? ` (version ${version})` : ""}` };
  }
  if (gitHubLocation?.repository !== undefined) {
    const { repository, commitId = "" } = gitHubLocation;
    return { name: `${repository}@${commitId.slice(0, SHORT_COMMIT)}`, detail: `github:${repository}@${commitId}` };
  }
  const inline = appSpecContent ?? string;
  if (inline === undefined) return undefined;
  const { sha256 = "" } = inline;
  const detail = sha256 === "" ? "AppSpec content" : `AppSpec content with the SHA-256 ${sha256}`;
  return { name: deploys ?? `AppSpec ${sha256.slice(0, SHORT_HASH)}`.trim(), detail };
}
