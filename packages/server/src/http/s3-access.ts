/** Who may do what in the bucket. */
import type { S3Authorize } from "@sluice/bucket/http/s3-needs.ts";
import { S3Error } from "@sluice/bucket/protocol/s3-error.ts";
import { DatabaseAwayError, StatementTooSlowError } from "../store/database-away.ts";

/**
 * The rule of the three kinds of key: root may do everything, read-only reads and lists, a host reads what `mayHostRead` allows
 * and nothing else.
 */
export function authorizeByRole<Principal extends { readonly role: string }>(
  mayHostRead: (
    principal: Principal,
    bucket: string,
    key: string,
    versionId: string | undefined,
  ) => boolean | Promise<boolean>,
): S3Authorize<Principal> {
  return (principal, action, bucket, key, versionId) => {
    switch (principal.role) {
      case "root":
        return true;
      case "read-only":
        return action === "read" || action === "describe" || action === "list";
      case "host":
        if (action !== "read" || bucket === undefined || key === undefined) return false;
        return mayHostRead(principal, bucket, key, versionId);
      default:
        return false;
    }
  };
}

/** What a caller of S3 is told of the database, which is asked for keys and for what a host may read. Clients try it again by themselves. */
export function s3TroubleOf(error: unknown): S3Error | undefined {
  if (!(error instanceof DatabaseAwayError || error instanceof StatementTooSlowError)) return undefined;
  return new S3Error("ServiceUnavailable", "Service is unable to handle request.", {}, { cause: error });
}
