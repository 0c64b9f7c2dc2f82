import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { parseTargetInstances, replacementsWith } from "../deployment/target-instances.ts";
import { formatS3Location, parseS3Location } from "./s3-location.ts";

describe("--s3-location", () => {
  it.each([
    ["s3://b/app/web 1.zip", { bucket: "b", key: "app/web 1.zip", bundleType: "zip" }],
    ["s3://b/web.tar.gz", { bucket: "b", key: "web.tar.gz", bundleType: "tgz" }],
    ["bucket=b,key=k,bundleType=tar,eTag=abc", { bucket: "b", key: "k", bundleType: "tar", eTag: "abc" }],
  ])("%s", (text, s3Location) => {
    expect(parseS3Location(text)).toEqual({ revisionType: "S3", s3Location });
  });

  it.each(["web/größe-1.tgz", "a,b/web=1.tgz"])("is written as it is read: %s", (key) => {
    const s3Location = { bucket: "b", key, bundleType: "tgz", eTag: "abc", version: "1.2_x-" };
    expect(parseS3Location(formatS3Location(s3Location))).toEqual({ revisionType: "S3", s3Location });
  });

  it.each(["s3://b", "s3://b/web", "bucket=b", "bucket=b,key=k,kind=zip", "web.zip"])("refuses %s", (text) => {
    expect(() => parseS3Location(text)).toThrow(InvalidArgumentError);
  });
});

describe("replacement hosts", () => {
  it("are named by tags, or in the API's shape", () => {
    const tagFilters = [{ Key: "Fleet", Value: "green", Type: "KEY_AND_VALUE" as const }];
    expect(replacementsWith([{ Key: "Fleet", Value: "green" }])).toEqual({ targetInstances: { tagFilters } });
    expect(replacementsWith(undefined)).toEqual({});
    expect(parseTargetInstances(JSON.stringify({ tagFilters }))).toEqual({ tagFilters });
  });

  it.each(["", "[]", "green", "null"])("are not %o", (text) => {
    expect(() => parseTargetInstances(text)).toThrow(InvalidArgumentError);
  });
});
