/** What answers on objects have alike. */
import { STORAGE_CLASS_HEADER } from "@sluice/wire/s3/object-headers.ts";

interface OfVersion {
  readonly versionId?: string | undefined;
}

/** Only in a bucket that has or had versioning. */
export function versionHeader({ versionId }: OfVersion): Record<string, string> {
  return versionId === undefined ? {} : { "x-amz-version-id": versionId };
}

/** Of a copy: the version that it was made of. */
export function sourceVersionHeader({ versionId }: OfVersion): Record<string, string> {
  return versionId === undefined ? {} : { "x-amz-copy-source-version-id": versionId };
}

export function storageClassOf({ headers }: { readonly headers: Readonly<Record<string, string>> }): string {
  return headers[STORAGE_CLASS_HEADER] ?? "STANDARD";
}
