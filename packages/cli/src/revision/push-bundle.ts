import { connectionAgent } from "@sluice/wire/client/connection-agent.ts";
import { ServiceError } from "@sluice/wire/client/errors.ts";
import { exchange } from "@sluice/wire/client/http-exchange.ts";
import { objectClient } from "@sluice/wire/client/object-client.ts";
import { type Connection, connectionTo } from "@sluice/wire/config/connection.ts";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import { CommandFailed } from "../command-failed.ts";
import type { BundleType } from "./bundle-types.ts";

export const REVISIONS_BUCKET_DEFAULT = "sluice-revisions";

const CREATE_BUCKET_TIMEOUT_MILLISECONDS = 30_000;
const HTTP_OK = 200;

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
    await createBucket(server, object.bucket);
    return await client.putObject(put);
  } finally {
    client.close();
  }
}

async function createBucket(server: Connection, bucket: string): Promise<void> {
  const { endpoint, tls } = connectionTo(server, "s3");
  const { region, credentials } = server;
  const url = `${endpoint.replace(/\/+$/, "")}/${encodeURIComponent(bucket)}`;
  const headers = signRequest({ method: "PUT", url, credentials, region, service: "s3", now: new Date() });
  const agent = connectionAgent(url.startsWith("https:") ? "https:" : "http:", tls);
  try {
    const request = { method: "PUT", url, headers: { ...headers, "content-length": "0" }, agent };
    const answer = await exchange({ ...request, timeoutMs: CREATE_BUCKET_TIMEOUT_MILLISECONDS });
    answer.resume();
    if (answer.statusCode === HTTP_OK) return;
    throw new CommandFailed(
      `the bucket ${bucket} does not exist and could not be created (HTTP ${answer.statusCode}). Create it with \`aws s3 mb s3://${bucket}\`, or choose another with --bucket`,
    );
  } finally {
    agent.destroy();
  }
}
