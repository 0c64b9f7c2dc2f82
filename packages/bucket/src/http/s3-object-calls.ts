/** Calls on single objects. */

import { checkReadConditions, isRangeWanted, parseRange } from "../protocol/object-conditions.ts";
import {
  type AttributesRead,
  ENCRYPTION_HEADER,
  type RequestHeaders,
  readObjectAttributes,
  readWantedChecksum,
  STORAGE_CLASS_HEADER,
  writeChecksum,
  writeEncryption,
  writeObjectAttributes,
} from "../protocol/object-headers.ts";
import { parseTagging } from "../protocol/object-tags.ts";
import { aclXml, copiedXml, objectAttributesXml, taggingXml } from "../protocol/responses.ts";
import type { S3Call } from "../protocol/s3-call.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import type { OpenObject } from "../store/bucket-store.ts";
import type { ByteRange, ObjectAttributes, StoredObject } from "../store/stored-object.ts";
import type { S3Answer } from "./s3-answer.ts";
import type { BucketCall } from "./s3-bucket-calls.ts";
import { requireCopyConditions, writePrecondition } from "./s3-conditions.ts";
import type { S3Context } from "./s3-context.ts";
import { sourceVersionHeader, storageClassOf, versionHeader, writtenVersionHeader } from "./s3-object-answers.ts";
import type { UploadCall } from "./s3-upload-calls.ts";

export type ObjectCall = Exclude<S3Call, BucketCall | UploadCall>;
type ReadCall = Extract<ObjectCall, { operation: "GetObject" | "HeadObject" }>;
type CopyCall = Extract<ObjectCall, { operation: "CopyObject" }>;

export async function answerObjectCall(call: ObjectCall, context: S3Context): Promise<S3Answer> {
  const { store, owner } = context;
  switch (call.operation) {
    case "GetObject":
    case "HeadObject":
      return readObject(call, context);
    case "PutObject":
      return putObject(call, context);
    case "CopyObject":
      return copyObject(call, context);
    case "DeleteObject":
      return deleteObject(call, context);
    case "GetObjectAcl":
      return { status: 200, headers: versionHeader(headOf(call, context)), xml: aclXml(owner) };
    case "GetObjectAttributes":
      return describeObject(call, context);
    case "GetObjectTagging": {
      const object = headOf(call, context);
      return { status: 200, headers: versionHeader(object), xml: taggingXml(object.attributes.tags) };
    }
    case "PutObjectTagging": {
      headOf(call, context);
      const tags = parseTagging(await context.body.text());
      const versionId = store.setTags(call.bucket, call.key, tags, call.versionId);
      return { status: 200, headers: versionHeader({ versionId }) };
    }
    case "DeleteObjectTagging": {
      const versionId = store.setTags(call.bucket, call.key, undefined, call.versionId);
      return { status: 204, headers: versionHeader({ versionId }) };
    }
    default:
      return call satisfies never;
  }
}

function headOf(call: { bucket: string; key: string; versionId?: string }, { store }: S3Context): StoredObject {
  return store.head(call.bucket, call.key, call.versionId);
}

async function deleteObject(
  call: Extract<ObjectCall, { operation: "DeleteObject" }>,
  { store, headers }: S3Context,
): Promise<S3Answer> {
  const precondition = writePrecondition(headers);
  const done = await store.delete(call.bucket, call.key, {
    ...(call.versionId !== undefined && { versionId: call.versionId }),
    ...(precondition && { precondition }),
  });
  return { status: 204, headers: { ...versionHeader(done), ...(done.isMarker && { "x-amz-delete-marker": "true" }) } };
}

function describeObject(
  call: Extract<ObjectCall, { operation: "GetObjectAttributes" }>,
  { store }: S3Context,
): S3Answer {
  const open = store.open(call.bucket, call.key, call.versionId);
  open.close();
  const { object, segments } = open;
  const partChecksums = segments.flatMap(({ checksum }) => checksum ?? []);
  const described = {
    ...object,
    storageClass: storageClassOf(object.attributes),
    ...(partChecksums.length === segments.length && { partChecksums }),
  };
  return {
    status: 200,
    headers: { "last-modified": object.modifiedAt.toUTCString(), ...versionHeader(object) },
    xml: objectAttributesXml(described, call),
  };
}

function readObject(call: ReadCall, { store, headers, now }: S3Context): S3Answer {
  const open = store.open(call.bucket, call.key, call.versionId);
  try {
    const answer = describeRead(call, headers, open, now);
    if (!answer.content) open.close();
    return answer;
  } catch (error) {
    open.close();
    throw error;
  }
}

function describeRead(call: ReadCall, headers: RequestHeaders, open: OpenObject, now: Date): S3Answer {
  const { object } = open;
  const validators = {
    etag: `"${object.etag}"`,
    "last-modified": object.modifiedAt.toUTCString(),
    ...versionHeader(object),
  };
  if (checkReadConditions(headers, object, now) === "not-modified") return { status: 304, headers: validators };
  if (call.partNumber !== undefined && headers.range !== undefined) {
    throw new S3Error("InvalidRequest", "Cannot specify both Range header and partNumber query parameter");
  }
  const part = call.partNumber === undefined ? undefined : partRange(object, call.partNumber);
  const range = part ?? (isRangeWanted(headers, object) ? parseRange(headers.range, object.sizeBytes) : undefined);
  const whole = { start: 0, end: object.sizeBytes - 1 };
  const wantsChecksum = wantsChecksums(headers) && range === undefined;
  return {
    status: range ? 206 : 200,
    headers: {
      ...validators,
      "accept-ranges": "bytes",
      ...writeObjectAttributes(object.attributes),
      ...call.overrides,
      ...(range && { "content-range": `bytes ${range.start}-${range.end}/${object.sizeBytes}` }),
      ...(part && object.partSizes && { "x-amz-mp-parts-count": String(object.partSizes.length) }),
      ...(wantsChecksum && writeChecksum(object.checksum)),
    },
    content: { object: open, range: range ?? whole },
  };
}

function wantsChecksums(headers: RequestHeaders): boolean {
  const mode = headers["x-amz-checksum-mode"];
  if (mode === undefined) return false;
  if (mode.toUpperCase() === "ENABLED") return true;
  throw invalidArgument("x-amz-checksum-mode", mode, "use ENABLED");
}

/** What was not uploaded in parts counts as one part. */
function partRange(object: StoredObject, partNumber: number): ByteRange | undefined {
  const sizes = object.partSizes ?? [object.sizeBytes];
  const size = sizes[partNumber - 1];
  if (size === undefined) {
    throw new S3Error("InvalidPartNumber", "The requested partnumber is not satisfiable", {
      PartNumberRequested: String(partNumber),
      ActualPartCount: String(sizes.length),
    });
  }
  if (size === 0) return undefined;
  const start = sizes.slice(0, partNumber - 1).reduce((sum, each) => sum + each, 0);
  return { start, end: start + size - 1 };
}

async function putObject(call: { bucket: string; key: string }, context: S3Context): Promise<S3Answer> {
  const { store, headers, body } = context;
  const precondition = writePrecondition(headers);
  const object = await store.put(call.bucket, call.key, body.stream(), {
    attributes: readObjectAttributes(headers),
    expectation: body.expectation(),
    ...(precondition && { precondition }),
  });
  return {
    status: 200,
    headers: {
      etag: `"${object.etag}"`,
      ...writeChecksum(object.checksum),
      ...writtenVersionHeader(object),
      ...writeEncryption(object.attributes),
    },
  };
}

async function copyObject(call: CopyCall, { store, headers, now }: S3Context): Promise<S3Answer> {
  const replaces = directive(headers, "metadata");
  const replacesTags = directive(headers, "tagging");
  const asked = readObjectAttributes(headers);
  const checksum = readWantedChecksum(headers);
  const precondition = writePrecondition(headers);
  const isSame = call.source.bucket === call.bucket && call.source.key === call.key;
  const changes = replaces || checksum || asked.headers[STORAGE_CLASS_HEADER] || asked.headers[ENCRYPTION_HEADER];
  // A copy of an older version makes it the current one again.
  if (isSame && !changes && call.source.versionId === undefined) {
    throw new S3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const source = store.open(call.source.bucket, call.source.key, call.source.versionId);
  try {
    requireCopyConditions(headers, source.object, now);
    const object = await store.copy(source, call.bucket, call.key, {
      attributes: attributesOfCopy(source.object.attributes, asked, { replaces, replacesTags }),
      ...(checksum && { checksum: checksum.algorithm }),
      ...(precondition && { precondition }),
    });
    return {
      status: 200,
      headers: {
        ...writtenVersionHeader(object),
        ...sourceVersionHeader(source.object),
        ...writeEncryption(object.attributes),
      },
      xml: copiedXml("CopyObjectResult", object),
    };
  } finally {
    source.close();
  }
}

/** Storage class and encryption are the copy's own, whatever else it takes from its source. */
function attributesOfCopy(
  source: ObjectAttributes,
  asked: AttributesRead,
  { replaces, replacesTags }: { replaces: boolean; replacesTags: boolean },
): ObjectAttributes {
  const { [STORAGE_CLASS_HEADER]: _, [ENCRYPTION_HEADER]: __, ...content } = source.headers;
  const own = [STORAGE_CLASS_HEADER, ENCRYPTION_HEADER].flatMap((name) =>
    asked.headers[name] === undefined ? [] : [[name, asked.headers[name]]],
  );
  const tags = replacesTags ? asked.tags : source.tags;
  return {
    headers: replaces ? asked.headers : { ...content, ...Object.fromEntries(own) },
    metadata: replaces ? asked.metadata : source.metadata,
    ...(tags && { tags }),
  };
}

/** Whether what the source has is replaced. Throws InvalidArgument. */
function directive(headers: RequestHeaders, what: "metadata" | "tagging"): boolean {
  const name = `x-amz-${what}-directive`;
  const value = headers[name] || "COPY";
  if (value !== "COPY" && value !== "REPLACE") {
    throw invalidArgument(name, value, `Unknown ${what} directive. Use COPY or REPLACE`);
  }
  return value === "REPLACE";
}
