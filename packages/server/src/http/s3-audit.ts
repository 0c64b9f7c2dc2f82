/** What the audit is told of the bucket's calls. */
import { needsOf } from "@sluice/bucket/http/s3-needs.ts";
import type { DoneS3Call } from "@sluice/bucket/http/s3-routes.ts";
import type { S3Call } from "@sluice/bucket/protocol/s3-call.ts";
import { parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import { canonicalAddress } from "../access/canonical-address.ts";
import type { Principal } from "../access/principal.ts";
import type { Audit } from "../audit/audit-recorder.ts";

/** Of calls that read one object and change another: the change is what it is to the audit. */
export function auditS3(
  audit: Audit,
  { message, requestId, principal, call, fault }: DoneS3Call<Principal>,
): Promise<void> | undefined {
  const needs = call ? needsOf(call) : [];
  return audit.record({
    principal,
    claimedAccessKeyId: principal ? undefined : claimedKeyId(message),
    sourceAddress: canonicalAddress(message.socket.remoteAddress ?? ""),
    userAgent: message.headers["user-agent"],
    action: needs.at(-1)?.action,
    operation: call?.operation,
    eventSource: "s3.amazonaws.com",
    parameters: call && (() => parametersOf(call)),
    resources: () => needs.flatMap(({ resource }) => (resource === undefined ? [] : [resource])),
    fault,
    requestId,
  });
}

const PARAMETERS = ["bucket", "key", "versionId", "uploadId", "partNumber", "source"] as const;

function parametersOf(call: S3Call): object {
  const given = call as Partial<Record<(typeof PARAMETERS)[number], unknown>>;
  return Object.fromEntries(PARAMETERS.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])));
}

function claimedKeyId({ url: path = "/", headers }: DoneS3Call<Principal>["message"]): string | undefined {
  try {
    return parseAuthorization({ path, headers }).accessKeyId;
  } catch {
    return undefined;
  }
}
