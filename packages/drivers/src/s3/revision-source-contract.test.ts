import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { RevisionSourceFault } from "@sluice/engine/ports/revision-source.ts";
import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import { verifySignature } from "@sluice/wire/sigv4/verify.ts";
import { describe, expect, it } from "vitest";
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
const embedded = embeddedBucketSource.create(
  {},
  { ...clock, region: "us-east-1", serverKey: { accessKeyId: "AKIASERVER", secretAccessKey: SECRET } },
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
const options = { expiresSeconds: 900, publicEndpoint: "http://10.0.0.1:8400" };
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

  it("never shows the secret", async () => {
    expect(await urlFrom(embedded, S3)).not.toContain(SECRET);
  });
});
