import type { S3Error } from "./s3-error.ts";
import { writeXml } from "./xml.ts";

export function errorXml(error: S3Error, request: { resource: string; requestId: string; hostId: string }): string {
  return writeXml(
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
