import { expect, it } from "vitest";
import { parseS3Call } from "../protocol/parse-s3-call.ts";
import { parseRequestTarget } from "../protocol/request-target.ts";
import { deletionNeed, needsOf } from "./s3-needs.ts";
import { taggingNeeds } from "./s3-tagging-needs.ts";

const needs = (method: string, path: string, headers: Record<string, string> = {}) =>
  needsOf(parseS3Call(method, parseRequestTarget(path, undefined), headers)).map(
    ({ action, resource = "all buckets" }) => `${action} on ${resource}`,
  );

it.each([
  ["GET", "/", ["s3:ListAllMyBuckets on all buckets"]],
  ["PUT", "/b", ["s3:CreateBucket on arn:aws:s3:::b"]],
  ["HEAD", "/b", ["s3:ListBucket on arn:aws:s3:::b"]],
  ["GET", "/b?location", ["s3:GetBucketLocation on arn:aws:s3:::b"]],
  ["GET", "/b?object-lock", ["s3:GetBucketObjectLockConfiguration on arn:aws:s3:::b"]],
  ["POST", "/b?delete", ["s3:DeleteObject on arn:aws:s3:::b/*"]],
  ["GET", "/b/a%2Fk", ["s3:GetObject on arn:aws:s3:::b/a/k"]],
  ["HEAD", "/b/k?versionId=null", ["s3:GetObjectVersion on arn:aws:s3:::b/k"]],
  ["PUT", "/b/k?tagging&versionId=null", ["s3:PutObjectVersionTagging on arn:aws:s3:::b/k"]],
  ["POST", "/b/k?uploads", ["s3:PutObject on arn:aws:s3:::b/k"]],
  ["DELETE", "/b/k?uploadId=u", ["s3:AbortMultipartUpload on arn:aws:s3:::b/k"]],
] as const)("%s %s needs %j", (method, path, wanted) => {
  expect(needs(method, path)).toEqual(wanted);
});

it("a copy needs to read one object and to write the other", () => {
  expect(needs("PUT", "/b/k", { "x-amz-copy-source": "/c/source?versionId=null" })).toEqual([
    "s3:GetObjectVersion on arn:aws:s3:::c/source",
    "s3:PutObject on arn:aws:s3:::b/k",
  ]);
});

it("a need names the object apart from its ARN, which has no version", () => {
  const object = { bucket: "b", key: "k?versionId=x", versionId: "v" };
  const resource = "arn:aws:s3:::b/k?versionId=x";
  expect(deletionNeed(object)).toEqual({ action: "s3:DeleteObjectVersion", resource, object });
});

const TAGGING = { "x-amz-tagging": "env=live" };
const COPY = { "x-amz-copy-source": "/c/source?versionId=null" };
const TAG_K = "s3:PutObjectTagging on arn:aws:s3:::b/k";
it.each([
  ["an upload", "PUT", "/b/k", TAGGING, [TAG_K]],
  ["an upload without tags", "PUT", "/b/k", { "x-amz-tagging": "" }, []],
  ["an upload in parts", "POST", "/b/k?uploads", TAGGING, [TAG_K]],
  [
    "a copy with tags of its own",
    "PUT",
    "/b/k",
    { ...COPY, ...TAGGING, "x-amz-tagging-directive": "REPLACE" },
    [TAG_K],
  ],
  ["a copy that loses its tags", "PUT", "/b/k", { ...COPY, "x-amz-tagging-directive": "REPLACE" }, []],
  ["a copy", "PUT", "/b/k", COPY, ["s3:GetObjectVersionTagging on arn:aws:s3:::c/source", TAG_K]],
  ["a part of one", "PUT", "/b/k?partNumber=1&uploadId=u", {}, []],
] as const)("the tags of %s take the right to tag", (_what, method, path, headers, wanted) => {
  const call = parseS3Call(method, parseRequestTarget(path, undefined), headers);
  const needed = (hasTags: boolean) =>
    taggingNeeds(call, headers, () => hasTags).map(({ action, resource }) => `${action} on ${resource}`);
  expect(needed(true)).toEqual(wanted);
  if (headers === COPY) expect(needed(false)).toEqual([]);
});
