/**
 * Which headers and query parameters each call takes. Whatever else S3 has, or may come to have, is refused by its name: it would otherwise be
 * accepted and not be done. Names are those of the S3 API, headers in lower case; a query parameter begins with `?`.
 */
import type { RequestHeaders } from "./object-headers.ts";
import type { S3Call } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";

type Operation = S3Call["operation"];

/** Part of signing and of the transfer, for every call. */
const SIGNING_HEADERS = [
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-decoded-content-length",
  "x-amz-security-token",
  "x-amz-trailer",
];
/** The same in a presigned URL. */
export const SIGNING_PARAMETERS: ReadonlySet<string> = new Set([
  "x-amz-algorithm",
  "x-amz-content-sha256",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-signature",
  "x-amz-signedheaders",
]);

/** What changes nothing here whatever its value is, and why. */
export const HARMLESS: Readonly<Record<string, string>> = {
  "x-amz-request-payer": "requests are not billed",
  "x-amz-bypass-governance-retention": "there is no object lock that could be bypassed",
  "x-amz-optional-object-attributes": "it asks for the state of a restore from an archive, and nothing is archived",
  "x-amz-user-agent": "it names the client, as User-Agent does",
};

const META = "x-amz-meta-";
const OWNER = ["x-amz-expected-bucket-owner"];
const LISTING = ["?delimiter", "?encoding-type", "?prefix"];
const BODY_CHECKSUMS = [
  "content-md5",
  "x-amz-checksum-crc32",
  "x-amz-checksum-crc32c",
  "x-amz-checksum-crc64nvme",
  "x-amz-checksum-sha1",
  "x-amz-checksum-sha256",
  "x-amz-sdk-checksum-algorithm",
];
/** Of a completion they speak of the whole object. */
const OBJECT_CHECKSUMS = BODY_CHECKSUMS.filter((name) => name !== "x-amz-sdk-checksum-algorithm");
const CONTENT_HEADERS = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];
/** The harmless ones are taken, the others refused with the error that S3 has for a bucket without ACLs. */
const ACL = [
  "x-amz-acl",
  "x-amz-grant-full-control",
  "x-amz-grant-read",
  "x-amz-grant-read-acp",
  "x-amz-grant-write-acp",
];
const ATTRIBUTES = [
  ...CONTENT_HEADERS,
  ...ACL,
  META,
  "x-amz-server-side-encryption",
  "x-amz-storage-class",
  "x-amz-tagging",
];
const WRITE_CONDITIONS = ["if-match", "if-none-match"];
const READ = [
  ...WRITE_CONDITIONS,
  "if-modified-since",
  "if-range",
  "if-unmodified-since",
  "range",
  "x-amz-checksum-mode",
  "?partNumber",
  "?versionId",
  ...CONTENT_HEADERS.map((name) => `?response-${name}`),
];
const COPY_SOURCE = [
  "x-amz-copy-source",
  "x-amz-copy-source-if-match",
  "x-amz-copy-source-if-modified-since",
  "x-amz-copy-source-if-none-match",
  "x-amz-copy-source-if-unmodified-since",
  "x-amz-source-expected-bucket-owner",
];

/** What is done as S3 does it. A value that is not served is refused where it is read. */
export const HONOURED: Readonly<Record<Operation, readonly string[]>> = {
  ListBuckets: ["?prefix", "?max-buckets", "?continuation-token", "?bucket-region"],
  CreateBucket: [
    ...BODY_CHECKSUMS,
    ...ACL,
    "x-amz-grant-write",
    "x-amz-bucket-object-lock-enabled",
    "x-amz-object-ownership",
  ],
  HeadBucket: OWNER,
  DeleteBucket: OWNER,
  GetBucketFact: [
    ...OWNER,
    "?location",
    "?acl",
    "?ownershipControls",
    "?logging",
    "?notification",
    "?accelerate",
    "?requestPayment",
  ],
  GetAbsentConfiguration: [
    ...OWNER,
    "?cors",
    "?encryption",
    "?lifecycle",
    "?object-lock",
    "?policy",
    "?policyStatus",
    "?publicAccessBlock",
    "?replication",
    "?tagging",
    "?website",
  ],
  GetBucketVersioning: [...OWNER, "?versioning"],
  PutBucketVersioning: [...OWNER, ...BODY_CHECKSUMS, "?versioning"],
  ListObjects: [...OWNER, ...LISTING, "?marker", "?max-keys"],
  ListObjectsV2: [
    ...OWNER,
    ...LISTING,
    "?continuation-token",
    "?fetch-owner",
    "?list-type",
    "?max-keys",
    "?start-after",
  ],
  ListObjectVersions: [...OWNER, ...LISTING, "?versions", "?key-marker", "?max-keys", "?version-id-marker"],
  ListMultipartUploads: [...OWNER, ...LISTING, "?uploads", "?key-marker", "?max-uploads", "?upload-id-marker"],
  DeleteObjects: [...OWNER, ...BODY_CHECKSUMS, "?delete"],
  GetObject: [...OWNER, ...READ],
  HeadObject: [...OWNER, ...READ],
  PutObject: [...OWNER, ...ATTRIBUTES, ...BODY_CHECKSUMS, ...WRITE_CONDITIONS, "content-length"],
  CopyObject: [
    ...OWNER,
    ...ATTRIBUTES,
    ...COPY_SOURCE,
    ...WRITE_CONDITIONS,
    "x-amz-checksum-algorithm",
    "x-amz-metadata-directive",
    "x-amz-tagging-directive",
  ],
  DeleteObject: [...OWNER, "if-match", "?versionId"],
  GetObjectAcl: [...OWNER, "?acl", "?versionId"],
  GetObjectAttributes: [
    ...OWNER,
    "?attributes",
    "?versionId",
    "x-amz-max-parts",
    "x-amz-object-attributes",
    "x-amz-part-number-marker",
  ],
  GetObjectTagging: [...OWNER, "?tagging", "?versionId"],
  PutObjectTagging: [...OWNER, ...BODY_CHECKSUMS, "?tagging", "?versionId"],
  DeleteObjectTagging: [...OWNER, "?tagging", "?versionId"],
  CreateMultipartUpload: [...OWNER, ...ATTRIBUTES, "x-amz-checksum-algorithm", "x-amz-checksum-type", "?uploads"],
  UploadPart: [...OWNER, ...BODY_CHECKSUMS, "content-length", "?partNumber", "?uploadId"],
  UploadPartCopy: [...OWNER, ...COPY_SOURCE, "x-amz-copy-source-range", "?partNumber", "?uploadId"],
  CompleteMultipartUpload: [
    ...OWNER,
    ...OBJECT_CHECKSUMS,
    ...WRITE_CONDITIONS,
    "x-amz-checksum-type",
    "x-amz-mp-object-size",
    "?uploadId",
  ],
  AbortMultipartUpload: [...OWNER, "?uploadId"],
  ListParts: [...OWNER, "?max-parts", "?part-number-marker", "?uploadId"],
};

const HEADERS: ReadonlySet<string> = new Set(
  Object.values(HONOURED)
    .flat()
    .filter((name) => !name.startsWith("?")),
);
/** Of those that do not begin with `x-amz-`: what must not be overlooked, since it makes another request of it. */
const WEIGHTY_HEADERS = [
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "range",
  "content-range",
];

const CURES: readonly (readonly [RegExp, string])[] = [
  [/server-side-encryption-customer/, "Customer-provided keys are not supported: encrypt before the upload."],
  [
    /server-side-encryption/,
    "The embedded bucket has no key management service: use x-amz-server-side-encryption: AES256.",
  ],
  [/^x-amz-checksum-(sha512|md5|xxhash)/, "Use CRC32, CRC32C, CRC64NVME, SHA1 or SHA256."],
];

const SINGLE_SUBRESOURCE: ReadonlySet<Operation> = new Set(["GetBucketFact", "GetAbsentConfiguration"]);

/** Whether a parameter of the query is a header that was moved there for signing. */
export function isHeaderInQuery(name: string): boolean {
  const lower = name.toLowerCase();
  return HEADERS.has(lower) || (lower.startsWith("x-amz-") && !SIGNING_PARAMETERS.has(lower));
}

/**
 * Presigners move headers into the query, where they are signed all the same. Throws InvalidArgument when the request has the header, too, and
 * it says something else than what was signed.
 */
export function headersOf(
  sent: Readonly<Record<string, string | string[] | undefined>>,
  query: ReadonlyMap<string, string>,
): RequestHeaders {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(sent)) {
    if (typeof value === "string") headers[name] = value;
  }
  for (const [parameter, value] of query) {
    if (!isHeaderInQuery(parameter)) continue;
    const name = parameter.toLowerCase();
    // Programs that send a URL's upload put a type of their own on it.
    if (headers[name] !== undefined && headers[name] !== value && name !== "content-type") {
      throw new S3Error("InvalidArgument", `The request's header ${name} differs from the one in the URL: omit it.`, {
        ArgumentName: name,
        ArgumentValue: headers[name],
      });
    }
    headers[name] = value;
  }
  return headers;
}

/** Throws NotImplemented for what the call does not take. */
export function requireServed(call: S3Call, query: ReadonlyMap<string, string>, headers: RequestHeaders): void {
  const honoured = new Set(HONOURED[call.operation]);
  const takes = (name: string) => honoured.has(name) || HARMLESS[name] !== undefined;
  let subresource: string | undefined;
  for (const name of query.keys()) {
    // Of these a request has one: a second one would be overlooked.
    if (SINGLE_SUBRESOURCE.has(call.operation) && honoured.has(`?${name}`)) {
      if (subresource !== undefined) throw notServed(call, "query parameter", name);
      subresource = name;
    }
    // `x-id` and its like are for the client's own logs, as S3 has it.
    const isClients = name.startsWith("x-") && !name.startsWith("x-amz-");
    const isKnown = isClients || SIGNING_PARAMETERS.has(name.toLowerCase()) || isHeaderInQuery(name);
    if (!isKnown && !takes(`?${name}`)) throw notServed(call, "query parameter", name);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value === "") continue;
    if (!name.startsWith("x-amz-") && !WEIGHTY_HEADERS.includes(name)) continue;
    if (SIGNING_HEADERS.includes(name) || SIGNING_PARAMETERS.has(name)) continue;
    if (name.startsWith(META) && honoured.has(META)) continue;
    if (!takes(name)) throw notServed(call, "header", name);
  }
}

function notServed(call: S3Call, kind: "header" | "query parameter", name: string): S3Error {
  const cure = CURES.find(([pattern]) => pattern.test(name))?.[1] ?? "Leave it out.";
  return new S3Error(
    "NotImplemented",
    `A header or query you provided implies functionality that is not implemented: ${call.operation} does not support the ${kind} ${name}. ${cure}`,
    { [kind === "header" ? "Header" : "Parameter"]: name },
  );
}
