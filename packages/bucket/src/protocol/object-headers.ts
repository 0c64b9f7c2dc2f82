/** What a request's headers say of the object that it writes, and the headers with which it is given back. */
import { excerpt } from "@sluice/model/excerpt.ts";
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  type ChecksumType,
  checksumByteLength,
  isChecksumAlgorithm,
} from "@sluice/wire/checksum/checksum.ts";
import { type ObjectTags, readTaggingHeader } from "./object-tags.ts";
import { S3Error } from "./s3-error.ts";

export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** Names and values together, in bytes, as in S3. */
export const MAX_METADATA_BYTES = 2048;

const METADATA_PREFIX = "x-amz-meta-";
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const NOT_IN_A_HEADER = /[^\t\x20-\x7e\x80-\xff]/;
const KEPT_HEADERS = ["cache-control", "content-disposition", "content-language", "content-type", "expires"];
const STORAGE_CLASSES = ["STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "REDUCED_REDUNDANCY"];
const HARMLESS_ACLS = ["private", "bucket-owner-full-control", "bucket-owner-read"];

/** The one that is given back as it came: the disk's encryption is the operator's. */
export const ENCRYPTION_HEADER = "x-amz-server-side-encryption";
export const STORAGE_CLASS_HEADER = "x-amz-storage-class";

export interface AttributesRead {
  headers: Record<string, string>;
  metadata: Record<string, string>;
  tags?: ObjectTags;
}

/** Throws NotImplemented, AccessControlListNotSupported, MetadataTooLarge, InvalidStorageClass, InvalidTag. */
export function readObjectAttributes(headers: RequestHeaders): AttributesRead {
  requireHarmlessAcl(headers);
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    if (headers[name] !== undefined && headers[name] !== "") kept[name] = headers[name];
  }
  const encoding = contentEncoding(headers["content-encoding"]);
  if (encoding !== "") kept["content-encoding"] = encoding;
  const encryption = readEncryption(headers);
  if (encryption !== undefined) kept[ENCRYPTION_HEADER] = encryption;
  const storageClass = headers[STORAGE_CLASS_HEADER] || "STANDARD";
  if (!STORAGE_CLASSES.includes(storageClass)) {
    throw new S3Error("InvalidStorageClass", `The storage class "${storageClass}" is not valid: use STANDARD.`, {
      StorageClassRequested: storageClass,
    });
  }
  if (storageClass !== "STANDARD") kept[STORAGE_CLASS_HEADER] = storageClass;
  const tags = readTaggingHeader(headers["x-amz-tagging"]);
  return { headers: kept, metadata: readMetadata(headers), ...(tags && { tags }) };
}

function readEncryption(headers: RequestHeaders): string | undefined {
  const encryption = headers[ENCRYPTION_HEADER];
  if (encryption === undefined || encryption === "") return undefined;
  if (encryption === "AES256") return encryption;
  if (encryption.startsWith("aws:")) {
    throw new S3Error(
      "NotImplemented",
      `A header you provided implies functionality that is not implemented: ${ENCRYPTION_HEADER} is "${encryption}", and the embedded bucket has no key management service. Use AES256.`,
      { Header: ENCRYPTION_HEADER },
    );
  }
  throw new S3Error("InvalidArgument", "The encryption method specified is not supported", {
    ArgumentName: ENCRYPTION_HEADER,
    ArgumentValue: encryption,
  });
}

/** What the answer to a write says of encryption. */
export function writeEncryption({ headers }: { headers: Readonly<Record<string, string>> }): Record<string, string> {
  const encryption = headers[ENCRYPTION_HEADER];
  return encryption === undefined ? {} : { [ENCRYPTION_HEADER]: encryption };
}

function readMetadata(headers: RequestHeaders): Record<string, string> {
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(METADATA_PREFIX) || value === undefined) continue;
    const name = header.slice(METADATA_PREFIX.length);
    // A presigned query can say what no header can; kept, it would break every answer with the object.
    if (!HEADER_NAME.test(header) || NOT_IN_A_HEADER.test(value)) {
      throw new S3Error("InvalidArgument", "Metadata is kept in headers: percent-encode what a header cannot hold.", {
        ArgumentName: header,
        ArgumentValue: value,
      });
    }
    metadata[name] = value;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (bytes > MAX_METADATA_BYTES) {
    throw new S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      Size: String(bytes),
      MaxSizeAllowed: String(MAX_METADATA_BYTES),
    });
  }
  return metadata;
}

/** Access is the server's to decide, by key: an ACL that would open an object to others must not seem to work. */
export function requireHarmlessAcl(headers: RequestHeaders): void {
  const acl = headers["x-amz-acl"];
  const grant = Object.keys(headers).find((name) => name.startsWith("x-amz-grant-"));
  if (grant === undefined && (acl === undefined || HARMLESS_ACLS.includes(acl))) return;
  throw new S3Error("AccessControlListNotSupported", "The bucket does not allow ACLs");
}

/** `aws-chunked` names the transfer, not the object. */
function contentEncoding(header: string | undefined): string {
  const codings = (header ?? "").split(",").map((coding) => coding.trim());
  return codings.filter((coding) => coding !== "" && coding.toLowerCase() !== "aws-chunked").join(",");
}

/** Content headers and metadata, as they go out. */
export function writeObjectAttributes(attributes: {
  headers: Readonly<Record<string, string>>;
  metadata: Readonly<Record<string, string>>;
  tags?: Readonly<Record<string, string>>;
}): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "binary/octet-stream", ...attributes.headers };
  for (const [name, value] of Object.entries(attributes.metadata)) headers[`${METADATA_PREFIX}${name}`] = value;
  if (attributes.tags) headers["x-amz-tagging-count"] = String(Object.keys(attributes.tags).length);
  return headers;
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The checksum that comes with a body: its value in a header, or none yet because a trailer will bring it. */
export interface AnnouncedChecksum {
  algorithm: ChecksumAlgorithm;
  value?: string;
}

/** Throws InvalidRequest. */
export function readAnnouncedChecksum(headers: RequestHeaders): AnnouncedChecksum | undefined {
  const trailer = headers["x-amz-trailer"]?.trim().toLowerCase();
  const announced = CHECKSUM_ALGORITHMS.flatMap((algorithm): AnnouncedChecksum[] => {
    const value = headers[checksumHeader(algorithm)];
    if (value !== undefined) return [{ algorithm, value: requireChecksumValue(algorithm, value) }];
    return trailer === checksumHeader(algorithm) ? [{ algorithm }] : [];
  });
  if (announced.length > 1) {
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  if (trailer !== undefined && !announced.some(({ value }) => value === undefined)) {
    throw new S3Error(
      "NotImplemented",
      `x-amz-trailer announces ${excerpt(trailer)}, which is not implemented: announce one of ${CHECKSUM_ALGORITHMS.map(checksumHeader).join(", ")}.`,
      {
        Header: "x-amz-trailer",
      },
    );
  }
  const named = headers["x-amz-sdk-checksum-algorithm"];
  if (named !== undefined && announced[0] && announced[0].algorithm !== named.toUpperCase()) {
    throw new S3Error("InvalidRequest", "Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  if (named !== undefined && announced.length === 0) {
    throw new S3Error(
      "InvalidRequest",
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  return announced[0];
}

/** Throws InvalidRequest unless it is base64 of the algorithm's length. */
export function requireChecksumValue(algorithm: ChecksumAlgorithm, value: string): string {
  const bytes = Buffer.from(value, "base64");
  if (bytes.length === checksumByteLength(algorithm) && bytes.toString("base64") === value) return value;
  throw new S3Error("InvalidRequest", `Value for ${checksumHeader(algorithm)} header is invalid.`);
}

/** `x-amz-checksum-algorithm` and `-type`, of the requests that only name one. Throws InvalidRequest. */
export function readWantedChecksum(
  headers: RequestHeaders,
): { algorithm: ChecksumAlgorithm; type?: ChecksumType } | undefined {
  const name = headers["x-amz-checksum-algorithm"]?.toUpperCase();
  if (name === undefined) {
    if (headers["x-amz-checksum-type"] === undefined) return undefined;
    throw new S3Error(
      "InvalidRequest",
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  if (!isChecksumAlgorithm(name)) {
    throw new S3Error("InvalidRequest", `Checksum algorithm provided is unsupported: "${name}". Use CRC32.`);
  }
  const type = readChecksumType(headers);
  return { algorithm: name, ...(type && { type }) };
}

export function readChecksumType(headers: RequestHeaders): ChecksumType | undefined {
  const type = headers["x-amz-checksum-type"];
  if (type === undefined || type === "COMPOSITE" || type === "FULL_OBJECT") return type;
  throw new S3Error("InvalidRequest", `Value for x-amz-checksum-type header is invalid: "${type}".`);
}

export function writeChecksum(
  checksum: { algorithm: ChecksumAlgorithm; type?: ChecksumType; value: string } | undefined,
): Record<string, string> {
  if (!checksum) return {};
  return {
    [checksumHeader(checksum.algorithm)]: checksum.value,
    ...(checksum.type && { "x-amz-checksum-type": checksum.type }),
  };
}

/** Content-MD5 as hex. Throws InvalidDigest. */
export function readContentMd5(headers: RequestHeaders): string | undefined {
  const header = headers["content-md5"];
  if (header === undefined) return undefined;
  const bytes = Buffer.from(header, "base64");
  if (bytes.length !== 16) throw new S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.");
  return bytes.toString("hex");
}
