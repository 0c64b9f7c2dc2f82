/** What a caller of the bucket store can do wrong. The codes are S3's, so that the protocol needs no second vocabulary. */
export type BucketFaultCode =
  | "BadDigest"
  | "BucketAlreadyOwnedByYou"
  | "BucketNotEmpty"
  | "EntityTooLarge"
  | "EntityTooSmall"
  | "IncompleteBody"
  | "InsufficientStorage"
  | "InvalidArgument"
  | "InvalidBucketName"
  | "InvalidPart"
  | "InvalidPartOrder"
  | "InvalidRequest"
  | "KeyTooLongError"
  | "MethodNotAllowed"
  | "NoSuchBucket"
  | "NoSuchKey"
  | "NoSuchUpload"
  | "NoSuchVersion"
  | "PreconditionFailed";

export interface DeleteMarker {
  readonly versionId: string;
  readonly modifiedAt: Date;
}

/** `details` are further facts by S3's element names (`BucketName`, `Key`, `PartNumber`), never secrets. */
export class BucketFault extends Error {
  readonly code: BucketFaultCode;
  readonly details: Readonly<Record<string, string>>;
  /** The delete marker that stands where an object was looked for. */
  readonly marker: DeleteMarker | undefined;

  constructor(
    code: BucketFaultCode,
    message: string,
    details: Readonly<Record<string, string>> = {},
    options?: ErrorOptions & { readonly marker?: DeleteMarker },
  ) {
    super(message, options);
    this.marker = options?.marker;
    this.name = "BucketFault";
    this.code = code;
    this.details = details;
  }
}

/** Throw it where a version id is none that this store could have given out. */
export function invalidVersionId(versionId: string): BucketFault {
  return new BucketFault("InvalidArgument", "Invalid version id specified", {
    ArgumentName: "versionId",
    ArgumentValue: versionId,
  });
}

export function noSuchVersion(key: string, versionId: string): BucketFault {
  return new BucketFault("NoSuchVersion", "The specified version does not exist.", { Key: key, VersionId: versionId });
}
