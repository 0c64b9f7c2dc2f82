/** A request to a typed call. */
import type { RequestHeaders } from "./object-headers.ts";
import { requireServed } from "./request-parameters.ts";
import type { RequestTarget } from "./request-target.ts";
import {
  type AbsentConfiguration,
  type BucketFact,
  type CopySource,
  type ListingParameters,
  MAX_KEYS,
  MAX_LISTED_BUCKETS,
  OBJECT_ATTRIBUTES,
  type ObjectAttribute,
  type OnVersion,
  type S3Call,
} from "./s3-call.ts";
import { invalidArgument, S3Error, type S3ErrorCode } from "./s3-error.ts";
import { UNSERVED_BUCKET_OPERATIONS, UNSERVED_OBJECT_OPERATIONS, unservedOperation } from "./unserved-operations.ts";

const BUCKET_FACTS: readonly string[] = [
  "location",
  "acl",
  "ownershipControls",
  "logging",
  "notification",
  "accelerate",
  "requestPayment",
] satisfies BucketFact[];

/** With the error that says so. */
const ABSENT_CONFIGURATIONS: Readonly<Record<AbsentConfiguration, readonly [S3ErrorCode, string]>> = {
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

/**
 * Throws S3Error: NotImplemented for what S3 has and the embedded bucket has not, by its name, be it an operation, a header or a parameter of
 * the query; MethodNotAllowed for what S3 has not either.
 */
export function parseS3Call(method: string, target: RequestTarget, headers: RequestHeaders): S3Call {
  const call = parseCall(method, target, headers);
  requireServed(call, target.query, headers);
  return call;
}

function parseCall(method: string, target: RequestTarget, headers: RequestHeaders): S3Call {
  const { bucket, key, query } = target;
  if (bucket === undefined) {
    if (key !== undefined) throw new S3Error("InvalidURI", "The request names a key and no bucket.");
    if (method !== "GET") throw methodNotAllowed(method);
    if (query.has("max-directory-buckets")) throw notImplemented("ListDirectoryBuckets");
    return parseBuckets(query);
  }
  return key === undefined
    ? parseBucketCall(method, bucket, query)
    : parseObjectCall(method, { bucket, key }, query, headers);
}

function parseBuckets(query: ReadonlyMap<string, string>): S3Call {
  const limit = wholeNumber(query, "max-buckets") ?? MAX_LISTED_BUCKETS;
  if (limit < 1 || limit > MAX_LISTED_BUCKETS) {
    throw invalidArgument("max-buckets", String(limit), `give a number from 1 to ${MAX_LISTED_BUCKETS}`);
  }
  const token = query.get("continuation-token");
  const region = query.get("bucket-region");
  return {
    operation: "ListBuckets",
    prefix: query.get("prefix") ?? "",
    limit,
    isPaged: ["max-buckets", "continuation-token", "prefix", "bucket-region"].some((name) => query.has(name)),
    ...(token !== undefined && { token }),
    ...(region !== undefined && { region }),
  };
}

function parseBucketCall(method: string, bucket: string, query: ReadonlyMap<string, string>): S3Call {
  const unserved = unservedOperation(UNSERVED_BUCKET_OPERATIONS, method, query);
  if (unserved !== undefined) throw notImplemented(unserved);
  switch (method) {
    case "GET":
      return parseBucketRead(bucket, query);
    case "HEAD":
      return { operation: "HeadBucket", bucket };
    case "PUT":
      return { operation: query.has("versioning") ? "PutBucketVersioning" : "CreateBucket", bucket };
    case "DELETE":
      return { operation: "DeleteBucket", bucket };
    case "POST":
      if (query.has("delete")) return { operation: "DeleteObjects", bucket };
      // The two have no subresource: a form's upload goes to the bucket itself.
      throw notImplemented(bucket === "WriteGetObjectResponse" ? bucket : "PostObject, an upload by an HTML form");
    default:
      throw methodNotAllowed(method);
  }
}

function parseBucketRead(bucket: string, query: ReadonlyMap<string, string>): S3Call {
  const fact = BUCKET_FACTS.find((name) => query.has(name));
  if (fact !== undefined) return { operation: "GetBucketFact", bucket, fact: fact as BucketFact };
  if (query.has("versioning")) return { operation: "GetBucketVersioning", bucket };
  const configurations = Object.keys(ABSENT_CONFIGURATIONS) as AbsentConfiguration[];
  const configuration = configurations.find((name) => query.has(name));
  if (configuration !== undefined) {
    const [code, message] = ABSENT_CONFIGURATIONS[configuration];
    return { operation: "GetAbsentConfiguration", bucket, configuration, code, message };
  }
  const keyMarker = query.get("key-marker") ?? "";
  if (query.has("versions")) return parseVersionListing(bucket, keyMarker, query);
  if (query.has("uploads")) {
    const idMarker = query.get("upload-id-marker");
    const listing = listingParameters(query, "max-uploads");
    return { operation: "ListMultipartUploads", bucket, listing, keyMarker, ...(idMarker && { idMarker }) };
  }
  return parseListing(bucket, query);
}

function parseVersionListing(bucket: string, keyMarker: string, query: ReadonlyMap<string, string>): S3Call {
  const versionIdMarker = query.get("version-id-marker");
  if (versionIdMarker === "") throw invalidArgument("version-id-marker", "", "A version-id marker cannot be empty.");
  if (versionIdMarker !== undefined && keyMarker === "") {
    throw invalidArgument(
      "version-id-marker",
      versionIdMarker,
      "A version-id marker cannot be specified without a key marker.",
    );
  }
  const listing = listingParameters(query, "max-keys");
  return { operation: "ListObjectVersions", bucket, listing, keyMarker, ...(versionIdMarker && { versionIdMarker }) };
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
    owner: isFetchOwner(query.get("fetch-owner") || "false"),
    ...(token !== undefined && { token }),
  };
}

function isFetchOwner(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw invalidArgument("fetch-owner", text, "use true or false");
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
  const unserved = unservedOperation(UNSERVED_OBJECT_OPERATIONS, method, query);
  if (unserved !== undefined) throw notImplemented(unserved);
  const uploadId = query.get("uploadId");
  const onVersion = { ...on, ...versionOf(query) };
  const subresource = parseObjectSubresource(method, onVersion, query, headers);
  if (subresource) return subresource;
  switch (method) {
    case "GET":
    case "HEAD":
      if (uploadId !== undefined && method === "GET") {
        const limit = Math.min(wholeNumber(query, "max-parts") ?? MAX_KEYS, MAX_KEYS);
        return { operation: "ListParts", ...on, uploadId, after: wholeNumber(query, "part-number-marker") ?? 0, limit };
      }
      return parseObjectRead(method, onVersion, query);
    case "PUT":
      return parseObjectWrite(on, query, uploadId, headers);
    case "DELETE":
      if (uploadId !== undefined) return { operation: "AbortMultipartUpload", ...on, uploadId };
      return { operation: "DeleteObject", ...onVersion };
    case "POST":
      if (query.has("uploads")) return { operation: "CreateMultipartUpload", ...on };
      if (uploadId !== undefined) return { operation: "CompleteMultipartUpload", ...on, uploadId };
      throw methodNotAllowed(method);
    default:
      throw methodNotAllowed(method);
  }
}

function parseObjectRead(method: "GET" | "HEAD", on: OnVersion, query: ReadonlyMap<string, string>): S3Call {
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

function parseObjectSubresource(
  method: string,
  on: OnVersion,
  query: ReadonlyMap<string, string>,
  headers: RequestHeaders,
): S3Call | undefined {
  if (method === "GET" && query.has("acl")) return { operation: "GetObjectAcl", ...on };
  if (query.has("tagging")) {
    if (method === "GET") return { operation: "GetObjectTagging", ...on };
    if (method === "PUT") return { operation: "PutObjectTagging", ...on };
    if (method === "DELETE") return { operation: "DeleteObjectTagging", ...on };
  }
  if (method === "GET" && query.has("attributes")) {
    return {
      operation: "GetObjectAttributes",
      ...on,
      attributes: wantedAttributes(headers["x-amz-object-attributes"]),
      after: wholeHeader(headers, "x-amz-part-number-marker") ?? 0,
      limit: Math.min(wholeHeader(headers, "x-amz-max-parts") ?? MAX_KEYS, MAX_KEYS),
    };
  }
  return undefined;
}

function wantedAttributes(header: string | undefined): ReadonlySet<ObjectAttribute> {
  const names = (header ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) {
    throw new S3Error(
      "InvalidRequest",
      `The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty: give some of ${OBJECT_ATTRIBUTES.join(", ")}.`,
    );
  }
  const known = OBJECT_ATTRIBUTES.filter((name) => names.includes(name));
  if (names.every((name) => (known as readonly string[]).includes(name))) return new Set(known);
  throw invalidArgument(
    "x-amz-object-attributes",
    header ?? "",
    `Invalid attribute name specified. Give some of ${OBJECT_ATTRIBUTES.join(", ")}`,
  );
}

/** `versionId`, which only the calls on versions take. */
function versionOf(query: ReadonlyMap<string, string>): { versionId?: string } {
  const versionId = query.get("versionId");
  if (versionId === "") throw invalidArgument("versionId", "", "Version id cannot be the empty string");
  return versionId === undefined ? {} : { versionId };
}

function parseCopySource(header: string): CopySource {
  const question = header.indexOf("?");
  const [path, query] = question < 0 ? [header, ""] : [header.slice(0, question), header.slice(question + 1)];
  if (query !== "" && !/^versionId=[^&]+$/.test(query)) {
    throw invalidArgument("x-amz-copy-source", header, "after the key only ?versionId=ID may follow");
  }
  let decoded: string;
  let versionId: string;
  try {
    decoded = decodeURIComponent(path).replace(/^\//, "");
    versionId = decodeURIComponent(query.slice("versionId=".length));
  } catch {
    throw invalidArgument("x-amz-copy-source", header, "it must be URL encoded");
  }
  const slash = decoded.indexOf("/");
  if (slash < 1 || slash === decoded.length - 1) {
    throw invalidArgument("x-amz-copy-source", header, "it must have the form bucket/key");
  }
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1), ...(query !== "" && { versionId }) };
}

function wholeNumber(query: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
}

function wholeHeader(headers: RequestHeaders, name: string): number | undefined {
  const text = headers[name];
  return text === undefined ? undefined : wholeNumber(new Map([[name, text]]), name);
}

function notImplemented(what: string): S3Error {
  return new S3Error(
    "NotImplemented",
    `A header or query you provided implies functionality that is not implemented: the embedded bucket does not serve ${what}.`,
  );
}

function methodNotAllowed(method: string): S3Error {
  return new S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    Method: method,
  });
}
