import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { type ParsedAuthorization, parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import { ChunkSigner } from "@sluice/wire/sigv4/chunk-signer.ts";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasAwsCli, hasBoto3 } from "../installation/installed-programs.fixture.ts";
import { outputOf, runAws, runProgram } from "../installation/sluice-server.fixture.ts";
import { clientEnvironment, HOST_OBJECT, KEYS, startBucketServer } from "./bucket-server.fixture.ts";

const ROOT = "AKIAROOTROOTROOTROOT";
const MEBIBYTE = 1024 ** 2;
const run = promisify(execFile);
let server: Awaited<ReturnType<typeof startBucketServer>>;
let work: string;

beforeAll(async () => {
  server = await startBucketServer();
  server.store.createBucket("revisions");
  work = mkdtempSync(join(tmpdir(), "bucket-client-"));
});

afterAll(async () => {
  await server.close();
  rmSync(work, { recursive: true });
  expect(server.internalErrors).toEqual([]);
});

const hasAws = hasAwsCli();
const hasBoto = hasBoto3();

describe("the aws CLI", () => {
  beforeEach((context) => context.skip(!hasAws, "aws is not installed: pip install awscli"));

  async function aws(...args: string[]): Promise<string> {
    return outputOf("aws", args, await runAws(args, clientEnvironment(ROOT, server.endpoint), work));
  }

  it("says the same from a process that has imported it as by a start of its own", async () => {
    const environment = clientEnvironment(ROOT, server.endpoint);
    const args = ["s3", "ls", "s3://no-such-bucket"];
    const own = await runProgram("aws", args, environment, work);
    expect(own.exitCode).not.toBe(0);
    expect(await runAws(args, environment, work)).toEqual(own);
  });

  it("makes, fills, lists, copies, syncs, empties and removes a bucket", async () => {
    await aws("s3", "mb", "s3://cli-bucket");
    expect(await aws("s3", "ls")).toContain("cli-bucket");
    writeFileSync(join(work, "small.txt"), "hello");
    await aws("s3", "cp", "small.txt", "s3://cli-bucket/a b+c&é/small.txt", "--metadata", "owner=ops");
    expect(await aws("s3", "ls", "s3://cli-bucket")).toContain("PRE a b+c&é/");
    expect(await aws("s3", "ls", "s3://cli-bucket", "--recursive")).toContain("a b+c&é/small.txt");
    await aws("s3", "cp", "s3://cli-bucket/a b+c&é/small.txt", "back.txt");
    expect(readFileSync(join(work, "back.txt"), "utf8")).toBe("hello");
    await aws("s3", "mb", "s3://cli-other");
    await aws("s3", "cp", "s3://cli-bucket", "s3://cli-other/copied", "--recursive");
    const head = JSON.parse(
      await aws("s3api", "head-object", "--bucket", "cli-other", "--key", "copied/a b+c&é/small.txt"),
    );
    expect(head).toMatchObject({ ContentLength: 5, ContentType: "text/plain", Metadata: { owner: "ops" } });
    mkdirSync(join(work, "tree/deep"), { recursive: true });
    // S3 tells times in whole seconds: a file as young as its copy would look newer to the CLI.
    const earlier = new Date(Date.now() - 60_000);
    for (const name of ["one", "two", "deep/three"]) {
      writeFileSync(join(work, "tree", name), name);
      utimesSync(join(work, "tree", name), earlier, earlier);
    }
    await aws("s3", "sync", "tree", "s3://cli-bucket/tree");
    expect(await aws("s3", "sync", "tree", "s3://cli-bucket/tree")).toBe("");
    rmSync(join(work, "tree/two"));
    expect(await aws("s3", "sync", "tree", "s3://cli-bucket/tree", "--delete")).toContain(
      "delete: s3://cli-bucket/tree/two",
    );
    await expect(aws("s3", "rb", "s3://cli-bucket")).rejects.toThrow(/BucketNotEmpty/);
    await aws("s3", "rm", "s3://cli-bucket", "--recursive");
    await aws("s3", "rb", "s3://cli-bucket");
    await aws("s3", "rb", "s3://cli-other", "--force");
    expect(await aws("s3", "ls")).not.toContain("cli-");
  });

  it("sends and fetches 20 MB in parts, and copies them on the server", async () => {
    const bytes = randomBytes(20 * MEBIBYTE);
    writeFileSync(join(work, "big"), bytes);
    await aws("s3", "cp", "big", "s3://revisions/big");
    await aws("s3", "cp", "s3://revisions/big", "s3://revisions/big-copy");
    await aws("s3", "cp", "s3://revisions/big-copy", "big-back");
    expect(readFileSync(join(work, "big-back")).equals(bytes)).toBe(true);
    expect(server.store.head("revisions", "big-copy").partSizes).toEqual([8, 8, 4].map((size) => size * MEBIBYTE));
  });

  it("takes a stream from standard input", async () => {
    await run("sh", ["-c", "printf streamed | aws s3 cp - s3://revisions/stdin"], {
      env: clientEnvironment(ROOT, server.endpoint),
    });
    expect(server.store.head("revisions", "stdin").sizeBytes).toBe(8);
  });

  it("presigns URLs that plain HTTP clients open, and no others", async () => {
    writeFileSync(join(work, "signed"), "signed");
    await aws("s3", "cp", "signed", "s3://revisions/dir/signed é");
    const url = (await aws("s3", "presign", "s3://revisions/dir/signed é", "--expires-in", "60")).trim();
    expect(await (await fetch(url)).text()).toBe("signed");
    const forged = await fetch(url.replace("signed", "other"));
    expect(forged.status).toBe(403);
    expect(await forged.text()).toContain("<Code>SignatureDoesNotMatch</Code>");
  });

  it("reads the errors", async () => {
    await expect(aws("s3", "ls", "s3://no-such-bucket")).rejects.toThrow(/NoSuchBucket/);
    await expect(aws("s3api", "get-object", "--bucket", "revisions", "--key", "none", "x")).rejects.toThrow(
      /NoSuchKey/,
    );
    await expect(aws("s3", "cp", "s3://revisions/none", "x")).rejects.toThrow(/404/);
    await expect(aws("s3api", "create-bucket", "--bucket", "Bad_Name")).rejects.toThrow(/InvalidBucketName/);
    const sse = aws("s3", "cp", "signed", "s3://revisions/sse", "--sse", "aws:kms");
    await expect(sse).rejects.toThrow(/NotImplemented/);
  });
});

describe("boto3", () => {
  beforeEach((context) => context.skip(!hasBoto, "boto3 is not installed: pip install boto3"));

  async function python(script: string): Promise<string> {
    const prelude = `
import boto3, hashlib, io, json, os
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
s3 = boto3.client("s3")
def code(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
`;
    const { stdout } = await run("python3", ["-c", prelude + script], {
      env: clientEnvironment(ROOT, server.endpoint),
    });
    return stdout;
  }

  it("transfers in parts by its own thresholds", async () => {
    await python(`
data = os.urandom(17 * 1024 * 1024)
config = TransferConfig(multipart_threshold=5 * 1024 * 1024, multipart_chunksize=6 * 1024 * 1024)
s3.upload_fileobj(io.BytesIO(data), "revisions", "boto/parts", Config=config, ExtraArgs={"Metadata": {"k": "v"}})
back = io.BytesIO()
s3.download_fileobj("revisions", "boto/parts", back, Config=config)
assert back.getvalue() == data
head = s3.head_object(Bucket="revisions", Key="boto/parts", ChecksumMode="ENABLED")
digests = b"".join(hashlib.md5(data[i:i + 6 * 1024 * 1024]).digest() for i in range(0, len(data), 6 * 1024 * 1024))
assert head["ETag"] == '"%s-3"' % hashlib.md5(digests).hexdigest(), head
assert head["Metadata"] == {"k": "v"} and head["ChecksumCRC32"].endswith("-3"), head
part = s3.get_object(Bucket="revisions", Key="boto/parts", PartNumber=3)
assert part["PartsCount"] == 3 and part["Body"].read() == data[12 * 1024 * 1024:], part
s3.copy({"Bucket": "revisions", "Key": "boto/parts"}, "revisions", "boto/copied", Config=config)
assert s3.get_object(Bucket="revisions", Key="boto/copied")["Body"].read() == data
s3.copy_object(Bucket="revisions", Key="boto/single", CopySource="revisions/boto/parts")
assert s3.head_object(Bucket="revisions", Key="boto/single")["ETag"] == '"%s"' % hashlib.md5(data).hexdigest()
`);
  });

  it("pages through listings, and empties a versionless bucket by versions", async () => {
    await python(`
s3.create_bucket(Bucket="boto-list")
keys = ["a", "b/1", "b/2", "c/1", "d", "odd &<>\\x01\\r\\n+% é", "\\U0001f600"]
for key in keys:
    s3.put_object(Bucket="boto-list", Key=key, Body=b"x")
expected = sorted(keys, key=lambda key: key.encode())
for name in ["list_objects", "list_objects_v2"]:
    for size in [1, 2, 1000]:
        pages = s3.get_paginator(name).paginate(Bucket="boto-list", PaginationConfig={"PageSize": size})
        assert [o["Key"] for page in pages for o in page.get("Contents", [])] == expected, (name, size)
        pages = list(s3.get_paginator(name).paginate(Bucket="boto-list", Delimiter="/", PaginationConfig={"PageSize": size}))
        assert [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])] == ["b/", "c/"], (name, size)
s3.delete_object(Bucket="boto-list", Key=keys[5])  # XML, in which deletions go out, has no place for \\x01
boto3.resource("s3").Bucket("boto-list").object_versions.delete()
assert s3.list_objects_v2(Bucket="boto-list")["KeyCount"] == 0
s3.delete_bucket(Bucket="boto-list")
`);
  });

  it("keeps what is said of an object, and reads by conditions and ranges", async () => {
    await python(`
put = s3.put_object(Bucket="revisions", Key="boto/full", Body=b"0123456789", ContentType="text/x", CacheControl="no-cache",
    ContentDisposition="inline", ContentEncoding="gzip", ContentLanguage="en", Metadata={"a": "b  c"}, ChecksumAlgorithm="SHA256")
got = s3.get_object(Bucket="revisions", Key="boto/full", ChecksumMode="ENABLED")
assert got["Body"].read() == b"0123456789" and got["ChecksumSHA256"] == put["ChecksumSHA256"]
assert (got["ContentType"], got["CacheControl"], got["ContentDisposition"], got["ContentEncoding"], got["ContentLanguage"]) == \\
    ("text/x", "no-cache", "inline", "gzip", "en")
assert "VersionId" not in got and got["ResponseMetadata"]["RequestId"]
on = dict(Bucket="revisions", Key="boto/full")
assert s3.get_object(**on, Range="bytes=2-4")["Body"].read() == b"234"
assert s3.get_object(**on, Range="bytes=-3")["ContentRange"] == "bytes 7-9/10"
assert code(s3.get_object, **on, Range="bytes=10-") == "InvalidRange"
assert code(s3.get_object, **on, IfMatch='"0"') == "PreconditionFailed"
assert code(s3.get_object, **on, IfNoneMatch=put["ETag"]) == "304"
assert code(s3.get_object, **on, IfModifiedSince=got["LastModified"]) == "304"
assert code(s3.put_object, **on, Body=b"", IfNoneMatch="*") == "PreconditionFailed"
assert code(s3.put_object, **on, Body=b"", IfMatch='"0"') == "PreconditionFailed"
s3.put_object(**on, Body=b"next", IfMatch=put["ETag"])
assert s3.get_object(**on, ResponseContentType="a/b")["ContentType"] == "a/b"
s3.copy_object(**on, CopySource="revisions/boto/full", MetadataDirective="REPLACE", Metadata={"n": "1"})
assert s3.head_object(**on)["Metadata"] == {"n": "1"}
assert code(s3.copy_object, **on, CopySource="revisions/boto/full") == "InvalidRequest"
assert code(s3.put_object, **on, Body=b"x", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==") == "BadDigest"
assert code(s3.put_object, **on, Body=b"x", ChecksumCRC32="AAAAAA==") == "BadDigest"
assert code(s3.put_object, Bucket="absent", Key="k", Body=b"x" * 8 * 1024 * 1024) == "NoSuchBucket"
assert code(s3.put_object, Bucket="revisions", Key="k" * 1025, Body=b"") == "KeyTooLongError"
assert code(s3.put_object, **on, Body=b"x", ACL="public-read") == "AccessControlListNotSupported"
assert code(s3.put_object, **on, Body=b"x", Metadata={"m": "x" * 2048}) == "MetadataTooLarge"
`);
  });

  it("refuses wrong parts and presigns uploads", async () => {
    await python(`
import urllib.request
on = dict(Bucket="revisions", Key="boto/wrong")
upload = s3.create_multipart_upload(**on)["UploadId"]
etags = [s3.upload_part(**on, UploadId=upload, PartNumber=n, Body=b"x")["ETag"] for n in (1, 2)]
parts = lambda *which: {"Parts": [{"PartNumber": n, "ETag": etag} for n, etag in which]}
complete = lambda *which: code(s3.complete_multipart_upload, **on, UploadId=upload, MultipartUpload=parts(*which))
assert complete((1, etags[0]), (2, etags[1])) == "EntityTooSmall"
assert complete((2, etags[1]), (1, etags[0])) == "InvalidPartOrder"
assert complete((3, etags[0])) == "InvalidPart"
s3.abort_multipart_upload(**on, UploadId=upload)
assert complete((1, etags[0])) == "NoSuchUpload"
url = s3.generate_presigned_url("put_object", Params={"Bucket": "revisions", "Key": "boto/presigned"})
urllib.request.urlopen(urllib.request.Request(url, data=b"by url", method="PUT", headers={"Content-Type": ""})).read()
assert s3.get_object(Bucket="revisions", Key="boto/presigned")["Body"].read() == b"by url"
`);
  });

  it("finds buckets by virtual host", async () => {
    await python(`
virtual = boto3.client("s3", endpoint_url="http://localhost:${server.port}", config=Config(s3={"addressing_style": "virtual"}))
import socket
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolve("127.0.0.1" if host.endswith("localhost") else host, *rest, **more)
virtual.put_object(Bucket="revisions", Key="virtual/host", Body=b"v")
assert virtual.list_objects_v2(Bucket="revisions", Prefix="virtual/")["Contents"][0]["Key"] == "virtual/host"
assert s3.get_object(Bucket="revisions", Key="virtual/host")["Body"].read() == b"v"
`);
  });
});

describe("the AWS SDK for JavaScript", () => {
  function client(accessKeyId = ROOT): S3Client {
    return new S3Client({
      endpoint: server.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey: KEYS[accessKeyId]!.secret },
    });
  }
  const on = { Bucket: "revisions", Key: "js/object" };

  it("stores and verifies every checksum", async () => {
    const s3 = client();
    for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
      const Body = randomBytes(100_000);
      const put = await s3.send(new PutObjectCommand({ ...on, Body, ChecksumAlgorithm }));
      expect(put.ETag).toBe(`"${createHash("md5").update(Body).digest("hex")}"`);
      const got = await s3.send(new GetObjectCommand({ ...on, ChecksumMode: "ENABLED" }));
      expect(Buffer.from(await got.Body!.transformToByteArray()).equals(Body)).toBe(true);
      expect(got[`Checksum${ChecksumAlgorithm}`]).toBe(put[`Checksum${ChecksumAlgorithm}`]);
      expect(put[`Checksum${ChecksumAlgorithm}`]).toBeTypeOf("string");
      expect(got.ChecksumType).toBe("FULL_OBJECT");
    }
  });

  it("uploads parts under a checksum of the whole object, and lists what is unfinished", async () => {
    const s3 = client();
    const created = await s3.send(
      new CreateMultipartUploadCommand({ ...on, ChecksumAlgorithm: "CRC64NVME", ChecksumType: "FULL_OBJECT" }),
    );
    const upload = { ...on, UploadId: created.UploadId };
    const first = randomBytes(5 * MEBIBYTE);
    const Parts = [];
    for (const [i, Body] of [first, Buffer.from("tail")].entries()) {
      const PartNumber = i + 1;
      const sent = await s3.send(
        new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: "CRC64NVME" }),
      );
      Parts.push({ PartNumber, ETag: sent.ETag, ChecksumCRC64NVME: sent.ChecksumCRC64NVME });
    }
    const listed = await s3.send(new ListPartsCommand({ ...upload, MaxParts: 1 }));
    expect(listed.Parts).toMatchObject([{ PartNumber: 1, Size: 5 * MEBIBYTE }]);
    expect(listed.IsTruncated).toBe(true);
    const unfinished = await s3.send(new ListMultipartUploadsCommand({ Bucket: "revisions", Prefix: "js/" }));
    expect(unfinished.Uploads).toMatchObject([{ Key: "js/object", UploadId: created.UploadId }]);
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const whole = await s3.send(
      new PutObjectCommand({
        ...on,
        Body: Buffer.concat([first, Buffer.from("tail")]),
        ChecksumAlgorithm: "CRC64NVME",
      }),
    );
    expect(done.ChecksumCRC64NVME).toBe(whole.ChecksumCRC64NVME);
  });

  it("deletes by the list, copies, and reads both listings", async () => {
    const s3 = client();
    await s3.send(new CreateBucketCommand({ Bucket: "js-bucket" }));
    for (const Key of ["a", "b", "c"]) await s3.send(new PutObjectCommand({ Bucket: "js-bucket", Key, Body: Key }));
    await s3.send(new CopyObjectCommand({ Bucket: "js-bucket", Key: "d", CopySource: "js-bucket/a" }));
    const v2 = await s3.send(new ListObjectsV2Command({ Bucket: "js-bucket", StartAfter: "a", MaxKeys: 2 }));
    expect(v2.Contents?.map((each) => each.Key)).toEqual(["b", "c"]);
    const v1 = await s3.send(new ListObjectsCommand({ Bucket: "js-bucket", Marker: "c" }));
    expect(v1.Contents?.map((each) => each.Key)).toEqual(["d"]);
    const versions = await s3.send(new ListObjectVersionsCommand({ Bucket: "js-bucket" }));
    expect(versions.Versions?.map((each) => each.VersionId)).toEqual(["null", "null", "null", "null"]);
    const gone = await s3.send(
      new DeleteObjectsCommand({ Bucket: "js-bucket", Delete: { Objects: [{ Key: "a" }, { Key: "none" }] } }),
    );
    expect(gone.Deleted?.map((each) => each.Key)).toEqual(["a", "none"]);
    await expect(s3.send(new HeadObjectCommand({ Bucket: "js-bucket", Key: "a" }))).rejects.toMatchObject({
      name: "NotFound",
      $metadata: { httpStatusCode: 404 },
    });
  });

  it("learns what a bucket is and is not", async () => {
    const s3 = client();
    expect((await s3.send(new HeadBucketCommand({ Bucket: "revisions" }))).BucketRegion).toBe("us-east-1");
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: "revisions" }))).LocationConstraint).toBeUndefined();
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket: "revisions" }))).Status).toBeUndefined();
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket: "revisions" }))).rejects.toMatchObject({
      name: "NoSuchBucketPolicy",
    });
    await expect(s3.send(new HeadBucketCommand({ Bucket: "absent" }))).rejects.toMatchObject({ name: "NotFound" });
  });

  it("is held to the role of its key", async () => {
    const root = client();
    await root.send(new PutObjectCommand({ ...on, Body: "x" }));
    await root.send(new PutObjectCommand({ Bucket: HOST_OBJECT.bucket, Key: HOST_OBJECT.key, Body: "bundle" }));
    const denied = { name: "AccessDenied" };
    const reader = client("AKIAREADREADREADREAD");
    expect(await (await reader.send(new GetObjectCommand(on))).Body!.transformToString()).toBe("x");
    await expect(reader.send(new PutObjectCommand({ ...on, Body: "y" }))).rejects.toMatchObject(denied);
    // S3 would refuse each key by itself. Of a caller who may write none of them, the list is not read.
    await expect(
      reader.send(new DeleteObjectsCommand({ Bucket: "revisions", Delete: { Objects: [{ Key: on.Key }] } })),
    ).rejects.toMatchObject(denied);
    const host = client("AKIAHOSTHOSTHOSTHOST");
    const own = { Bucket: HOST_OBJECT.bucket, Key: HOST_OBJECT.key };
    expect(await (await host.send(new GetObjectCommand(own))).Body!.transformToString()).toBe("bundle");
    await expect(host.send(new GetObjectCommand(on))).rejects.toMatchObject(denied);
    await expect(host.send(new ListObjectsV2Command({ Bucket: "revisions" }))).rejects.toMatchObject(denied);
    await expect(host.send(new CopyObjectCommand({ ...own, CopySource: "revisions/js/object" }))).rejects.toMatchObject(
      denied,
    );
  });
});

describe("over TLS", () => {
  let secure: Awaited<ReturnType<typeof startBucketServer>>;

  beforeAll(async () => {
    secure = await startBucketServer({ tls: true });
    secure.store.createBucket("revisions");
  });

  afterAll(async () => {
    await secure.close();
    expect(secure.internalErrors).toEqual([]);
  });

  function environment() {
    return { ...clientEnvironment(ROOT, secure.endpoint), AWS_CA_BUNDLE: secure.certificateFile };
  }

  async function expectTrailers(key: string, bytes: Buffer) {
    expect(secure.payloadForms).toContain("STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    const stored = secure.store.head("revisions", key);
    expect(stored.checksum?.value).toBeTypeOf("string");
    const chunks: Buffer[] = [];
    const open = secure.store.open("revisions", key);
    for await (const chunk of open.read()) chunks.push(chunk);
    open.close();
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    secure.payloadForms.clear();
  }

  it("the aws CLI sends checksums in trailers, in parts too", async (context) => {
    context.skip(!hasAws, "aws is not installed: pip install awscli");
    const aws = async (...args: string[]) => outputOf("aws", args, await runAws(args, environment(), work));
    const bytes = randomBytes(20 * MEBIBYTE);
    writeFileSync(join(work, "tls-big"), bytes);
    await aws("s3", "cp", "tls-big", "s3://revisions/cli");
    await expectTrailers("cli", bytes);
    await aws("s3", "cp", "s3://revisions/cli", "tls-back");
    expect(readFileSync(join(work, "tls-back")).equals(bytes)).toBe(true);
  });

  it("the AWS SDK for JavaScript streams what it cannot hash beforehand", async () => {
    const s3 = new S3Client({
      endpoint: secure.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: ROOT, secretAccessKey: KEYS[ROOT]!.secret },
      requestHandler: { httpsAgent: new Agent({ ca: readFileSync(secure.certificateFile) }) },
    });
    const bytes = randomBytes(3 * MEBIBYTE);
    const Body = Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]);
    await s3.send(new PutObjectCommand({ Bucket: "revisions", Key: "js", Body, ContentLength: bytes.length }));
    await expectTrailers("js", bytes);
  });
});

describe("bare requests", () => {
  const credentials = { accessKeyId: ROOT, secretAccessKey: KEYS[ROOT]!.secret };

  /** `body` may be made from the request's own signature, as signed chunks are. */
  async function send(
    method: string,
    path: string,
    body: Buffer | ((authorization: ParsedAuthorization) => Buffer),
    claimed = body instanceof Buffer
      ? createHash("sha256").update(body).digest("hex")
      : "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    extra: Record<string, string> = {},
  ) {
    const url = `${server.endpoint}${path}`;
    const headers = signRequest({
      method,
      url,
      credentials,
      headers: extra,
      region: "us-east-1",
      service: "s3",
      now: new Date(),
      payloadHash: claimed,
    });
    const bytes = typeof body === "function" ? body(parseAuthorization({ path, headers })) : body;
    return await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const request = httpRequest(
        url,
        { method, path, headers: { ...headers, "content-length": bytes.length } },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk) => {
            text += chunk;
          });
          response.on("end", () => resolve({ status: response.statusCode!, text }));
        },
      );
      request.on("error", reject);
      request.end(bytes);
    });
  }

  it("are refused when the body is not the one that was signed, and change nothing", async () => {
    server.store.headBucket("revisions");
    const answer = await send("PUT", "/revisions/forged", Buffer.from("forged"), "0".repeat(64));
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.text).toContain("<Code>XAmzContentSHA256Mismatch</Code>");
    expect(() => server.store.head("revisions", "forged")).toThrow("does not exist");
  });

  it("in signed chunks are taken whole, and refused when a chunk was changed", async () => {
    const chunks = [Buffer.alloc(9000, "a"), Buffer.from("end"), Buffer.alloc(0)];
    const extra = { "x-amz-decoded-content-length": "9003", "content-encoding": "aws-chunked" };
    const sign = (authorization: ParsedAuthorization) => {
      const signer = new ChunkSigner(authorization, credentials.secretAccessKey);
      const framed = chunks.flatMap((chunk) => {
        signer.update(chunk);
        const head = `${chunk.length.toString(16)};chunk-signature=${signer.endChunk()}\r\n`;
        return [Buffer.from(head), chunk, Buffer.from("\r\n")];
      });
      return Buffer.concat(framed);
    };
    expect(await send("PUT", "/revisions/chunked", sign, undefined, extra)).toMatchObject({ status: 200 });
    const stored = server.store.head("revisions", "chunked");
    expect(stored).toMatchObject({ sizeBytes: 9003, attributes: { headers: {} } });
    const tampered = (authorization: ParsedAuthorization) => {
      const framed = sign(authorization);
      framed[5000] = "b".charCodeAt(0);
      return framed;
    };
    const refused = await send("PUT", "/revisions/chunked", tampered, undefined, extra);
    expect(refused.text).toContain("<Code>SignatureDoesNotMatch</Code>");
    expect(server.store.head("revisions", "chunked")).toEqual(stored);
  });

  it("that break off leave nothing, and are nobody's internal error", async () => {
    const body = Buffer.alloc(100_000);
    const path = "/revisions/broken-off";
    const headers = signRequest({
      method: "PUT",
      url: `${server.endpoint}${path}`,
      credentials,
      region: "us-east-1",
      service: "s3",
      now: new Date(),
      payloadHash: "UNSIGNED-PAYLOAD",
    });
    const request = httpRequest(`${server.endpoint}${path}`, {
      method: "PUT",
      headers: { ...headers, "content-length": body.length * 2 },
    });
    request.on("error", () => {});
    request.write(body);
    await expect.poll(server.openRequests).toBe(1);
    request.destroy();
    await expect.poll(server.openRequests).toBe(0);
    expect(() => server.store.head("revisions", "broken-off")).toThrow("does not exist");
    expect(server.internalErrors).toEqual([]);
  });

  it("with dots in the path name a key and never a file", async () => {
    expect(await send("PUT", "/revisions/../../../etc/escape", Buffer.from("x"))).toMatchObject({ status: 200 });
    expect(server.store.head("revisions", "../../../etc/escape").sizeBytes).toBe(1);
    expect(await send("PUT", "/revisions/bad%FFutf8", Buffer.from("x"))).toMatchObject({ status: 400 });
  });
});
