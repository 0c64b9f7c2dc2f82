import type { S3Error } from "./s3-error.ts";
import { writeS3Xml } from "./s3-xml.ts";

export function errorXml(error: S3Error, request: { resource: string; requestId: string; hostId: string }): string {
  return writeS3Xml(
    "Error",
    {
      Code: error.code,
      Message: error.message,
      ...error.details,
      Resource: request.resource,
      RequestId: request.requestId,
      HostId: request.hostId,
    },
    { namespace: false },
  );
}
