/** Calls on single objects. */
import type { OpenObject } from "@sluice/drivers/bucket/bucket-store.ts";
import type { ByteRange, StoredObject } from "@sluice/drivers/bucket/stored-object.ts";
import { checkReadConditions, parseRange } from "@sluice/wire/s3/object-conditions.ts";
import {
  type RequestHeaders,
  readObjectAttributes,
  readWantedChecksum,
  requireHarmlessAcl,
  writeChecksum,
  writeObjectAttributes,
} from "@sluice/wire/s3/object-headers.ts";
import { aclXml, copiedXml, emptyTaggingXml } from "@sluice/wire/s3/responses.ts";
import type { S3Call } from "@sluice/wire/s3/s3-call.ts";
import { S3Error } from "@sluice/wire/s3/s3-error.ts";
import type { S3Answer } from "./s3-answer.ts";
import type { BucketCall } from "./s3-bucket-calls.ts";
import { requireCopyConditions, writePrecondition } from "./s3-conditions.ts";
import type { S3Context } from "./s3-context.ts";
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
      await store.delete(call.bucket, call.key, writePrecondition(context.headers));
      return { status: 204 };
    case "GetObjectAcl":
      store.head(call.bucket, call.key);
      return { status: 200, xml: aclXml(owner) };
    case "GetObjectTagging":
      store.head(call.bucket, call.key);
      return { status: 200, xml: emptyTaggingXml() };
    default:
      return call satisfies never;
  }
}

function readObject(call: ReadCall, { store, headers }: S3Context): S3Answer {
  const open = store.open(call.bucket, call.key);
  try {
    const answer = describeRead(call, headers, open);
    if (!answer.content) open.close();
    return answer;
  } catch (error) {
    open.close();
    throw error;
  }
}

function describeRead(call: ReadCall, headers: RequestHeaders, open: OpenObject): S3Answer {
  const { object } = open;
  const validators = { etag: `"${object.etag}"`, "last-modified": object.modifiedAt.toUTCString() };
  if (checkReadConditions(headers, object) === "not-modified") return { status: 304, headers: validators };
  const part = call.partNumber === undefined ? undefined : partRange(object, call.partNumber);
  const range = part ?? parseRange(headers.range, object.sizeBytes);
  const whole = { start: 0, end: object.sizeBytes - 1 };
  const wantsChecksum = headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED" && range === undefined;
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
  return { status: 200, headers: { etag: `"${object.etag}"`, ...writeChecksum(object.checksum) } };
}

async function copyObject(call: CopyCall, { store, headers }: S3Context): Promise<S3Answer> {
  const replaces = headers["x-amz-metadata-directive"]?.toUpperCase() === "REPLACE";
  const attributes = readObjectAttributes(headers);
  const checksum = readWantedChecksum(headers);
  const precondition = writePrecondition(headers);
  requireHarmlessAcl(headers);
  const isSame = call.source.bucket === call.bucket && call.source.key === call.key;
  if (isSame && !replaces && attributes.headers["x-amz-storage-class"] === undefined && !checksum) {
    throw new S3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const source = store.open(call.source.bucket, call.source.key);
  try {
    requireCopyConditions(headers, source.object);
    const object = await store.copy(source, call.bucket, call.key, {
      ...(replaces && { attributes }),
      ...(checksum && { checksum: checksum.algorithm }),
      ...(precondition && { precondition }),
    });
    return { status: 200, xml: copiedXml("CopyObjectResult", object) };
  } finally {
    source.close();
  }
}
