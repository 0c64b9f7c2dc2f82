import { describe, expect, it } from "vitest";
import { checkReadConditions, isRangeWanted, parseRange } from "./object-conditions.ts";
import { readAnnouncedChecksum, readObjectAttributes, readWantedChecksum } from "./object-headers.ts";
import { parseTagging } from "./object-tags.ts";
import { parseS3Call } from "./parse-s3-call.ts";
import { parseCompletion, parseCreateBucket, parseDelete, parseVersioning } from "./request-bodies.ts";
import { encodeKey, parseRequestTarget } from "./request-target.ts";
import { objectsV2Xml } from "./responses.ts";
import { S3Error } from "./s3-error.ts";
import { errorXml } from "./s3-error-xml.ts";

function call(method: string, path: string, headers: Record<string, string> = {}, bucket?: string) {
  return parseS3Call(method, parseRequestTarget(path, bucket), headers);
}

function s3Error(code: string) {
  return expect.objectContaining({ name: "S3Error", code });
}

describe("requests", () => {
  it.each([
    ["GET", "/", "ListBuckets"],
    ["PUT", "/b1b", "CreateBucket"],
    ["HEAD", "/b1b", "HeadBucket"],
    ["DELETE", "/b1b/", "DeleteBucket"],
    ["GET", "/b1b?location", "GetBucketFact"],
    ["GET", "/b1b", "ListObjects"],
    ["GET", "/b1b?list-type=2", "ListObjectsV2"],
    ["GET", "/b1b?versions", "ListObjectVersions"],
    ["GET", "/b1b?uploads", "ListMultipartUploads"],
    ["POST", "/b1b?delete", "DeleteObjects"],
    ["GET", "/b1b/k", "GetObject"],
    ["HEAD", "/b1b/k", "HeadObject"],
    ["PUT", "/b1b/k", "PutObject"],
    ["DELETE", "/b1b/k", "DeleteObject"],
    ["POST", "/b1b/k?uploads", "CreateMultipartUpload"],
    ["PUT", "/b1b/k?partNumber=1&uploadId=u", "UploadPart"],
    ["POST", "/b1b/k?uploadId=u", "CompleteMultipartUpload"],
    ["DELETE", "/b1b/k?uploadId=u", "AbortMultipartUpload"],
    ["GET", "/b1b/k?uploadId=u", "ListParts"],
  ])("%s %s is %s", (method, path, operation) => {
    expect(call(method, path)).toMatchObject({ operation });
  });

  it("name copies by a header", () => {
    const copy = call("PUT", "/b1b/k", { "x-amz-copy-source": "/from/a%20b/c%3F" });
    expect(copy).toMatchObject({ operation: "CopyObject", source: { bucket: "from", key: "a b/c?" } });
    const part = call("PUT", "/b1b/k?partNumber=3&uploadId=u", { "x-amz-copy-source": "from/a?versionId=null" });
    expect(part).toMatchObject({ operation: "UploadPartCopy", partNumber: 3, source: { key: "a" } });
    expect(() => call("PUT", "/b1b/k", { "x-amz-copy-source": "from" })).toThrow(s3Error("InvalidArgument"));
  });

  it("name their bucket in the path, unless the host names it", () => {
    expect(call("GET", "/k", {}, "my.bucket")).toMatchObject({ bucket: "my.bucket", key: "k" });
    expect(call("GET", "/b1b/k")).toMatchObject({ bucket: "b1b", key: "k" });
    expect(call("GET", "/?list-type=2", {}, "b1b")).toMatchObject({ operation: "ListObjectsV2", bucket: "b1b" });
  });

  it("take keys as they are sent", () => {
    expect(call("GET", "/b1b/../a//b%2F%C3%A9+%2B.")).toMatchObject({ key: "../a//b/é++." });
    expect(() => call("GET", "/b1b/%FF")).toThrow(s3Error("InvalidURI"));
    expect(() => call("GET", "/b1b/%2")).toThrow(s3Error("InvalidURI"));
  });

  it("say what is not there, and do not seem to do it", () => {
    expect(() => call("PUT", "/b1b?policy")).toThrow(/PutBucketPolicy/);
    expect(() => call("PUT", "/b1b/k?acl")).toThrow(/PutObjectAcl/);
    expect(call("GET", "/b1b?policy")).toMatchObject({ code: "NoSuchBucketPolicy" });
    expect(() => call("GET", "/b1b/k?versionId=")).toThrow(s3Error("InvalidArgument"));
    expect(() => call("PATCH", "/b1b/k")).toThrow(s3Error("MethodNotAllowed"));
    expect(() => readObjectAttributes({ "x-amz-server-side-encryption": "aws:kms" })).toThrow(
      s3Error("NotImplemented"),
    );
    expect(() => readObjectAttributes({ "x-amz-acl": "public-read" })).toThrow(
      s3Error("AccessControlListNotSupported"),
    );
  });

  it("may not put line breaks into the answer's headers", () => {
    expect(() => call("GET", "/b1b/k?response-content-type=a%0D%0Ab")).toThrow(s3Error("InvalidArgument"));
  });

  it("may not leave metadata with an object that no answer could carry", () => {
    const presigned: Record<string, string>[] = [
      { "x-amz-meta-note": "a\r\nb" },
      { "x-amz-meta-note": "10 €" },
      { "x-amz-meta-two words": "a" },
    ];
    for (const headers of presigned) {
      expect(() => readObjectAttributes(headers)).toThrow(s3Error("InvalidArgument"));
    }
    expect(readObjectAttributes({ "x-amz-meta-note": "caf\xe9" }).metadata).toEqual({ note: "caf\xe9" });
  });

  it("bound their listings", () => {
    expect(call("GET", "/b1b?list-type=2&max-keys=5000")).toMatchObject({ listing: { limit: 1000 } });
    expect(() => call("GET", "/b1b?max-keys=-1")).toThrow(s3Error("InvalidArgument"));
    expect(() => call("GET", "/b1b?encoding-type=base64")).toThrow(s3Error("InvalidArgument"));
    expect(() => call("GET", "/b1b?list-type=2&fetch-owner=yes")).toThrow(s3Error("InvalidArgument"));
  });
});

describe("headers", () => {
  it("keep the object's own encoding and not the transfer's", () => {
    const { headers } = readObjectAttributes({ "content-encoding": "gzip, aws-chunked", "content-type": "a/b" });
    expect(headers).toEqual({ "content-encoding": "gzip", "content-type": "a/b" });
    expect(readObjectAttributes({ "content-encoding": "aws-chunked" }).headers).toEqual({});
  });

  it("announce one checksum, well formed", () => {
    expect(readAnnouncedChecksum({ "x-amz-checksum-crc32": "AAAAAA==" })).toEqual({
      algorithm: "CRC32",
      value: "AAAAAA==",
    });
    expect(readAnnouncedChecksum({ "x-amz-trailer": "x-amz-checksum-sha1" })).toEqual({ algorithm: "SHA1" });
    for (const headers of [
      { "x-amz-checksum-crc32": "AAAA" },
      { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-trailer": "x-amz-checksum-sha1" },
      { "x-amz-sdk-checksum-algorithm": "CRC32" },
    ]) {
      expect(() => readAnnouncedChecksum(headers as Record<string, string>)).toThrow(s3Error("InvalidRequest"));
    }
    for (const trailer of ["x-amz-checksum-sha512", "x-amz-checksum-crc32,x-amz-checksum-sha1", "x-amz-other"]) {
      expect(() => readAnnouncedChecksum({ "x-amz-trailer": trailer })).toThrow(s3Error("NotImplemented"));
    }
    const other = { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-sdk-checksum-algorithm": "SHA1" };
    expect(() => readAnnouncedChecksum(other)).toThrow(s3Error("InvalidRequest"));
    expect(() => readWantedChecksum({ "x-amz-checksum-type": "FULL_OBJECT" })).toThrow(s3Error("InvalidRequest"));
  });
});

describe("ranges", () => {
  it.each([
    ["bytes=0-0", { start: 0, end: 0 }],
    ["bytes=5-", { start: 5, end: 9 }],
    ["bytes=-3", { start: 7, end: 9 }],
    ["bytes=-100", { start: 0, end: 9 }],
    ["bytes=8-100", { start: 8, end: 9 }],
    ["bytes=5-2", undefined],
    ["bytes=0-1,3-4", undefined],
    ["bytes=-", undefined],
    ["lines=1-2", undefined],
    [undefined, undefined],
  ])("%s of ten bytes", (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected);
  });

  it("outside the object are refused", () => {
    expect(() => parseRange("bytes=10-", 10)).toThrow(s3Error("InvalidRange"));
    expect(() => parseRange("bytes=-0", 10)).toThrow(s3Error("InvalidRange"));
    expect(() => parseRange("bytes=0-", 0)).toThrow(s3Error("InvalidRange"));
  });
});

describe("conditions", () => {
  const object = { etag: "abc", modifiedAt: new Date("2026-11-23T10:00:00.700Z") };
  const now = new Date("2026-11-24T00:00:00Z");
  const at = "Mon, 23 Nov 2026 10:00:00 GMT";
  const before = "Mon, 23 Nov 2026 09:59:59 GMT";

  it("follow RFC 9110's order", () => {
    expect(checkReadConditions({ "if-match": '"abc"', "if-unmodified-since": before }, object, now)).toBe("send");
    expect(checkReadConditions({ "if-none-match": '"x"', "if-modified-since": at }, object, now)).toBe("send");
    expect(checkReadConditions({ "if-none-match": 'W/"x", "abc"' }, object, now)).toBe("not-modified");
    expect(checkReadConditions({ "if-none-match": "*" }, object, now)).toBe("not-modified");
    expect(checkReadConditions({ "if-modified-since": at }, object, now)).toBe("not-modified");
    expect(checkReadConditions({ "if-unmodified-since": at }, object, now)).toBe("send");
    expect(() => checkReadConditions({ "if-unmodified-since": before }, object, now)).toThrow(
      s3Error("PreconditionFailed"),
    );
    expect(() => checkReadConditions({ "if-match": '"x"' }, object, now)).toThrow(s3Error("PreconditionFailed"));
  });

  it("do not believe a time that is still to come", () => {
    const later = "Mon, 23 Nov 2026 10:00:05 GMT";
    const beforeThat = new Date("2026-11-23T10:00:02Z");
    expect(checkReadConditions({ "if-modified-since": later }, object, beforeThat)).toBe("send");
    expect(checkReadConditions({ "if-modified-since": later }, object, now)).toBe("not-modified");
  });

  it("send a range only of the object that the caller knows", () => {
    expect(isRangeWanted({ "if-range": '"abc"' }, object)).toBe(true);
    expect(isRangeWanted({ "if-range": '"x"' }, object)).toBe(false);
    expect(isRangeWanted({ "if-range": at }, object)).toBe(true);
    expect(isRangeWanted({ "if-range": before }, object)).toBe(false);
  });
});

describe("documents", () => {
  const versioning = (content: string) => `<VersioningConfiguration>${content}</VersioningConfiguration>`;
  const completion = (content: string) => `<CompleteMultipartUpload>${content}</CompleteMultipartUpload>`;

  it("name what to delete, spaces and all", () => {
    const xml = `<?xml version="1.0"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <Object><Key> a &amp;amp; &#13;&#x1F600; </Key></Object><Object><Key>007</Key><VersionId>null</VersionId></Object>
      <Quiet>true</Quiet></Delete>`;
    expect(parseDelete(xml)).toEqual({
      objects: [{ key: " a &amp; \r\u{1f600} " }, { key: "007", versionId: "null" }],
      quiet: true,
    });
  });

  it("name the parts of an upload", () => {
    const part = "<Part><ETag>&quot;e&quot;</ETag><PartNumber>1</PartNumber><ChecksumCRC32>AA==</ChecksumCRC32></Part>";
    expect(parseCompletion(`<CompleteMultipartUpload>${part}</CompleteMultipartUpload>`)).toEqual([
      { number: 1, etag: "e", checksum: { algorithm: "CRC32", value: "AA==" } },
    ]);
  });

  it("are refused where they ask for more than is done", () => {
    const part = "<PartNumber>1</PartNumber><ETag>e</ETag>";
    const object = "<Key>a</Key>";
    const two = "<ChecksumCRC32>AAAAAA==</ChecksumCRC32><ChecksumSHA1>x</ChecksumSHA1>";
    const refused: readonly (readonly [() => unknown, string])[] = [
      [() => parseCreateBucket("<CreateBucketConfiguration><Tags/></CreateBucketConfiguration>"), "Tags"],
      [() => parseCreateBucket("<CreateBucketConfiguration><Bucket/></CreateBucketConfiguration>"), "Bucket"],
      [() => parseVersioning(versioning("<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>")), "MfaDelete"],
      [() => parseVersioning(versioning("<Status>Enabled</Status><Other/>")), "Other"],
      [() => parseDelete(`<Delete><Object>${object}<Size>1</Size></Object></Delete>`), "Size"],
      [() => parseDelete(`<Delete><Object>${object}<Other/></Object></Delete>`), "Other"],
      [() => parseCompletion(completion(`<Part>${part}<ChecksumSHA512>x</ChecksumSHA512></Part>`)), "ChecksumSHA512"],
      [() => parseCompletion(completion(`<Part>${part}<Other/></Part>`)), "Other"],
      [() => parseCompletion(completion(`<Part>${part}${two}</Part>`)), "more than one checksum"],
      [() => parseTagging("<Tagging><TagSet><Tag><Key>k</Key><Value/><Other/></Tag></TagSet></Tagging>"), "Other"],
    ];
    for (const [work, name] of refused) expect(work, name).toThrow(new RegExp(name));
    expect(parseVersioning(versioning("<MfaDelete>Disabled</MfaDelete><Status>Suspended</Status>"))).toBe("Suspended");
    expect(() => parseVersioning(versioning(""))).toThrow(s3Error("IllegalVersioningConfigurationException"));
    expect(() => parseVersioning(versioning("<Status>On</Status>"))).toThrow(s3Error("MalformedXML"));
    for (const nothing of ["", completion(""), "<CompleteMultipartUpload/>"]) {
      expect(() => parseCompletion(nothing)).toThrow(s3Error("MalformedXML"));
    }
  });

  it.each([
    "",
    "<Delete>",
    "<Delete></Delete>",
    "<Other><Object><Key>a</Key></Object></Other>",
    "<Delete><Object></Object></Delete>",
    '<!DOCTYPE d [<!ENTITY e "x">]><Delete><Object><Key>&e;</Key></Object></Delete>',
  ])("that are not what they should be are refused: %s", (xml) => {
    expect(() => parseDelete(xml)).toThrow(s3Error("MalformedXML"));
  });

  it("that are refused are not quoted at length", () => {
    const parse = () => parseDelete("<a>".repeat(10_000));
    expect(parse).toThrow(s3Error("MalformedXML"));
    expect(parse).toThrow(/^.{1,400}$/);
  });

  it("escape what they carry", () => {
    const error = new S3Error("NoSuchKey", "no <key>", { Key: 'a&b\r"' });
    expect(errorXml(error, { resource: "/b", requestId: "R", hostId: "H" })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>no &lt;key&gt;</Message>' +
        "<Key>a&amp;b&#xD;&quot;</Key><Resource>/b</Resource><RequestId>R</RequestId><HostId>H</HostId></Error>",
    );
  });

  it("spell keys for encoding-type=url, and the token of the next page", () => {
    expect(encodeKey("a b/é+'(\u0001")).toBe("a%20b/%C3%A9%2B%27%28%01");
    const row = { key: "a b", sizeBytes: 1, etag: "e", modifiedAt: new Date(0) };
    const listing = { prefix: "a ", delimiter: "/", limit: 1, encodeUrl: true };
    const tokenAfter = (key: string) => `after ${key}`;
    const page = { rows: [row], commonPrefixes: [], next: "a b" };
    const xml = objectsV2Xml("b1b", page, { listing, startAfter: "", tokenAfter });
    expect(xml).toContain("<Prefix>a%20</Prefix>");
    expect(xml).toContain(
      "<Key>a%20b</Key><LastModified>1970-01-01T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>",
    );
    expect(xml).toContain("<NextContinuationToken>after a b</NextContinuationToken>");
  });
});
