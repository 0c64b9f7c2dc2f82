/** A typed S3 call: what a request asks, before its body is read. */
import type { RequestHeaders } from "./object-headers.ts";
import type { RequestTarget } from "./request-target.ts";
import { S3Error, type S3ErrorCode } from "./s3-error.ts";

export const MAX_KEYS = 1000;

export interface ListingParameters {
  prefix: string;
  delimiter: string;
  limit: number;
  encodeUrl: boolean;
}

interface InBucket {
  bucket: string;
}
interface Listing extends InBucket {
  listing: ListingParameters;
}
interface OnObject extends InBucket {
  key: string;
}
interface OnUpload extends OnObject {
  uploadId: string;
}

/** One member for each name, so that a switch over `operation` narrows to it. */
type Call<Operation extends string, Fields> = Operation extends string ? Fields & { operation: Operation } : never;

export type S3Call =
  | Call<"ListBuckets", object>
  | Call<"CreateBucket" | "HeadBucket" | "DeleteBucket" | "DeleteObjects", InBucket>
  | Call<"GetBucketFact", InBucket & { fact: BucketFact }>
  | Call<"ListObjects", Listing & { marker: string }>
  | Call<"ListObjectsV2", Listing & { token?: string; startAfter: string; owner: boolean }>
  | Call<"ListObjectVersions", Listing & { keyMarker: string }>
  | Call<"ListMultipartUploads", Listing & { keyMarker: string; idMarker?: string }>
  | Call<"GetObject" | "HeadObject", OnObject & { partNumber?: number; overrides: Record<string, string> }>
  | Call<"PutObject" | "DeleteObject" | "CreateMultipartUpload" | "GetObjectAcl" | "GetObjectTagging", OnObject>
  | Call<"CopyObject", OnObject & { source: CopySource }>
  | Call<"UploadPart", OnUpload & { partNumber: number }>
  | Call<"UploadPartCopy", OnUpload & { partNumber: number; source: CopySource }>
  | Call<"CompleteMultipartUpload" | "AbortMultipartUpload", OnUpload>
  | Call<"ListParts", OnUpload & { after: number; limit: number }>;

export interface CopySource {
  bucket: string;
  key: string;
}

/** Facts of a bucket that never vary, told so that consoles and Terraform can read a bucket. */
export type BucketFact =
  | "location"
  | "versioning"
  | "acl"
  | "ownershipControls"
  | "logging"
  | "notification"
  | "accelerate"
  | "requestPayment";

const BUCKET_FACTS: readonly string[] = [
  "location",
  "versioning",
  "acl",
  "ownershipControls",
  "logging",
  "notification",
  "accelerate",
  "requestPayment",
] satisfies BucketFact[];

/** Configurations that no bucket here has, by their subresource, with the error that says so. */
const ABSENT_CONFIGURATIONS: Readonly<Record<string, readonly [S3ErrorCode, string]>> = {
  cors: ["NoSuchCORSConfiguration", "The CORS configuration does not exist"],
  encryption: [
    "ServerSideEncryptionConfigurationNotFoundError",
    "The server side encryption configuration was not found",
  ],
  lifecycle: ["NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"],
  "object-lock": ["ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"],
  policy: ["NoSuchBucketPolicy", "The bucket policy does not exist"],
  policyStatus: ["NoSuchBucketPolicy", "The bucket policy does not exist"],
  publicAccessBlock: ["NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"],
  replication: ["ReplicationConfigurationNotFoundError", "The replication configuration was not found"],
  tagging: ["NoSuchTagSet", "The TagSet does not exist"],
  website: ["NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"],
};

const OTHER_BUCKET_SUBRESOURCES = [
  "abac",
  "analytics",
  "intelligent-tiering",
  "inventory",
  "metadataConfiguration",
  "metadataTable",
  "metrics",
  "session",
];
const OBJECT_SUBRESOURCES = [
  "acl",
  "attributes",
  "legal-hold",
  "renameObject",
  "restore",
  "retention",
  "select",
  "tagging",
  "torrent",
];

/** Throws S3Error: NotImplemented for what S3 has and the embedded bucket has not, MethodNotAllowed for what S3 has not either. */
export function parseS3Call(method: string, target: RequestTarget, headers: RequestHeaders): S3Call {
  requireNoVersion(target);
  const { bucket, key } = target;
  if (bucket === undefined) {
    if (key !== undefined) throw new S3Error("InvalidURI", "The request names a key and no bucket.");
    if (method === "GET") return { operation: "ListBuckets" };
    throw methodNotAllowed(method);
  }
  return key === undefined
    ? parseBucketCall(method, bucket, target)
    : parseObjectCall(method, { bucket, key }, target.query, headers);
}

function parseBucketCall(method: string, bucket: string, { query }: RequestTarget): S3Call {
  const subresource = [
    "delete",
    "uploads",
    "versions",
    ...BUCKET_FACTS,
    ...Object.keys(ABSENT_CONFIGURATIONS),
    ...OTHER_BUCKET_SUBRESOURCES,
  ].find((name) => query.has(name));
  switch (method) {
    case "GET":
      return parseBucketRead(bucket, subresource, query);
    case "HEAD":
      return { operation: "HeadBucket", bucket };
    case "PUT":
      if (subresource === undefined) return { operation: "CreateBucket", bucket };
      throw notImplemented(`setting a bucket's ${subresource}`);
    case "DELETE":
      if (subresource === undefined) return { operation: "DeleteBucket", bucket };
      throw notImplemented(`deleting a bucket's ${subresource}`);
    case "POST":
      if (subresource === "delete") return { operation: "DeleteObjects", bucket };
      throw notImplemented("uploading by an HTML form");
    default:
      throw methodNotAllowed(method);
  }
}

function parseBucketRead(bucket: string, subresource: string | undefined, query: ReadonlyMap<string, string>): S3Call {
  if (subresource === undefined) return parseListing(bucket, query);
  if (BUCKET_FACTS.includes(subresource))
    return { operation: "GetBucketFact", bucket, fact: subresource as BucketFact };
  const absent = ABSENT_CONFIGURATIONS[subresource];
  if (absent) throw new S3Error(absent[0], absent[1], { BucketName: bucket });
  const keyMarker = query.get("key-marker") ?? "";
  if (subresource === "versions") {
    return { operation: "ListObjectVersions", bucket, listing: listingParameters(query, "max-keys"), keyMarker };
  }
  if (subresource === "uploads") {
    const idMarker = query.get("upload-id-marker");
    const listing = listingParameters(query, "max-uploads");
    return { operation: "ListMultipartUploads", bucket, listing, keyMarker, ...(idMarker && { idMarker }) };
  }
  throw notImplemented(`a bucket's ${subresource}`);
}

function parseListing(bucket: string, query: ReadonlyMap<string, string>): S3Call {
  const listing = listingParameters(query, "max-keys");
  const type = query.get("list-type");
  if (type === undefined) return { operation: "ListObjects", bucket, listing, marker: query.get("marker") ?? "" };
  if (type !== "2") throw invalidArgument("list-type", type, "use 2");
  const token = query.get("continuation-token");
  if (token === "") throw invalidArgument("continuation-token", token, "The continuation token provided is incorrect");
  return {
    operation: "ListObjectsV2",
    bucket,
    listing,
    startAfter: query.get("start-after") ?? "",
    owner: query.get("fetch-owner") === "true",
    ...(token !== undefined && { token }),
  };
}

function listingParameters(query: ReadonlyMap<string, string>, limitName: string): ListingParameters {
  const encoding = query.get("encoding-type");
  if (encoding !== undefined && encoding !== "url") {
    throw invalidArgument("encoding-type", encoding, "Invalid Encoding Method specified in Request");
  }
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    limit: Math.min(wholeNumber(query, limitName) ?? MAX_KEYS, MAX_KEYS),
    encodeUrl: encoding === "url",
  };
}

function parseObjectCall(
  method: string,
  on: { bucket: string; key: string },
  query: ReadonlyMap<string, string>,
  headers: RequestHeaders,
): S3Call {
  const uploadId = query.get("uploadId");
  const subresource = OBJECT_SUBRESOURCES.find((name) => query.has(name));
  if (subresource !== undefined) return parseObjectSubresource(method, on, subresource);
  switch (method) {
    case "GET":
    case "HEAD":
      if (uploadId !== undefined && method === "GET") {
        const limit = Math.min(wholeNumber(query, "max-parts") ?? MAX_KEYS, MAX_KEYS);
        return { operation: "ListParts", ...on, uploadId, after: wholeNumber(query, "part-number-marker") ?? 0, limit };
      }
      return parseObjectRead(method, on, query);
    case "PUT":
      return parseObjectWrite(on, query, uploadId, headers);
    case "DELETE":
      if (uploadId !== undefined) return { operation: "AbortMultipartUpload", ...on, uploadId };
      return { operation: "DeleteObject", ...on };
    case "POST":
      if (query.has("uploads")) return { operation: "CreateMultipartUpload", ...on };
      if (uploadId !== undefined) return { operation: "CompleteMultipartUpload", ...on, uploadId };
      throw methodNotAllowed(method);
    default:
      throw methodNotAllowed(method);
  }
}

function parseObjectRead(
  method: "GET" | "HEAD",
  on: { bucket: string; key: string },
  query: ReadonlyMap<string, string>,
): S3Call {
  const overrides: Record<string, string> = {};
  for (const name of [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
  ]) {
    const value = query.get(`response-${name}`);
    if (value === undefined) continue;
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      throw invalidArgument(`response-${name}`, value, "leave control characters out");
    overrides[name] = value;
  }
  const partNumber = wholeNumber(query, "partNumber");
  const operation = method === "GET" ? "GetObject" : "HeadObject";
  return { operation, ...on, overrides, ...(partNumber !== undefined && { partNumber }) };
}

function parseObjectWrite(
  on: { bucket: string; key: string },
  query: ReadonlyMap<string, string>,
  uploadId: string | undefined,
  headers: RequestHeaders,
): S3Call {
  const copySource = headers["x-amz-copy-source"];
  const partNumber = wholeNumber(query, "partNumber");
  if ((uploadId === undefined) !== (partNumber === undefined)) {
    throw new S3Error("InvalidArgument", "This operation requires both uploadId and partNumber, or neither.");
  }
  if (copySource === undefined) {
    return uploadId === undefined || partNumber === undefined
      ? { operation: "PutObject", ...on }
      : { operation: "UploadPart", ...on, uploadId, partNumber };
  }
  const source = parseCopySource(copySource);
  return uploadId === undefined || partNumber === undefined
    ? { operation: "CopyObject", ...on, source }
    : { operation: "UploadPartCopy", ...on, uploadId, partNumber, source };
}

function parseObjectSubresource(method: string, on: { bucket: string; key: string }, subresource: string): S3Call {
  if (method === "GET" && subresource === "acl") return { operation: "GetObjectAcl", ...on };
  if (method === "GET" && subresource === "tagging") return { operation: "GetObjectTagging", ...on };
  throw notImplemented(`an object's ${subresource}`);
}

function parseCopySource(header: string): CopySource {
  const [path, version] = header.split("?versionId=", 2) as [string, string?];
  if (version !== undefined && version !== "null") throw noSuchVersion(version);
  let decoded: string;
  try {
    decoded = decodeURIComponent(path).replace(/^\//, "");
  } catch {
    throw invalidArgument("x-amz-copy-source", header, "it must be URL encoded");
  }
  const slash = decoded.indexOf("/");
  if (slash < 1 || slash === decoded.length - 1) {
    throw invalidArgument("x-amz-copy-source", header, "it must have the form bucket/key");
  }
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1) };
}

/** Versions are not kept: `null` is how S3 names the only version of an object in a bucket without versioning. */
function requireNoVersion({ query }: RequestTarget): void {
  const version = query.get("versionId");
  if (version !== undefined && version !== "null") throw noSuchVersion(version);
}

export function noSuchVersion(version: string): S3Error {
  return new S3Error("NoSuchVersion", "The specified version does not exist.", { VersionId: version });
}

function wholeNumber(query: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
}

export function invalidArgument(name: string, value: string, reason: string): S3Error {
  return new S3Error("InvalidArgument", `${reason} (${name} is "${value}")`, {
    ArgumentName: name,
    ArgumentValue: value,
  });
}

function notImplemented(what: string): S3Error {
  return new S3Error(
    "NotImplemented",
    `A header or query you provided implies functionality that is not implemented: the embedded bucket has no ${what}.`,
  );
}

function methodNotAllowed(method: string): S3Error {
  return new S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    Method: method,
  });
}
