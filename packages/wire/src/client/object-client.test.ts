import { createHash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { parseAuthorization } from "../sigv4/authorization.ts";
import { presignUrl } from "../sigv4/sign.ts";
import { verifySignature } from "../sigv4/verify.ts";
import { ServiceError, TransportError } from "./errors.ts";
import { downloadPresigned, objectClient } from "./object-client.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a-secret" };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A bucket in memory that proves every signature. */
async function serveObjects() {
  const objects = new Map<string, Buffer>();
  const endpoint = await serve(async (request, response) => {
    const body = await buffer(request);
    const plain = { method: request.method!, path: request.url!, headers: request.headers, body };
    verifySignature(parseAuthorization(plain), plain, credentials.secretAccessKey, new Date());
    const path = request.url!.split("?")[0]!;
    if (request.method === "PUT") {
      objects.set(path, body);
      const eTag = createHash("md5").update(body).digest("hex");
      response.writeHead(200, { etag: `"${eTag}"` }).end();
      return;
    }
    const stored = objects.get(path);
    if (stored === undefined) {
      response
        .writeHead(404)
        .end("<Error><Code>NoSuchKey</Code><Message>No a&amp;b</Message><RequestId>r-1</RequestId></Error>");
    } else {
      response.writeHead(200, { etag: '"e"', "content-length": stored.length }).end(stored);
    }
  });
  const client = objectClient({ endpoint, region: "us-east-1", credentials });
  closers.push(() => client.close());
  return { endpoint, client, objects };
}

function collector() {
  const chunks: Buffer[] = [];
  const writable = new Writable({
    write(chunk, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { writable, content: () => Buffer.concat(chunks) };
}

describe("objects", () => {
  it.each(["app.zip", "a b/ü€+&?#%.zip", "a/../b/./c", "a//b"])("with the key %j go up and come down", async (key) => {
    const { client } = await serveObjects();
    const body = Buffer.from(`content of ${key}`);
    expect(await client.putObject({ bucket: "bucket", key, body })).toEqual({
      eTag: createHash("md5").update(body).digest("hex"),
      versionId: undefined,
    });
    const got = await client.getObject({ bucket: "bucket", key });
    expect(got.sizeBytes).toBe(body.length);
    expect(await buffer(got.body)).toEqual(body);
  });

  it("that do not exist are a ServiceError", async () => {
    const { client } = await serveObjects();
    const error = await client.getObject({ bucket: "bucket", key: "none" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ code: "NoSuchKey", message: "No a&b", statusCode: 404, requestId: "r-1" });
  });
});

describe("a presigned download", () => {
  const presign = (endpoint: string) =>
    presignUrl({
      method: "GET",
      url: `${endpoint}/bucket/app.zip`,
      credentials,
      region: "us-east-1",
      service: "s3",
      now: new Date(),
      expiresSeconds: 60,
    });

  it("arrives whole", async () => {
    const { endpoint, client } = await serveObjects();
    const body = Buffer.alloc(1_000_000, "x");
    await client.putObject({ bucket: "bucket", key: "app.zip", body });
    const { writable, content } = collector();
    expect(await downloadPresigned(presign(endpoint), writable)).toBe(body.length);
    expect(content().equals(body)).toBe(true);
    expect(writable.writableFinished).toBe(true);
  });

  it("that is refused destroys its destination", async () => {
    const { endpoint } = await serveObjects();
    const { writable } = collector();
    await expect(downloadPresigned(presign(endpoint), writable)).rejects.toThrow(ServiceError);
    expect(writable.destroyed).toBe(true);
  });

  it("that breaks off is an error, not a short file", async () => {
    const endpoint = await serve((_, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("only this", () => response.destroy());
    });
    const { writable } = collector();
    await expect(downloadPresigned(presign(endpoint), writable)).rejects.toThrow(/ended early, after 9 of 100 bytes/);
    expect(writable.writableFinished).toBe(false);
  });

  it("that stalls is given up", async () => {
    const endpoint = await serve((_, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("only this");
    });
    const { writable } = collector();
    const download = downloadPresigned(presign(endpoint), writable, { idleTimeoutMs: 1_000 });
    await expect(download).rejects.toThrow(/no byte for 1000 ms/);
  });

  it.each([{ "content-length": "100" }, {}])("that is too large (%o) is refused", async (headers) => {
    const endpoint = await serve((_, response) => {
      response.writeHead(200, headers).end("x".repeat(100));
    });
    const download = downloadPresigned(presign(endpoint), collector().writable, { maxBytes: 99 });
    await expect(download).rejects.toThrow(TransportError);
  });

  it("ends with the signal's reason", async () => {
    const controller = new AbortController();
    const endpoint = await serve((_, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("only this", () => controller.abort(new Error("enough")));
    });
    const download = downloadPresigned(presign(endpoint), collector().writable, { signal: controller.signal });
    await expect(download).rejects.toThrow("enough");
  });
});
