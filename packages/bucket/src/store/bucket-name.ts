import { BucketFault } from "./bucket-fault.ts";

/** UTF-8 bytes, as in S3. */
export const MAX_KEY_BYTES = 1024;

const NAME = /^(?=.{3,63}$)[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*(?<!-)$/;
const IP_ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;
const RESERVED_PREFIXES = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** S3's naming rules for general purpose buckets: a name must also be a host name, for virtual-host addressing. */
export function isBucketName(name: string): boolean {
  return (
    NAME.test(name) &&
    !IP_ADDRESS.test(name) &&
    !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) &&
    !RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix))
  );
}

export function requireBucketName(name: string): void {
  if (isBucketName(name)) return;
  throw new BucketFault(
    "InvalidBucketName",
    `The bucket name "${name}" is not valid: use 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit.`,
    { BucketName: name },
  );
}

/** Returns the key's bytes, in which S3 orders keys. */
export function requireKey(key: string): Buffer {
  const bytes = Buffer.from(key, "utf8");
  if (bytes.length === 0) throw new BucketFault("InvalidArgument", "The object key is empty: name the object.");
  if (bytes.length > MAX_KEY_BYTES) {
    throw new BucketFault("KeyTooLongError", `The key is ${bytes.length} bytes long: shorten it to ${MAX_KEY_BYTES}.`, {
      Size: String(bytes.length),
      MaxSizeAllowed: String(MAX_KEY_BYTES),
    });
  }
  return bytes;
}
