/** Versions, tags, encryption and what else stands between `aws deploy push` and the bucket, through the clients that people have. */

import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { presignUrl } from "@sluice/wire/sigv4/sign.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasAwsCli, hasBoto3 } from "../installation/installed-programs.fixture.ts";
import { outputOf, runAws } from "../installation/sluice-server.fixture.ts";
import { clientEnvironment, HOST_OBJECT, KEYS, startBucketServer } from "./bucket-server.fixture.ts";

const ROOT = "AKIAROOTROOTROOTROOT";
const MEBIBYTE = 1024 ** 2;
const run = promisify(execFile);
let server: Awaited<ReturnType<typeof startBucketServer>>;
let work: string;

beforeAll(async () => {
  server = await startBucketServer();
  for (const bucket of ["revisions", "plain", "versioned"]) server.store.createBucket(bucket);
  server.store.setVersioning("versioned", "Enabled");
  work = mkdtempSync(join(tmpdir(), "bucket-versions-"));
});

afterAll(async () => {
  await server.close();
  rmSync(work, { recursive: true });
  expect(server.internalErrors).toEqual([]);
});

const hasAws = hasAwsCli();
const hasBoto = hasBoto3();

function client(accessKeyId = ROOT): S3Client {
  return new S3Client({
    endpoint: server.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey: KEYS[accessKeyId]!.secret },
  });
}

function presigned(method: "GET" | "PUT", path: string, accessKeyId = ROOT): string {
  return presignUrl({
    method,
    headers: {},
    url: `${server.endpoint}${path}`,
    service: "s3",
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: KEYS[accessKeyId]!.secret },
    now: new Date(),
    expiresSeconds: 60,
  });
}

describe("boto3", () => {
  beforeEach((context) => context.skip(!hasBoto, "boto3 is not installed: pip install boto3"));

  async function python(script: string): Promise<void> {
    const prelude = `
import boto3, datetime, io, os
from botocore.exceptions import ClientError
s3 = boto3.client("s3")
def fault(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response
def code(call, **arguments):
    return fault(call, **arguments)["Error"]["Code"]
def put(bucket, key, body, **arguments):
    return s3.put_object(Bucket=bucket, Key=key, Body=body, **arguments)
`;
    await run("python3", ["-c", prelude + script], { env: clientEnvironment(ROOT, server.endpoint) });
  }

  it("turns versioning on and off, reads every version, and deletes and restores by markers", async () => {
    await python(`
B = "boto-versions"
s3.create_bucket(Bucket=B)
assert "Status" not in s3.get_bucket_versioning(Bucket=B)
assert "VersionId" not in put(B, "a", b"zero")
assert "VersionId" not in s3.head_object(Bucket=B, Key="a")
s3.put_bucket_versioning(Bucket=B, VersioningConfiguration={"Status": "Enabled"})
assert s3.get_bucket_versioning(Bucket=B)["Status"] == "Enabled"
one = put(B, "a", b"one")["VersionId"]
two = put(B, "a", b"two")["VersionId"]
assert s3.get_object(Bucket=B, Key="a")["VersionId"] == two
for version, body in [(one, b"one"), (two, b"two"), ("null", b"zero")]:
    got = s3.get_object(Bucket=B, Key="a", VersionId=version)
    assert (got["Body"].read(), got["VersionId"]) == (body, version), got
    assert s3.head_object(Bucket=B, Key="a", VersionId=version)["ContentLength"] == len(body)
gone = s3.delete_object(Bucket=B, Key="a")
marker = gone["VersionId"]
assert gone["DeleteMarker"] is True
missing = fault(s3.get_object, Bucket=B, Key="a")
headers = missing["ResponseMetadata"]["HTTPHeaders"]
assert missing["Error"]["Code"] == "NoSuchKey" and headers["x-amz-delete-marker"] == "true", missing
assert headers["x-amz-version-id"] == marker
at = fault(s3.get_object, Bucket=B, Key="a", VersionId=marker)
assert at["Error"]["Code"] == "MethodNotAllowed" and at["ResponseMetadata"]["HTTPHeaders"]["allow"] == "DELETE", at
assert fault(s3.head_object, Bucket=B, Key="a", VersionId=marker)["ResponseMetadata"]["HTTPStatusCode"] == 405
assert s3.list_objects_v2(Bucket=B)["KeyCount"] == 0
put(B, "b", b"other")
pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=B, PaginationConfig={"PageSize": 1}))
assert len(pages) == 5
assert [(v["Key"], v["VersionId"], v["IsLatest"]) for p in pages for v in p.get("Versions", [])][:3] == \\
    [("a", two, False), ("a", one, False), ("a", "null", False)], pages
assert [(v["VersionId"], v["IsLatest"]) for p in pages for v in p.get("DeleteMarkers", [])] == [(marker, True)]
assert s3.delete_object(Bucket=B, Key="a", VersionId=marker)["DeleteMarker"] is True
assert s3.get_object(Bucket=B, Key="a")["Body"].read() == b"two"
copied = s3.copy_object(Bucket=B, Key="a", CopySource={"Bucket": B, "Key": "a", "VersionId": one})
assert copied["CopySourceVersionId"] == one and copied["VersionId"] not in (one, two)
assert s3.get_object(Bucket=B, Key="a")["Body"].read() == b"one"
assert code(s3.get_object, Bucket=B, Key="a", VersionId="malformed") == "InvalidArgument"
assert code(s3.get_object, Bucket=B, Key="b", VersionId=one) == "NoSuchVersion"
assert code(s3.copy_object, Bucket=B, Key="c", CopySource={"Bucket": B, "Key": "b", "VersionId": one}) == "NoSuchVersion"
s3.put_bucket_versioning(Bucket=B, VersioningConfiguration={"Status": "Suspended"})
assert "VersionId" not in put(B, "a", b"null again")
assert s3.get_object(Bucket=B, Key="a", VersionId="null")["Body"].read() == b"null again"
assert s3.get_object(Bucket=B, Key="a", VersionId=one)["Body"].read() == b"one"
assert code(s3.delete_bucket, Bucket=B) == "BucketNotEmpty"
answer = s3.delete_objects(Bucket=B, Delete={"Objects": [{"Key": "a", "VersionId": one}, {"Key": "b"}, {"Key": "a", "VersionId": "bad"}]})
assert answer["Errors"][0]["VersionId"] == "bad" and answer["Errors"][0]["Code"] == "InvalidArgument", answer
deleted = {each["Key"]: each for each in answer["Deleted"]}
assert deleted["a"]["VersionId"] == one and deleted["b"]["DeleteMarker"] is True, answer
boto3.resource("s3").Bucket(B).object_versions.delete()
s3.delete_bucket(Bucket=B)
`);
  });

  it("completes an upload twice with one answer, and is told what is wrong with a list without parts", async () => {
    await python(`
for bucket in ["plain", "versioned"]:
    made = s3.create_multipart_upload(Bucket=bucket, Key="boto/parts", ServerSideEncryption="AES256", Tagging="stage=test")
    assert made["ServerSideEncryption"] == "AES256"
    on = {"Bucket": bucket, "Key": "boto/parts", "UploadId": made["UploadId"]}
    sent = s3.upload_part(**on, PartNumber=1, Body=b"x" * 5 * 1024 * 1024)
    assert sent["ServerSideEncryption"] == "AES256"
    tail = s3.upload_part(**on, PartNumber=2, Body=b"tail")
    parts = [{"PartNumber": 1, "ETag": sent["ETag"]}, {"PartNumber": 2, "ETag": tail["ETag"]}]
    assert code(s3.complete_multipart_upload, **on) == "MalformedXML"
    assert code(s3.complete_multipart_upload, **on, MultipartUpload={"Parts": []}) == "MalformedXML"
    first = s3.complete_multipart_upload(**on, MultipartUpload={"Parts": parts}, IfNoneMatch="*")
    again = s3.complete_multipart_upload(**on, MultipartUpload={"Parts": parts}, IfNoneMatch="*")
    for member in ["ETag", "Location", "ServerSideEncryption"]:
        assert first[member] == again[member], (member, first, again)
    assert first.get("VersionId") == again.get("VersionId") and (bucket == "versioned") == ("VersionId" in first)
    assert code(s3.complete_multipart_upload, **on, MultipartUpload={"Parts": parts[:1]}) == "NoSuchUpload"
    head = s3.head_object(Bucket=bucket, Key="boto/parts")
    assert head["ServerSideEncryption"] == "AES256" and head.get("TagCount") in (None, 1), head
    assert head["ResponseMetadata"]["HTTPHeaders"]["x-amz-tagging-count"] == "1"
`);
  });

  it("pages through buckets and uploads", async () => {
    await python(`
for name in ["page-a", "page-b", "page-c"]:
    s3.create_bucket(Bucket=name)
names = lambda pages: [b["Name"] for page in pages for b in page.get("Buckets", [])]
pages = list(s3.get_paginator("list_buckets").paginate(Prefix="page-", PaginationConfig={"PageSize": 2}))
assert [len(page["Buckets"]) for page in pages] == [2, 1] and names(pages) == ["page-a", "page-b", "page-c"], pages
assert pages[0]["Prefix"] == "page-" and pages[0]["Buckets"][0]["BucketRegion"] == "us-east-1"
assert "page-a" in names([s3.list_buckets()])
assert s3.list_buckets(BucketRegion="eu-west-1")["Buckets"] == []
assert code(s3.list_buckets, ContinuationToken="x") == "InvalidArgument"
assert code(s3.list_buckets, MaxBuckets=10001) == "InvalidArgument"
B = "page-a"
made = []
for key in ["a", "a", "b/1", "b/2", "c"]:
    made.append((key, s3.create_multipart_upload(Bucket=B, Key=key)["UploadId"]))
pages = list(s3.get_paginator("list_multipart_uploads").paginate(Bucket=B, PaginationConfig={"PageSize": 1}))
assert [(u["Key"], u["UploadId"]) for page in pages for u in page["Uploads"]] == made, pages
assert code(s3.list_multipart_uploads, Bucket=B, KeyMarker="a", UploadIdMarker="forged") == "InvalidArgument"
assert len(s3.list_multipart_uploads(Bucket=B, UploadIdMarker="forged")["Uploads"]) == 5
assert [u["Key"] for u in s3.list_multipart_uploads(Bucket=B, KeyMarker="bb")["Uploads"]] == ["c"]
pages = list(s3.get_paginator("list_multipart_uploads").paginate(Bucket=B, Delimiter="/", PaginationConfig={"PageSize": 2}))
assert [u["Key"] for page in pages for u in page.get("Uploads", [])] == ["a", "a", "c"], pages
assert [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])] == ["b/"], pages
assert [u["Key"] for u in s3.list_multipart_uploads(Bucket=B, KeyMarker="a", Prefix="b")["Uploads"]] == ["b/1", "b/2"]
nothing = s3.list_multipart_uploads(Bucket=B, MaxUploads=0)
assert nothing["IsTruncated"] is False and "Uploads" not in nothing, nothing
key, upload = made[0]
for number in [1, 2, 5]:
    s3.upload_part(Bucket=B, Key=key, UploadId=upload, PartNumber=number, Body=b"x")
pages = list(s3.get_paginator("list_parts").paginate(Bucket=B, Key=key, UploadId=upload, PaginationConfig={"PageSize": 1}))
assert [p["PartNumber"] for page in pages for p in page["Parts"]] == [1, 2, 5], pages
none = s3.list_parts(Bucket=B, Key=key, UploadId=upload, MaxParts=0)
assert none["IsTruncated"] is False and "Parts" not in none, none
for name in ["page-a", "page-b", "page-c"]:
    s3.delete_bucket(Bucket=name)
`);
  });

  it("encrypts as the disk does, and is refused keys that nobody keeps", async () => {
    await python(`
assert put("plain", "sse", b"x", ServerSideEncryption="AES256")["ServerSideEncryption"] == "AES256"
assert s3.get_object(Bucket="plain", Key="sse")["ServerSideEncryption"] == "AES256"
assert "ServerSideEncryption" not in s3.copy_object(Bucket="plain", Key="sse-2", CopySource="plain/sse")
copied = s3.copy_object(Bucket="plain", Key="sse-2", CopySource="plain/sse", ServerSideEncryption="AES256", StorageClass="STANDARD_IA")
assert copied["ServerSideEncryption"] == "AES256"
head = s3.head_object(Bucket="plain", Key="sse-2")
assert (head["ServerSideEncryption"], head["StorageClass"]) == ("AES256", "STANDARD_IA"), head
listed = {each["Key"]: each["StorageClass"] for each in s3.list_objects_v2(Bucket="plain", Prefix="sse")["Contents"]}
assert listed == {"sse": "STANDARD", "sse-2": "STANDARD_IA"}, listed
again = s3.copy_object(Bucket="plain", Key="sse-2", CopySource="plain/sse-2", StorageClass="ONEZONE_IA")
assert s3.head_object(Bucket="plain", Key="sse-2")["StorageClass"] == "ONEZONE_IA"
kms = fault(s3.put_object, Bucket="plain", Key="kms", Body=b"x", ServerSideEncryption="aws:kms")
assert kms["Error"]["Code"] == "NotImplemented" and "AES256" in kms["Error"]["Message"], kms
assert code(s3.get_bucket_encryption, Bucket="plain") == "ServerSideEncryptionConfigurationNotFoundError"
rule = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
refused = fault(s3.put_bucket_encryption, Bucket="plain", ServerSideEncryptionConfiguration=rule)
assert refused["Error"]["Code"] == "NotImplemented" and "PutBucketEncryption" in refused["Error"]["Message"], refused
`);
  });

  it("tags objects and versions, and keeps, copies and counts the tags", async () => {
    await python(`
tags = lambda **on: {t["Key"]: t["Value"] for t in s3.get_object_tagging(**on)["TagSet"]}
put("versioned", "tagged", b"1", Tagging="stage=prod&owner=a%20b")
on = {"Bucket": "versioned", "Key": "tagged"}
first = s3.get_object_tagging(**on)["VersionId"]
assert tags(**on) == {"stage": "prod", "owner": "a b"}
assert s3.get_object(**on)["TagCount"] == 2
put("versioned", "tagged", b"2")
assert tags(**on) == {} and tags(**on, VersionId=first) == {"stage": "prod", "owner": "a b"}
assert s3.put_object_tagging(**on, VersionId=first, Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})["VersionId"] == first
assert tags(**on, VersionId=first) == {"k": "v"}
source = {**on, "VersionId": first}
s3.copy_object(Bucket="plain", Key="tagged", CopySource=source)
assert tags(Bucket="plain", Key="tagged") == {"k": "v"}
s3.copy_object(Bucket="plain", Key="tagged", CopySource=source, TaggingDirective="REPLACE", Tagging="new=1")
assert tags(Bucket="plain", Key="tagged") == {"new": "1"}
s3.delete_object_tagging(**on, VersionId=first)
assert tags(**on, VersionId=first) == {}
for set in [[("a", "1"), ("a", "2")], [("aws:x", "1")], [("k" * 129, "1")], [("k", "v" * 257)], [("k", "<")]]:
    body = {"TagSet": [{"Key": key, "Value": value} for key, value in set]}
    assert code(s3.put_object_tagging, **on, Tagging=body) == "InvalidTag", set
many = {"TagSet": [{"Key": str(i), "Value": ""} for i in range(11)]}
assert code(s3.put_object_tagging, **on, Tagging=many) == "BadRequest"
for tagging in ["a=1&a=2", "=", "a=%zz"]:
    assert code(s3.put_object, **on, Body=b"", Tagging=tagging) == "InvalidArgument", tagging
s3.put_object(**on, Body=b"", Tagging="a&b=&&")
assert tags(**on) == {"a": "", "b": ""}
for directive in ["MetadataDirective", "TaggingDirective"]:
    unknown = fault(s3.copy_object, Bucket="plain", Key="x", CopySource="plain/tagged", **{directive: "KEEP"})
    assert unknown["Error"]["Code"] == "InvalidArgument" and "Unknown" in unknown["Error"]["Message"], unknown
assert code(s3.put_object_tagging, Bucket="plain", Key="none", Tagging={"TagSet": []}) == "NoSuchKey"
assert code(s3.put_bucket_tagging, Bucket="plain", Tagging={"TagSet": []}) == "NotImplemented"
`);
  });

  it("reads by a date that is still to come, and is refused what the bucket does not do", async () => {
    await python(`
put("plain", "dated", b"x")
future = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
assert s3.get_object(Bucket="plain", Key="dated", IfModifiedSince=future)["Body"].read() == b"x"
past = fault(s3.get_object, Bucket="plain", Key="dated", IfModifiedSince=s3.head_object(Bucket="plain", Key="dated")["LastModified"])
assert past["ResponseMetadata"]["HTTPStatusCode"] == 304, past
on = {"Bucket": "plain", "Key": "dated"}
for call, arguments, names in [
    (s3.put_bucket_acl, {"Bucket": "plain", "ACL": "private"}, "PutBucketAcl"),
    (s3.put_bucket_policy, {"Bucket": "plain", "Policy": "{}"}, "PutBucketPolicy"),
    (s3.put_object_acl, {**on, "ACL": "private"}, "PutObjectAcl"),
    (s3.get_object_torrent, on, "GetObjectTorrent"),
    (s3.get_object_retention, on, "GetObjectRetention"),
    (s3.restore_object, {**on, "RestoreRequest": {"Days": 1}}, "RestoreObject"),
    (s3.list_bucket_metrics_configurations, {"Bucket": "plain"}, "ListBucketMetricsConfigurations"),
    (s3.put_object, {**on, "WebsiteRedirectLocation": "/x"}, "x-amz-website-redirect-location"),
    (s3.put_object, {**on, "ObjectLockLegalHoldStatus": "ON", "ContentMD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}, "x-amz-object-lock-legal-hold"),
    (s3.delete_object, {**on, "MFA": "x 1"}, "x-amz-mfa"),
    (s3.create_bucket, {"Bucket": "locked", "ObjectLockEnabledForBucket": True}, "x-amz-bucket-object-lock-enabled"),
    (s3.create_bucket, {"Bucket": "owned", "ObjectOwnership": "ObjectWriter"}, "x-amz-object-ownership"),
]:
    refused = fault(call, **arguments)
    assert refused["Error"]["Code"] == "NotImplemented" and names in refused["Error"]["Message"], refused
assert s3.get_object(**on)["Body"].read() == b"x"
assert code(s3.get_bucket_cors, Bucket="plain") == "NoSuchCORSConfiguration"
assert code(s3.get_bucket_cors, Bucket="absent-bucket") == "NoSuchBucket"
mfa = fault(s3.put_bucket_versioning, Bucket="plain", VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"})
assert mfa["Error"]["Code"] == "NotImplemented", mfa
assert "Status" not in s3.get_bucket_versioning(Bucket="plain")
`);
  });
});

describe("the aws CLI", () => {
  beforeEach((context) => context.skip(!hasAws, "aws is not installed: pip install awscli"));

  async function aws(...args: string[]): Promise<string> {
    return outputOf("aws", args, await runAws(args, clientEnvironment(ROOT, server.endpoint), work));
  }

  it("copies with --sse, turns versioning on, and fetches an older version", async () => {
    const api = async (...args: string[]) => JSON.parse((await aws("s3api", ...args)) || "{}");
    const on = ["--bucket", "cli-versions", "--key", "file"];
    server.store.createBucket("cli-versions");
    await api("put-bucket-versioning", "--bucket", "cli-versions", "--versioning-configuration", "Status=Enabled");
    writeFileSync(join(work, "file"), "first");
    await aws("s3", "cp", "file", "s3://cli-versions/file", "--sse", "AES256");
    server.store.setTags("cli-versions", "file", { copy: "first" });
    writeFileSync(join(work, "file"), "second");
    await aws("s3", "cp", "file", "s3://cli-versions/file", "--sse");
    const { Versions: versions } = await api("list-object-versions", "--bucket", "cli-versions");
    expect(versions).toMatchObject([{ IsLatest: true }, { IsLatest: false }]);
    const got = await api("get-object", ...on, "--version-id", versions[1].VersionId, "back");
    expect(got).toMatchObject({ ServerSideEncryption: "AES256", VersionId: versions[1].VersionId, TagCount: 1 });
    expect(readFileSync(join(work, "back"), "utf8")).toBe("first");
  });
});

describe("the AWS SDK for JavaScript", () => {
  const on = { Bucket: "versioned", Key: "js/object" };

  it("reads what an object is made of", async () => {
    const s3 = client();
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...on, ChecksumAlgorithm: "SHA256" }));
    const Parts: { PartNumber: number; ETag: string | undefined; ChecksumSHA256: string | undefined }[] = [];
    for (const [index, Body] of [randomBytes(5 * MEBIBYTE), Buffer.from("tail")].entries()) {
      const part = { ...on, UploadId, PartNumber: index + 1, Body, ChecksumAlgorithm: "SHA256" as const };
      const { ETag, ChecksumSHA256 } = await s3.send(new UploadPartCommand(part));
      Parts.push({ PartNumber: index + 1, ETag, ChecksumSHA256 });
    }
    const digests = Parts.map(({ ChecksumSHA256 = "" }) => Buffer.from(ChecksumSHA256, "base64"));
    const ChecksumSHA256 = `${createHash("sha256").update(Buffer.concat(digests)).digest("base64")}-2`;
    const completion = { ...on, UploadId, MultipartUpload: { Parts }, ChecksumSHA256 };
    const done = await s3.send(new CompleteMultipartUploadCommand(completion));
    expect(done.ChecksumSHA256).toBe(ChecksumSHA256);
    const all = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"] as const;
    const asked = { ...on, ObjectAttributes: [...all] };
    const attributes = await s3.send(new GetObjectAttributesCommand(asked));
    expect(attributes).toMatchObject({
      ETag: done.ETag?.replaceAll('"', ""),
      ObjectSize: 5 * MEBIBYTE + 4,
      StorageClass: "STANDARD",
      VersionId: done.VersionId,
      Checksum: { ChecksumSHA256: done.ChecksumSHA256, ChecksumType: "COMPOSITE" },
      ObjectParts: { TotalPartsCount: 2, IsTruncated: false },
    });
    expect(
      attributes.ObjectParts?.Parts?.map(({ PartNumber, Size, ChecksumSHA256 }) => [PartNumber, Size, ChecksumSHA256]),
    ).toEqual([5 * MEBIBYTE, 4].map((size, index) => [index + 1, size, Parts[index]?.ChecksumSHA256]));
    const page = await s3.send(new GetObjectAttributesCommand({ ...asked, MaxParts: 1, PartNumberMarker: "1" }));
    expect(page.ObjectParts?.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([2]);
    const plain = { ...on, Key: "js/plain" };
    await s3.send(new PutObjectCommand({ ...plain, Body: "x", ChecksumAlgorithm: "CRC32" }));
    const few = await s3.send(new GetObjectAttributesCommand({ ...plain, ObjectAttributes: ["ObjectSize"] }));
    expect(few).toMatchObject({ ObjectSize: 1 });
    expect(few.ETag).toBeUndefined();
    await expect(
      s3.send(new GetObjectAttributesCommand({ ...plain, ObjectAttributes: ["Colour" as "ETag"] })),
    ).rejects.toMatchObject({ name: "InvalidArgument" });
  });

  it("works with versions as the others do", async () => {
    const s3 = client();
    const key = { ...on, Key: "js/versions" };
    const { VersionId: one } = await s3.send(new PutObjectCommand({ ...key, Body: "one" }));
    await s3.send(new PutObjectCommand({ ...key, Body: "two" }));
    expect(await (await s3.send(new GetObjectCommand({ ...key, VersionId: one }))).Body!.transformToString()).toBe(
      "one",
    );
    await s3.send(
      new PutObjectTaggingCommand({ ...key, VersionId: one, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }),
    );
    const tagging = await s3.send(new GetObjectTaggingCommand({ ...key, VersionId: one }));
    expect(tagging.TagSet).toEqual([{ Key: "a", Value: "b" }]);
    const copy = { ...on, Key: "js/copied", CopySource: `versioned/js/versions?versionId=${one}` };
    expect((await s3.send(new CopyObjectCommand(copy))).CopySourceVersionId).toBe(one);
    const { VersionId: marker } = await s3.send(new DeleteObjectCommand(key));
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: "versioned", Prefix: "js/versions" }));
    expect(listed.DeleteMarkers).toMatchObject([{ VersionId: marker, IsLatest: true }]);
    expect(listed.Versions).toHaveLength(2);
    const objects = [
      { Key: key.Key, VersionId: marker },
      { Key: key.Key, VersionId: one },
    ];
    const gone = await s3.send(new DeleteObjectsCommand({ Bucket: "versioned", Delete: { Objects: objects } }));
    expect(gone.Deleted).toMatchObject([
      { VersionId: marker, DeleteMarker: true, DeleteMarkerVersionId: marker },
      { VersionId: one },
    ]);
    expect((await s3.send(new HeadObjectCommand(key))).ContentLength).toBe(3);
  });

  it("gives a host one version, and a read-only key no say", async () => {
    const root = client();
    HOST_OBJECT.bucket = "versioned";
    const key = { Bucket: "versioned", Key: HOST_OBJECT.key };
    const { VersionId } = await root.send(new PutObjectCommand({ ...key, Body: "deployed" }));
    await root.send(new PutObjectCommand({ ...key, Body: "newer" }));
    HOST_OBJECT.versionId = VersionId!;
    const host = client("AKIAHOSTHOSTHOSTHOST");
    const denied = { name: "AccessDenied" };
    expect(await (await host.send(new GetObjectCommand({ ...key, VersionId }))).Body!.transformToString()).toBe(
      "deployed",
    );
    await expect(host.send(new GetObjectCommand(key))).rejects.toMatchObject(denied);
    await expect(host.send(new GetObjectCommand({ ...key, VersionId: "null" }))).rejects.toMatchObject(denied);
    await expect(
      host.send(new GetObjectAttributesCommand({ ...key, VersionId, ObjectAttributes: ["ETag"] })),
    ).rejects.toMatchObject(denied);
    const reader = client("AKIAREADREADREADREAD");
    const status = { Bucket: "versioned", VersioningConfiguration: { Status: "Suspended" as const } };
    await expect(reader.send(new PutBucketVersioningCommand(status))).rejects.toMatchObject(denied);
    await expect(reader.send(new DeleteObjectCommand({ ...key, VersionId }))).rejects.toMatchObject(denied);
    await expect(reader.send(new PutObjectTaggingCommand({ ...key, Tagging: { TagSet: [] } }))).rejects.toMatchObject(
      denied,
    );
    expect((await reader.send(new GetBucketVersioningCommand({ Bucket: "versioned" }))).Status).toBe("Enabled");
    expect((await reader.send(new ListMultipartUploadsCommand({ Bucket: "versioned" }))).IsTruncated).toBe(false);
  });
});

describe("a presigned URL", () => {
  const put = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(presigned("PUT", path), { method: "PUT", body, headers });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };

  it("that was signed with If-None-Match: * in its query overwrites nothing", async () => {
    expect(await put("/plain/once?If-None-Match=%2A", "first")).toMatchObject({ status: 200 });
    expect(await put("/plain/once?If-None-Match=%2A", "second")).toMatchObject({ status: 412 });
    expect(await (await fetch(presigned("GET", "/plain/once"))).text()).toBe("first");
    const { etag } = server.store.head("plain", "once");
    expect(await put(`/plain/once?if-match=%22${etag}%22`, "third")).toMatchObject({ status: 200 });
    expect(await put(`/plain/once?if-match=%22${etag}%22`, "fourth")).toMatchObject({ status: 412 });
  });

  it("holds the upload to the headers in its query", async () => {
    const md5 = encodeURIComponent("1B2M2Y8AsgTpgAmY7PhCfg==");
    expect((await put(`/plain/held?Content-MD5=${md5}`, "not empty")).text).toContain("<Code>BadDigest</Code>");
    expect((await put("/plain/held?x-amz-checksum-crc32=DUoRhQ%3D%3D", "x")).text).toContain("<Code>BadDigest</Code>");
    // As the SDK for JavaScript signs it.
    const empty = "/plain/held?x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32";
    expect((await put(empty, "x")).text).toMatch(/<Code>BadDigest<.*WHEN_REQUIRED/s);
    expect((await put(empty, "")).status).toBe(200);
    expect((await put("/plain/held?x-amz-object-lock-mode=GOVERNANCE", "x")).text).toContain("NotImplemented");
    const path =
      "/plain/held?X-Amz-Tagging=a%3Db&X-Amz-Server-Side-Encryption=AES256&Cache-Control=no-store&x-amz-meta-k=v";
    expect((await put(path, "x", { "content-type": "text/plain" })).headers.get("x-amz-server-side-encryption")).toBe(
      "AES256",
    );
    expect(server.store.head("plain", "held").attributes).toEqual({
      headers: { "content-type": "text/plain", "cache-control": "no-store", "x-amz-server-side-encryption": "AES256" },
      metadata: { k: "v" },
      tags: { a: "b" },
    });
  });

  it("opens the version that it was signed for, and no other", async () => {
    const s3 = client();
    const key = { Bucket: "versioned", Key: "signed" };
    const { VersionId } = await s3.send(new PutObjectCommand({ ...key, Body: "old" }));
    await s3.send(new PutObjectCommand({ ...key, Body: "new" }));
    const url = presigned("GET", `/versioned/signed?versionId=${VersionId}`);
    expect(await (await fetch(url)).text()).toBe("old");
    expect((await fetch(url.replace(`versionId=${VersionId}&`, ""))).status).toBe(403);
  });

  it("is refused keys of the client's own in its query", async () => {
    const url = presigned("GET", "/plain/once?x-amz-server-side-encryption-customer-algorithm=AES256");
    const answer = await fetch(url);
    expect(answer.status).toBe(501);
    expect(await answer.text()).toContain("x-amz-server-side-encryption-customer-algorithm");
  });
});
