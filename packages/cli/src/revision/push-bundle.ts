import { ServiceError } from "@sluice/wire/client/errors.ts";
import { type ObjectClient, objectClient } from "@sluice/wire/client/object-client.ts";
import { type Connection, connectionTo } from "@sluice/wire/config/connection.ts";
import { CommandFailed } from "../command-failed.ts";
import type { BundleType } from "./bundle-types.ts";

const CREATE_BUCKET_TIMEOUT_MILLISECONDS = 30_000;

export interface BundleObject {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly type: BundleType;
}

const CONTENT_TYPES: Readonly<Record<BundleType, string>> = {
  tgz: "application/gzip",
  tar: "application/x-tar",
  zip: "application/zip",
};

/** Puts a bundle into a bucket, which is made if it is missing. */
export async function pushBundle(
  server: Connection,
  object: BundleObject,
): Promise<{ readonly eTag: string | undefined; readonly versionId: string | undefined }> {
  const client = objectClient(connectionTo(server, "s3"));
  const put = { bucket: object.bucket, key: object.key, body: object.bytes, contentType: CONTENT_TYPES[object.type] };
  try {
    return await client.putObject(put);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== "NoSuchBucket") throw error;
    await createBucket(client, object.bucket);
    return await client.putObject(put);
  } finally {
    client.close();
  }
}

async function createBucket(client: ObjectClient, bucket: string): Promise<void> {
  try {
    await client.createBucket(bucket, { timeoutMs: CREATE_BUCKET_TIMEOUT_MILLISECONDS });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // Only of a refused permission is another's doing the cure; a full disk or a busy server refuses `aws s3 mb` as well.
    const cure =
      error.code === "AccessDenied"
        ? `. Have it created by someone who may (aws s3 mb s3://${bucket}), or choose another with --bucket`
        : "";
    const problem = error.message.replace(/\.$/, "");
    throw new CommandFailed(
      `the bucket ${bucket} does not exist and could not be created: ${problem} (${error.code})${cure}`,
      { cause: error },
    );
  }
}
