/** Calls on uploads in parts. */
import { CHECKSUM_ALGORITHMS } from "@sluice/wire/checksum/checksum.ts";
import { parseRange } from "../protocol/object-conditions.ts";
import {
  checksumHeader,
  type RequestHeaders,
  readChecksumType,
  readObjectAttributes,
  readWantedChecksum,
  writeChecksum,
  writeEncryption,
} from "../protocol/object-headers.ts";
import { parseCompletion } from "../protocol/request-bodies.ts";
import { copiedXml, partsXml, uploadCompletedXml, uploadCreatedXml } from "../protocol/responses.ts";
import type { S3Call } from "../protocol/s3-call.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import type { S3Answer } from "./s3-answer.ts";
import { requireCopyConditions, writePrecondition } from "./s3-conditions.ts";
import type { S3Context } from "./s3-context.ts";
import { sourceVersionHeader, storageClassOf, writtenVersionHeader } from "./s3-object-answers.ts";

const UPLOAD_OPERATIONS = [
  "CreateMultipartUpload",
  "UploadPart",
  "UploadPartCopy",
  "CompleteMultipartUpload",
  "AbortMultipartUpload",
  "ListParts",
] as const;

export type UploadCall = Extract<S3Call, { operation: (typeof UPLOAD_OPERATIONS)[number] }>;
type On<Operation extends UploadCall["operation"]> = Extract<UploadCall, { operation: Operation }>;

export function isUploadCall(call: S3Call): call is UploadCall {
  return (UPLOAD_OPERATIONS as readonly string[]).includes(call.operation);
}

export async function answerUploadCall(call: UploadCall, context: S3Context): Promise<S3Answer> {
  const { uploads } = context.store;
  switch (call.operation) {
    case "CreateMultipartUpload":
      return createUpload(call.bucket, call.key, context);
    case "UploadPart": {
      const { bucket, key, uploadId, partNumber } = call;
      const { body } = context;
      const { attributes } = uploads.get(bucket, key, uploadId);
      const part = await uploads.putPart(bucket, key, uploadId, partNumber, body.stream(), body.expectation());
      const headers = { etag: `"${part.etag}"`, ...writeChecksum(part.checksum), ...writeEncryption(attributes) };
      return { status: 200, headers };
    }
    case "UploadPartCopy":
      return copyPart(call, context);
    case "CompleteMultipartUpload":
      return completeUpload(call, context);
    case "AbortMultipartUpload":
      await uploads.abort(call.bucket, call.key, call.uploadId);
      return { status: 204 };
    case "ListParts": {
      const upload = uploads.get(call.bucket, call.key, call.uploadId);
      const parts = uploads.parts(call.bucket, call.key, call.uploadId);
      const xml = partsXml({ ...upload, bucket: call.bucket, storageClass: storageClassOf(upload.attributes) }, parts, {
        ...call,
        owner: context.owner,
      });
      return { status: 200, xml };
    }
    default:
      return call satisfies never;
  }
}

async function createUpload(bucket: string, key: string, { store, headers }: S3Context): Promise<S3Answer> {
  await store.sweepAbandonedUploads();
  const checksum = readWantedChecksum(headers);
  const upload = store.uploads.create(bucket, key, {
    attributes: readObjectAttributes(headers),
    ...(checksum && { checksum }),
  });
  return {
    status: 200,
    headers: {
      ...writeEncryption(upload.attributes),
      ...(upload.checksum && {
        "x-amz-checksum-algorithm": upload.checksum.algorithm,
        "x-amz-checksum-type": upload.checksum.type,
      }),
    },
    xml: uploadCreatedXml(bucket, key, upload.id),
  };
}

async function copyPart(call: On<"UploadPartCopy">, { store, headers, now }: S3Context): Promise<S3Answer> {
  const { bucket, key, uploadId, partNumber } = call;
  const { attributes } = store.uploads.get(bucket, key, uploadId);
  const source = store.open(call.source.bucket, call.source.key, call.source.versionId);
  try {
    requireCopyConditions(headers, source.object, now);
    const rangeHeader = headers["x-amz-copy-source-range"];
    const range = parseRange(rangeHeader, source.object.sizeBytes);
    if (rangeHeader !== undefined && !range) {
      throw invalidArgument(
        "x-amz-copy-source-range",
        rangeHeader,
        "The x-amz-copy-source-range value must be of the form bytes=first-last",
      );
    }
    const part = await store.uploads.putPart(bucket, key, uploadId, partNumber, source.read(range), {
      sizeBytes: range ? range.end - range.start + 1 : source.object.sizeBytes,
    });
    return {
      status: 200,
      headers: { ...sourceVersionHeader(source.object), ...writeEncryption(attributes) },
      xml: copiedXml("CopyPartResult", part),
    };
  } finally {
    source.close();
  }
}

async function completeUpload(call: On<"CompleteMultipartUpload">, context: S3Context): Promise<S3Answer> {
  const { store, headers, body, location } = context;
  const { bucket, key, uploadId } = call;
  const precondition = writePrecondition(headers);
  const expected = expectedWhole(headers);
  const object = await store.uploads.complete(bucket, key, uploadId, {
    parts: parseCompletion(await body.text({ checksummed: false })),
    expected,
    ...(precondition && { precondition }),
  });
  return {
    status: 200,
    headers: { ...writtenVersionHeader(object), ...writeEncryption(object.attributes) },
    xml: uploadCompletedXml(location(bucket, key), bucket, object),
  };
}

/** Here the checksum header speaks of the whole object and not of the request's body. */
function expectedWhole(headers: RequestHeaders) {
  const [algorithm, ...others] = CHECKSUM_ALGORITHMS.filter((each) => headers[checksumHeader(each)] !== undefined);
  if (others.length > 0) {
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const value = algorithm && headers[checksumHeader(algorithm)];
  const type = readChecksumType(headers);
  const size = headers["x-amz-mp-object-size"];
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw invalidArgument("x-amz-mp-object-size", size, "use bytes");
  return {
    ...(algorithm !== undefined && value !== undefined && { checksum: { algorithm, value } }),
    ...(type && { type }),
    ...(size !== undefined && { sizeBytes: Number(size) }),
  };
}
