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
  | "NoSuchBucket"
  | "NoSuchKey"
  | "NoSuchUpload"
  | "PreconditionFailed";

/** `details` are further facts by S3's element names (`BucketName`, `Key`, `PartNumber`), never secrets. */
export class BucketFault extends Error {
  readonly code: BucketFaultCode;
  readonly details: Readonly<Record<string, string>>;

  constructor(
    code: BucketFaultCode,
    message: string,
    details: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "BucketFault";
    this.code = code;
    this.details = details;
  }
}
