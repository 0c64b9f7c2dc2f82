/** Who may do what in the bucket, and what is told of a database that cannot say. */
import type { NamedObject, S3Authorize } from "@sluice/bucket/http/s3-needs.ts";
import { S3Error } from "@sluice/bucket/protocol/s3-error.ts";
import { authorize } from "../access/authorize.ts";
import type { Principal } from "../access/principal.ts";
import { refusalInWords } from "../access/require-allowed.ts";
import { changesFunctionCode } from "../functions/function-code-bucket.ts";
import { DatabaseAwayError, StatementTooSlowError } from "../store/database-away.ts";

/** @param isOwnObject whether the object is one that a host's key may read: the bundle of its deployment */
export function s3Authorize(
  isOwnObject: (principal: Principal, object: NamedObject) => boolean | Promise<boolean>,
): S3Authorize<Principal> {
  return (principal, { action, resource = "*", object }) => {
    if (changesFunctionCode(action, resource)) return false;
    // DeleteObjects names its keys later, each of which is asked for.
    const isBatch = action === "s3:DeleteObject" && object === undefined && principal.role === "user";
    if (isBatch && authorize(principal, action, undefined) !== "refused") return true;
    const decision = authorize(principal, action, resource);
    if (decision === "refused" && principal.role === "user") return refusalInWords(principal, { action, resource });
    if (decision !== "own") return decision === "allowed";
    return object !== undefined && isOwnObject(principal, object);
  };
}

/** What a caller of S3 is told of the database, which is asked for keys and for what a host may read. Clients try it again by themselves. */
export function s3TroubleOf(error: unknown): S3Error | undefined {
  if (!(error instanceof DatabaseAwayError || error instanceof StatementTooSlowError)) return undefined;
  return new S3Error("ServiceUnavailable", "Service is unable to handle request.", {}, { cause: error });
}
