import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { InvalidArgumentError } from "commander";
import { BUNDLE_ENDINGS, bundleTypeOf } from "./bundle-types.ts";

const MEMBERS = ["bucket", "key", "bundleType", "version", "eTag"] as const;
type Member = (typeof MEMBERS)[number];

/** `s3://BUCKET/KEY.zip`, or `bucket=B,key=K,bundleType=zip[,eTag=E][,version=V]` as the AWS CLI takes it. */
export function parseS3Location(text: string): RevisionLocation {
  const url = /^s3:\/\/([^/]+)\/(.+)$/.exec(text);
  const given = url ? { bucket: url[1], key: url[2] } : membersOf(text);
  const { bucket, key } = given;
  if (!bucket || !key)
    throw new InvalidArgumentError(`"${text}" is not s3://BUCKET/KEY or bucket=B,key=K,bundleType=zip`);
  const bundleType = "bundleType" in given && given.bundleType ? given.bundleType : bundleTypeOf(key)?.type;
  if (!bundleType)
    throw new InvalidArgumentError(`"${key}" does not end in ${BUNDLE_ENDINGS.join(", ")}: add bundleType=`);
  return { revisionType: "S3", s3Location: { ...given, bundleType: bundleType as "zip" } };
}

/** Of an object, as CodeDeploy's s3Location has them. */
export interface S3Members {
  readonly bucket: string;
  readonly key: string;
  readonly bundleType: string;
  readonly eTag?: string;
  readonly version?: string;
}

/** `bucket=B,key=K,bundleType=zip,eTag=E`, as the AWS CLI's --s3-location takes it: a value with a comma is in quotes. */
export function formatS3Location(location: S3Members): string {
  return Object.entries(location)
    .map(
      ([name, value]: readonly [string, string]) => `${name}=${/^[^\s,"'=[\]{}]*$/.test(value) ? value : `"${value}"`}`,
    )
    .join(",");
}

function membersOf(text: string): Partial<Record<Member, string>> {
  const members: Partial<Record<Member, string>> = {};
  for (const part of text.match(/(?:"[^"]*"|[^,"])+/g) ?? []) {
    const at = part.indexOf("=");
    const name = MEMBERS.find((member) => member === part.slice(0, at));
    if (name === undefined) throw new InvalidArgumentError(`"${part}" is not one of ${MEMBERS.join(", ")}`);
    members[name] = part.slice(at + 1).replace(/^"(.*)"$/, "$1");
  }
  return members;
}
