import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BucketFault } from "@sluice/bucket/store/bucket-fault.ts";
import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { RevisionSourceFault } from "@sluice/engine/ports/revision-source.ts";
import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import { sha256Hex } from "@sluice/wire/sigv4/canonical-request.ts";
import { verifySignature } from "@sluice/wire/sigv4/verify.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedBucketSource } from "../embedded-bucket/embedded-bucket-source.ts";
import { githubSource } from "../github/github-source.ts";
import { memoryRevisionSource } from "../memory/memory-revision-source.ts";
import { s3Source } from "./s3-source.ts";

const NOW = Date.UTC(2026, 10, 23, 18, 30);
const SECRET = "0123456789abcdefghijABCDEFGHIJ0123456789";
const clock = { now: () => NOW };
const settings = {
  endpoint: "https://minio.example:9000",
  region: "eu-central-1",
  accessKeyId: "AKIAEXTERNAL",
  secretAccessKey: SECRET,
};
const HELD = { key: "app/held.zip", sizeBytes: 5, etag: "5d41402abc4b2a76b9719d911017c592" };
const buckets: Pick<BucketStore, "head" | "open" | "sha256"> = {
  head: (bucket, key, version) => {
    if (bucket !== "my-artifacts") throw new BucketFault("NoSuchBucket", "The specified bucket does not exist.");
    if (key !== HELD.key) throw new BucketFault("NoSuchKey", "The specified key does not exist.");
    if (version !== undefined) throw new BucketFault("NoSuchVersion", "The specified version does not exist.");
    return { ...HELD, modifiedAt: new Date(NOW), attributes: { headers: {}, metadata: {} } };
  },
  sha256: async () => sha256Hex("hello"),
  open: (bucket, key) => ({
    object: buckets.head(bucket, key),
    segments: [],
    read: async function* () {
      yield Buffer.from("hello");
    },
    close: () => {},
  }),
};
const embedded = embeddedBucketSource.create(
  {},
  {
    ...clock,
    region: "us-east-1",
    buckets,
  },
);

const S3: RevisionLocation = {
  revisionType: "S3",
  s3Location: { bucket: "my-artifacts", key: "app/build 42+ä.zip", bundleType: "zip", eTag: "abc" },
};
const REVISIONS: Record<RevisionLocation["revisionType"], RevisionLocation> = {
  S3,
  GitHub: { revisionType: "GitHub", gitHubLocation: { repository: "owner/name", commitId: "a".repeat(40) } },
  String: { revisionType: "String", string: { content: "{}" } },
  AppSpecContent: { revisionType: "AppSpecContent", appSpecContent: { content: "{}" } },
};
const options = {
  publicEndpoint: "http://10.0.0.1:8400",
  hostKey: { accessKeyId: "AKIAHOST", secretAccessKey: SECRET },
};
const never = new AbortController().signal;

/** Every driver of the port. */
const SOURCES: readonly { readonly name: string; readonly source: RevisionSource }[] = [
  { name: "embedded-bucket", source: embedded },
  { name: "s3", source: s3Source.create(settings, clock) },
  { name: "github", source: githubSource.create({}, {}) },
  {
    name: "memory",
    source: memoryRevisionSource.create({}, { urls: new Map([[revisionKey(S3), "http://127.0.0.1/bundle"]]) }),
  },
];

describe.each(SOURCES)("the revision source $name", ({ name, source }) => {
  it("serves the kinds that it declares, the same at every call, and refuses all others", async () => {
    for (const revision of Object.values(REVISIONS)) {
      if (source.revisionTypes.includes(revision.revisionType)) {
        const located = await source.locate(revision, options, never);
        expect(located).toEqual(await source.locate(revision, options, never));
      } else {
        const refusal = source.locate(revision, options, never);
        await expect(refusal).rejects.toThrow(RevisionSourceFault);
        await expect(refusal).rejects.toThrow(`"${name}" serves no ${revision.revisionType}`);
      }
    }
  });

  it("does not begin when it was told to stop", async () => {
    const revision = REVISIONS[source.revisionTypes[0]!];
    await expect(source.locate(revision, options, AbortSignal.abort())).rejects.toThrow();
  });
});

/** As the server that the URL leads to sees it: refused unless the signature holds. */
function verify(url: string, nowMs: number): { host: string; path: string } {
  const [, host, path] = /^https?:\/\/([^/]+)(\/.*)$/.exec(url) as unknown as [string, string, string];
  const request = { method: "GET", path, headers: { host } };
  const parsed = parseAuthorization(request);
  verifySignature(parsed, { ...request, body: undefined }, SECRET, new Date(nowMs));
  return { host, path: path.slice(0, path.indexOf("?")) };
}

async function urlFrom(source: RevisionSource, revision: RevisionLocation, publicEndpoint = options.publicEndpoint) {
  const located = await source.locate(revision, { ...options, publicEndpoint }, never);
  if (located.by !== "url") throw new Error("no URL");
  return located.url;
}

describe("a presigned URL", () => {
  it("leads to the embedded bucket by the address that the host used, and holds for its time only", async () => {
    const url = await urlFrom(embedded, S3, "https://sluice.example:8443");
    expect(verify(url, NOW)).toEqual({
      host: "sluice.example:8443",
      path: "/my-artifacts/app/build%2042%2B%C3%A4.zip",
    });
    expect(() => verify(url, NOW + 899_000)).not.toThrow();
    expect(() => verify(url, NOW + 901_000)).toThrow(/expired/);
    expect(() => verify(url.replace("my-artifacts", "others"), NOW)).toThrow(/does not match/);
  });

  it("leads to the bucket in the path or in the host name of another S3 service", async () => {
    expect(verify(await urlFrom(s3Source.create(settings, clock), S3), NOW)).toEqual({
      host: "minio.example:9000",
      path: "/my-artifacts/app/build%2042%2B%C3%A4.zip",
    });
    expect(verify(await urlFrom(s3Source.create({ ...settings, pathStyle: false }, clock), S3), NOW)).toEqual({
      host: "my-artifacts.minio.example:9000",
      path: "/app/build%2042%2B%C3%A4.zip",
    });
  });

  it("names the version and carries the session", async () => {
    const revision: RevisionLocation = {
      revisionType: "S3",
      s3Location: { bucket: "b-1", key: "k", bundleType: "tgz", version: "v/1" },
    };
    const url = await urlFrom(s3Source.create({ ...settings, sessionToken: "tok+en" }, clock), revision);
    expect(url).toContain("versionId=v%2F1");
    expect(url).toContain("X-Amz-Security-Token=tok%2Ben");
    expect(() => verify(url, NOW)).not.toThrow();
  });

  it("into the embedded bucket is signed by the asking host's own key, and there is none for a host without a key", async () => {
    expect(await urlFrom(embedded, S3)).toContain("X-Amz-Credential=AKIAHOST%2F");
    expect(await embedded.locate(S3, { ...options, hostKey: undefined }, never)).toEqual({ by: "host" });
  });

  it("never shows the secret", async () => {
    expect(await urlFrom(embedded, S3)).not.toContain(SECRET);
  });
});

describe("looking for a bundle", () => {
  const held = (changes: object = {}): RevisionLocation => ({
    revisionType: "S3",
    s3Location: { bucket: "my-artifacts", key: HELD.key, bundleType: "zip", ...changes },
  });

  it("in the server's own buckets needs no request, and tells what is missing", async () => {
    const { etag: eTag, sizeBytes } = HELD;
    expect(await embedded.inspect(held(), never)).toEqual({ outcome: "found", sizeBytes, eTag });
    expect(await embedded.inspect(held({ bucket: "other" }), never)).toEqual({
      outcome: "missing",
      reason: "this server has no bucket other",
    });
    expect(await embedded.inspect(held({ key: "gone.zip" }), never)).toEqual({
      outcome: "missing",
      reason: "the bucket my-artifacts of this server has no object gone.zip",
    });
    expect(await embedded.inspect(held({ version: "v1" }), never)).toEqual({
      outcome: "missing",
      reason: "the bucket my-artifacts of this server has no version v1 of the object app/held.zip",
    });
  });

  it("in the server's own buckets says what each bundle is, byte for byte", async () => {
    expect(await embedded.digest(held(), never)).toEqual({ sha256: sha256Hex("hello") });
    expect(await embedded.digest(held({ key: "gone.zip" }), never)).toEqual({
      unknown: "the bucket my-artifacts of this server has no object gone.zip",
    });
  });

  it("reads whole bundles, and none that is too large", async () => {
    expect(Buffer.from(await embedded.read(held(), HELD.sizeBytes, never)).toString()).toBe("hello");
    await expect(embedded.read(held(), HELD.sizeBytes - 1, never)).rejects.toThrow(RevisionSourceFault);
  });

  describe("in an S3 service", () => {
    let server: Server;
    let answers: (request: IncomingMessage, response: ServerResponse) => void;
    let source: RevisionSource;
    const seen: string[] = [];

    beforeAll(async () => {
      server = createServer((request, response) => {
        seen.push(`${request.method} ${request.url?.split("?")[0]}`);
        answers(request, response);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      source = s3Source.create({ ...settings, endpoint: `http://127.0.0.1:${port}` }, clock);
    });
    afterAll(() => server.close());

    it("asks for its head only", async () => {
      answers = (_, response) => response.writeHead(200, { etag: '"abc"', "content-length": "42" }).end();
      expect(await source.inspect(held(), never)).toEqual({ outcome: "found", sizeBytes: 42, eTag: "abc" });
      expect(seen).toEqual(["HEAD /my-artifacts/app/held.zip"]);
    });

    it("takes only a 404 for a certain no", async () => {
      answers = (_, response) => response.writeHead(404).end();
      expect(await source.inspect(held(), never)).toMatchObject({ outcome: "missing" });
      answers = (_, response) => response.writeHead(403).end();
      expect(await source.inspect(held(), never)).toMatchObject({ outcome: "unchecked" });
      answers = (request) => request.socket.destroy();
      expect(await source.inspect(held(), never)).toMatchObject({ outcome: "unchecked" });
    });

    it("takes its checksum for the digest where it has one, and reads the bundle once where it has none", async () => {
      const hex = sha256Hex("hello");
      answers = (_, response) =>
        response
          .writeHead(200, { etag: '"abc"', "x-amz-checksum-sha256": Buffer.from(hex, "hex").toString("base64") })
          .end();
      seen.length = 0;
      expect(await source.digest(held(), never)).toEqual({ sha256: hex });
      expect(seen).toEqual(["HEAD /my-artifacts/app/held.zip"]);
      // What it computed over the checksums of an upload's parts is no digest of the bytes.
      answers = (request, response) => {
        response.writeHead(200, { etag: '"abc"', "x-amz-checksum-sha256": `${"A".repeat(43)}=-2` });
        response.end(request.method === "HEAD" ? undefined : "hello");
      };
      expect(await source.digest(held(), never)).toEqual({ sha256: hex });
      expect(await source.digest(held(), never)).toEqual({ sha256: hex });
      expect(seen.filter((each) => each.startsWith("GET"))).toHaveLength(1);
      answers = (_, response) => response.writeHead(403).end();
      expect(await source.digest(held({ key: "other" }), never)).toEqual({
        unknown: expect.stringContaining("HTTP 403"),
      });
      answers = (request) => request.socket.destroy();
      expect(await source.digest(held(), never)).toHaveProperty("unknown");
    });

    it("reads no more than it was told", async () => {
      answers = (_, response) => response.end("hello");
      expect(Buffer.from(await source.read(held(), 5, never)).toString()).toBe("hello");
      await expect(source.read(held(), 4, never)).rejects.toThrow("larger than 4 bytes");
      answers = (_, response) => response.writeHead(403).end("<Error/>");
      await expect(source.read(held(), 5, never)).rejects.toThrow("HTTP 403");
    });
  });
});
