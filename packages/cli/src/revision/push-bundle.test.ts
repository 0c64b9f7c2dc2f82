import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pushBundle } from "./push-bundle.ts";

let s3: Server;
let refusal: { readonly status: number; readonly code: string; readonly message: string };

/** Has no bucket, and does not create one. */
beforeEach(async () => {
  s3 = createServer((request, response) => {
    request.resume();
    const isBucket = request.url === "/revisions";
    const { status, code, message } = isBucket
      ? refusal
      : { status: 404, code: "NoSuchBucket", message: "The specified bucket does not exist." };
    response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  });
  await new Promise<void>((resolve) => s3.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  s3.closeAllConnections();
  s3.close();
});

test.each([
  [
    507,
    "InsufficientStorage",
    "The server's disk is full. Free space on it.",
    /Free space on it \(InsufficientStorage\)$/,
  ],
  [503, "SlowDown", "Please reduce your request rate.", /Please reduce your request rate \(SlowDown\)$/],
  [
    403,
    "AccessDenied",
    "Access Denied",
    /Access Denied \(AccessDenied\)\. Have it created.*aws s3 mb s3:\/\/revisions/,
  ],
])("a bucket that cannot be created: HTTP %i is told in S3's own words", async (status, code, message, told) => {
  refusal = { status, code, message };
  const endpoint = `http://127.0.0.1:${(s3.address() as AddressInfo).port}`;
  const server = {
    region: "us-east-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a-secret" },
    endpoints: { codedeploy: endpoint, s3: endpoint, sts: endpoint, sluice: endpoint },
    tls: undefined,
    foundIn: "a test",
  };
  const pushed = pushBundle(server, { bucket: "revisions", key: "web.tgz", bytes: Buffer.from("x"), type: "tgz" });
  await expect(pushed).rejects.toThrow(told);
});
