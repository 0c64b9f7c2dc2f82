/**
 * The bucket in which functions' code lies, among those of the embedded bucket: so it is in backups. Its objects are named by their digests;
 * only this server writes and deletes them.
 */
export const FUNCTION_CODE_BUCKET = "sluice-function-code";

const ARN = `arn:aws:s3:::${FUNCTION_CODE_BUCKET}`;
const READS = /^s3:(Get|List)/;

/** Whether a call of S3 would change what is this server's own. */
export function changesFunctionCode(action: string, resource: string | undefined): boolean {
  return (resource === ARN || resource?.startsWith(`${ARN}/`) === true) && !READS.test(action);
}
