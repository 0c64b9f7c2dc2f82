import type { RaisedError } from "./modelled-error.ts";

const BUILD = {
  revisionType: "S3",
  s3Location: { bucket: "artifacts", key: "web/42.zip", bundleType: "zip" },
} as const;

export const REVISION_ERRORS: readonly RaisedError[] = [
  {
    code: "RevisionRequiredException",
    operation: "RegisterApplicationRevision",
    when: "`revision` is missing",
    input: { applicationName: "web" },
    message:
      "RevisionLocation must be specified: revision is missing. Give an s3Location or a gitHubLocation; for Lambda and ECS an s3Location or an appSpecContent.",
    cure: "Give the revision. `sluice deploy` uploads a folder and gives it.",
  },
  {
    code: "InvalidRevisionException",
    operation: "RegisterApplicationRevision",
    when: "a revision lacks a member or contradicts itself, is of a kind that the platform cannot deploy, or its AppSpec has faults",
    input: {
      applicationName: "web",
      revision: { revisionType: "S3", s3Location: { bucket: "artifacts", key: "web/42.rar", bundleType: "rar" } },
    },
    message:
      'The revision is not valid: revision.s3Location.bundleType is "rar": use one of tar, tgz, zip, YAML, JSON.',
    cure: "Correct the member that the message names. `sluice plan` says what is wrong with a bundle.",
  },
  {
    code: "RevisionDoesNotExistException",
    operation: "GetApplicationRevision",
    when: "the revision is not registered with the application, or the object is not in its bucket",
    input: { applicationName: "web", revision: BUILD },
    message:
      "The revision s3://artifacts/web/42.zip does not exist in the application web: register it first. `aws deploy list-application-revisions --application-name web` shows those that exist.",
    cure: "Register or upload it first: `sluice revisions list` shows those that there are.",
  },
  {
    code: "DescriptionTooLongException",
    operation: "RegisterApplicationRevision",
    when: "a description has more than 256 characters",
    input: { applicationName: "web", revision: BUILD, description: "x".repeat(257) },
    message: "description has 257 characters: at most 256 are allowed. Shorten it.",
    cure: "Shorten it.",
  },
  {
    code: "InvalidSortByException",
    operation: "ListApplicationRevisions",
    when: "`sortBy` is none of the three",
    input: { applicationName: "web", sortBy: "name" },
    message: 'sortBy is "name": use one of registerTime, firstUsedTime, lastUsedTime.',
    cure: "Give `registerTime`, `firstUsedTime` or `lastUsedTime`.",
  },
  {
    code: "InvalidSortOrderException",
    operation: "ListApplicationRevisions",
    when: "`sortOrder` is neither of the two",
    input: { applicationName: "web", sortOrder: "up" },
    message: 'sortOrder is "up": use one of ascending, descending.',
    cure: "Give `ascending` or `descending`.",
  },
  {
    code: "InvalidDeployedStateFilterException",
    operation: "ListApplicationRevisions",
    when: "`deployed` is none of the three",
    input: { applicationName: "web", deployed: "yes" },
    message: 'deployed is "yes": use one of include, exclude, ignore.',
    cure: "Give `include`, `exclude` or `ignore`.",
  },
  {
    code: "InvalidBucketNameFilterException",
    operation: "ListApplicationRevisions",
    when: "`s3Bucket` is empty",
    input: { applicationName: "web", s3Bucket: "" },
    message: "s3Bucket is empty: name a bucket, or leave it out.",
    cure: "Name a bucket, or leave it out.",
  },
  {
    code: "BucketNameFilterRequiredException",
    operation: "ListApplicationRevisions",
    when: "`s3KeyPrefix` is given without `s3Bucket`",
    input: { applicationName: "web", s3KeyPrefix: "web/" },
    message: 's3KeyPrefix "web/" is given without s3Bucket: name the bucket too.',
    cure: "Name the bucket too.",
  },
  {
    code: "InvalidKeyPrefixFilterException",
    operation: "ListApplicationRevisions",
    when: "`s3KeyPrefix` is longer than a key can be",
    input: { applicationName: "web", s3Bucket: "artifacts", s3KeyPrefix: "web/".repeat(257) },
    message: "s3KeyPrefix has 1028 bytes, and no key has more than 1024: shorten it.",
    cure: "Shorten it.",
  },
  {
    code: "InvalidNextTokenException",
    operation: "ListApplications",
    when: "`nextToken` is not one that the operation gave",
    input: { nextToken: "2" },
    message:
      "The nextToken is not one that ListApplications gave for these parameters: pass it unchanged with the same parameters, or leave it out to start from the beginning.",
    cure: "Pass the token on as it came, or leave it out to begin anew.",
  },
];
