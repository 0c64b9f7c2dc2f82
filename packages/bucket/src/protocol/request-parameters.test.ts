import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseS3Call } from "./parse-s3-call.ts";
import { HARMLESS, HONOURED, headersOf } from "./request-parameters.ts";
import { parseRequestTarget } from "./request-target.ts";
import type { S3Call } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";

interface ModelledOperation {
  readonly name: string;
  readonly method: string;
  readonly uri: string;
  /** Headers in lower case, query parameters with a `?` before them. */
  readonly parameters: readonly string[];
}

/** Every operation of the S3 API with its headers and query parameters, as botocore 1.43.11's model of S3 (2006-03-01) has them. */
const MODEL: readonly ModelledOperation[] = readFileSync(join(import.meta.dirname, "s3-operations.fixture.txt"), "utf8")
  .trim()
  .split("\n")
  .map((line) => {
    const [name, rest] = line.split(": ") as [string, string];
    const [method, uri, ...parameters] = rest.split(" ") as [string, string, ...string[]];
    return { name, method, uri: uri.replace("BUCKET", "b1b").replace("KEY", "k"), parameters };
  });

/** One call for several operations: facts that never vary, and configurations that no bucket has. */
const CALLED: Readonly<Record<string, S3Call["operation"]>> = {
  GetBucketAccelerateConfiguration: "GetBucketFact",
  GetBucketAcl: "GetBucketFact",
  GetBucketLocation: "GetBucketFact",
  GetBucketLogging: "GetBucketFact",
  GetBucketNotification: "GetBucketFact",
  GetBucketNotificationConfiguration: "GetBucketFact",
  GetBucketOwnershipControls: "GetBucketFact",
  GetBucketRequestPayment: "GetBucketFact",
  GetBucketCors: "GetAbsentConfiguration",
  GetBucketEncryption: "GetAbsentConfiguration",
  GetBucketLifecycle: "GetAbsentConfiguration",
  GetBucketLifecycleConfiguration: "GetAbsentConfiguration",
  GetObjectLockConfiguration: "GetAbsentConfiguration",
  GetBucketPolicy: "GetAbsentConfiguration",
  GetBucketPolicyStatus: "GetAbsentConfiguration",
  GetBucketReplication: "GetAbsentConfiguration",
  GetBucketTagging: "GetAbsentConfiguration",
  GetBucketWebsite: "GetAbsentConfiguration",
  GetPublicAccessBlock: "GetAbsentConfiguration",
};

/** Older names of the same requests. */
const TODAYS_NAMES: Readonly<Record<string, string>> = {
  PutBucketLifecycle: "PutBucketLifecycleConfiguration",
  PutBucketNotification: "PutBucketNotificationConfiguration",
};

/** What a request must have to be the operation at all. */
const REQUIRED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "x-amz-copy-source": { "x-amz-copy-source": "b1b/other" },
  "x-amz-object-attributes": { "x-amz-object-attributes": "ETag" },
};
const VALUES: Readonly<Record<string, string>> = {
  "?max-buckets": "2",
  "?max-keys": "2",
  "?max-uploads": "2",
  "?max-parts": "2",
  "?part-number-marker": "2",
  "?partNumber": "2",
  "?encoding-type": "url",
  "?list-type": "2",
  "x-amz-max-parts": "2",
  "x-amz-part-number-marker": "2",
  ...REQUIRED["x-amz-copy-source"],
  ...REQUIRED["x-amz-object-attributes"],
};

function callOf(operation: S3Call["operation"] | string): operation is S3Call["operation"] {
  return Object.hasOwn(HONOURED, operation);
}

function called({ name }: ModelledOperation): S3Call["operation"] | undefined {
  const operation = CALLED[name] ?? name;
  return callOf(operation) ? operation : undefined;
}

/** As `parseS3Call` reads the operation's request with one parameter more. */
function parse({ name, method, uri, parameters }: ModelledOperation, parameter?: string): S3Call {
  const headers: Record<string, string> = {};
  const query: string[] = [];
  const hasTo = ["?uploadId", "?partNumber", "?id", "x-amz-copy-source", "x-amz-object-attributes"];
  const given = [...parameters.filter((each) => hasTo.includes(each)), ...(parameter === undefined ? [] : [parameter])];
  if (name === "ListObjectVersions" && parameter === "?version-id-marker") given.push("?key-marker");
  for (const each of new Set(given)) {
    const value = VALUES[each] ?? "x";
    if (each.startsWith("?")) query.push(`${each.slice(1)}=${value}`);
    else headers[each.endsWith("-meta-") ? `${each}name` : each] = value;
  }
  const target = [uri, ...query].reduce((path, pair) => `${path}${path.includes("?") ? "&" : "?"}${pair}`);
  return parseS3Call(method, parseRequestTarget(target, undefined), headers);
}

function refusal(work: () => unknown): S3Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
}

const served = MODEL.filter((operation) => called(operation));
/** Its request is that of ListBuckets, but for its own parameter. */
const unserved = MODEL.filter((operation) => !called(operation) && operation.name !== "ListDirectoryBuckets");

describe("every operation of S3", () => {
  it.each(served.map((operation) => [operation.name, operation] as const))("%s is served as itself", (_, operation) => {
    expect(parse(operation).operation).toBe(called(operation));
  });

  it.each(unserved.map((operation) => [operation.name, operation] as const))(
    "%s is refused by its name",
    (name, operation) => {
      const error = refusal(() => parse(operation));
      expect(error?.code).toBe("NotImplemented");
      expect(error?.message).toContain(TODAYS_NAMES[name] ?? name);
    },
  );

  it("that lists directory buckets is refused by its name", () => {
    const target = parseRequestTarget("/?max-directory-buckets=1", undefined);
    expect(() => parseS3Call("GET", target, {})).toThrow(/ListDirectoryBuckets/);
  });
});

describe("every header and query parameter of S3", () => {
  it.each(served.map((operation) => [operation.name, operation] as const))(
    "of %s is taken, or refused by its name",
    (_, operation) => {
      for (const parameter of operation.parameters) {
        const name = parameter.replace("?", "");
        const error = refusal(() => parse(operation, parameter));
        const isTaken = HONOURED[called(operation)!].includes(parameter) || HARMLESS[name] !== undefined;
        if (isTaken) expect(error?.details.Header ?? error?.details.Parameter, parameter).toBeUndefined();
        else {
          expect(error, parameter).toMatchObject({ code: "NotImplemented" });
          expect(error?.message).toContain(name);
        }
      }
    },
  );

  it("is one of these where it is refused", () => {
    const refused = new Map<string, string[]>();
    for (const operation of served) {
      for (const parameter of operation.parameters) {
        const isTaken = HONOURED[called(operation)!].includes(parameter) || HARMLESS[parameter] !== undefined;
        if (!isTaken) refused.set(parameter, [...(refused.get(parameter) ?? []), operation.name]);
      }
    }
    expect(Object.fromEntries([...refused].sort())).toMatchInlineSnapshot(`
      {
        "x-amz-bucket-namespace": [
          "CreateBucket",
        ],
        "x-amz-checksum-md5": [
          "CompleteMultipartUpload",
          "PutObject",
          "UploadPart",
        ],
        "x-amz-checksum-sha512": [
          "CompleteMultipartUpload",
          "PutObject",
          "UploadPart",
        ],
        "x-amz-checksum-xxhash128": [
          "CompleteMultipartUpload",
          "PutObject",
          "UploadPart",
        ],
        "x-amz-checksum-xxhash3": [
          "CompleteMultipartUpload",
          "PutObject",
          "UploadPart",
        ],
        "x-amz-checksum-xxhash64": [
          "CompleteMultipartUpload",
          "PutObject",
          "UploadPart",
        ],
        "x-amz-copy-source-server-side-encryption-customer-algorithm": [
          "CopyObject",
          "UploadPartCopy",
        ],
        "x-amz-copy-source-server-side-encryption-customer-key": [
          "CopyObject",
          "UploadPartCopy",
        ],
        "x-amz-copy-source-server-side-encryption-customer-key-md5": [
          "CopyObject",
          "UploadPartCopy",
        ],
        "x-amz-if-match-initiated-time": [
          "AbortMultipartUpload",
        ],
        "x-amz-if-match-last-modified-time": [
          "DeleteObject",
        ],
        "x-amz-if-match-size": [
          "DeleteObject",
        ],
        "x-amz-mfa": [
          "DeleteObject",
          "DeleteObjects",
          "PutBucketVersioning",
        ],
        "x-amz-object-lock-legal-hold": [
          "CopyObject",
          "CreateMultipartUpload",
          "PutObject",
        ],
        "x-amz-object-lock-mode": [
          "CopyObject",
          "CreateMultipartUpload",
          "PutObject",
        ],
        "x-amz-object-lock-retain-until-date": [
          "CopyObject",
          "CreateMultipartUpload",
          "PutObject",
        ],
        "x-amz-server-side-encryption-aws-kms-key-id": [
          "CopyObject",
          "CreateMultipartUpload",
          "PutObject",
        ],
        "x-amz-server-side-encryption-bucket-key-enabled": [
          "CopyObject",
          "CreateMultipartUpload",
          "PutObject",
        ],
        "x-amz-server-side-encryption-context": [
          "CopyObject",
          "CreateMultipartUpload",
          "PutObject",
        ],
        "x-amz-server-side-encryption-customer-algorithm": [
          "CompleteMultipartUpload",
          "CopyObject",
          "CreateMultipartUpload",
          "GetObject",
          "GetObjectAttributes",
          "HeadObject",
          "ListParts",
          "PutObject",
          "UploadPart",
          "UploadPartCopy",
        ],
        "x-amz-server-side-encryption-customer-key": [
          "CompleteMultipartUpload",
          "CopyObject",
          "CreateMultipartUpload",
          "GetObject",
          "GetObjectAttributes",
          "HeadObject",
          "ListParts",
          "PutObject",
          "UploadPart",
          "UploadPartCopy",
        ],
        "x-amz-server-side-encryption-customer-key-md5": [
          "CompleteMultipartUpload",
          "CopyObject",
          "CreateMultipartUpload",
          "GetObject",
          "GetObjectAttributes",
          "HeadObject",
          "ListParts",
          "PutObject",
          "UploadPart",
          "UploadPartCopy",
        ],
        "x-amz-website-redirect-location": [
          "CopyObject",
          "CreateMultipartUpload",
          "PutObject",
        ],
        "x-amz-write-offset-bytes": [
          "PutObject",
        ],
      }
    `);
  });

  it("is in the table because S3 has it", () => {
    /** Of these the model says nothing: clients send them with every body, and HTTP has the last. */
    const beyond = ["content-md5", "x-amz-sdk-checksum-algorithm", /^x-amz-checksum-(crc|sha)/, "if-range"];
    for (const [operation, names] of Object.entries(HONOURED)) {
      const modelled = served.filter((each) => called(each) === operation);
      const known = new Set(
        modelled.flatMap(({ uri, parameters }) => [...parameters, `?${uri.split("?")[1]?.split("=")[0]}`]),
      );
      const strangers = names.filter((name) => !known.has(name) && !beyond.some((each) => name.match(each)));
      expect(strangers, operation).toEqual([]);
    }
  });
});

describe("a parameter that S3 does not have", () => {
  const call = (method: string, path: string, headers: Record<string, string> = {}) =>
    parseS3Call(method, parseRequestTarget(path, undefined), headers);

  it("is refused, whatever the method", () => {
    for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
      expect(refusal(() => call(method, "/b1b/k?newSubresource"))?.message, method).toContain("newSubresource");
      expect(refusal(() => call(method, "/b1b?newSubresource"))?.message, method).toContain("newSubresource");
    }
    expect(refusal(() => call("PUT", "/b1b/k", { "x-amz-new-feature": "1" }))?.message).toContain("x-amz-new-feature");
    expect(refusal(() => call("PUT", "/b1b/k", { "if-unmodified-since": "x" }))?.message).toContain(
      "if-unmodified-since",
    );
    expect(refusal(() => call("GET", "/b1b/k?acl&policy"))?.message).toContain("policy");
    expect(refusal(() => call("GET", "/b1b?location&acl"))?.message).toContain("acl");
  });

  it("is the client's own when it begins with x-", () => {
    expect(call("GET", "/b1b/k?x-id=GetObject&x-trace=7")).toMatchObject({ operation: "GetObject" });
  });

  it("may not be given twice", () => {
    expect(refusal(() => call("GET", "/b1b/k?versionId=a&versionId=b"))?.code).toBe("InvalidArgument");
  });
});

describe("a header that was signed in the query", () => {
  const headers = (path: string, sent: Record<string, string> = {}) =>
    headersOf(sent, parseRequestTarget(path, undefined).query);

  it("counts as the header", () => {
    const path = "/b1b/k?If-None-Match=%2A&X-Amz-Tagging=a%3Db&Content-MD5=x&X-Amz-Date=1&X-Amz-Expires=9&prefix=p";
    expect(headers(path)).toEqual({ "if-none-match": "*", "x-amz-tagging": "a=b", "content-md5": "x" });
  });

  it("is not overruled by one that nobody signed", () => {
    expect(refusal(() => headers("/b1b/k?If-Match=a", { "if-match": "b" }))?.code).toBe("InvalidArgument");
    expect(headers("/b1b/k?If-Match=a", { "if-match": "a" })).toEqual({ "if-match": "a" });
    expect(headers("/b1b/k?Content-Type=a/b", { "content-type": "x/y" })).toEqual({ "content-type": "a/b" });
  });
});
