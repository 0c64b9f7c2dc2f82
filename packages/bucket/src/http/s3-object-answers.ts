/** What answers on objects have alike. */

import { STORAGE_CLASS_HEADER } from "../protocol/object-headers.ts";
import { NULL_VERSION } from "../store/version-id.ts";

interface OfVersion {
  readonly versionId?: string | undefined;
}

/** Of what is read, or deleted: only in a bucket that has or had versioning. */
export function versionHeader({ versionId }: OfVersion): Record<string, string> {
  return versionId === undefined ? {} : { "x-amz-version-id": versionId };
}

/** Of what was written. S3 says nothing of the null version, that of a bucket in which versioning is suspended. */
export function writtenVersionHeader({ versionId }: OfVersion): Record<string, string> {
  return versionId === NULL_VERSION ? {} : versionHeader({ versionId });
}

/** Of a copy: the version that it was made of. */
export function sourceVersionHeader({ versionId }: OfVersion): Record<string, string> {
  return versionId === undefined ? {} : { "x-amz-copy-source-version-id": versionId };
}

export function storageClassOf({ headers }: { readonly headers: Readonly<Record<string, string>> }): string {
  return headers[STORAGE_CLASS_HEADER] ?? "STANDARD";
}
