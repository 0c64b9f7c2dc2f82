import { createHash } from "node:crypto";
import type { RevisionLocation as RevisionInput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { BUNDLE_TYPES, type RawString, type RevisionLocation } from "@sluice/model/revision-location.ts";

const MEMBERS = {
  S3: "s3Location",
  GitHub: "gitHubLocation",
  String: "string",
  AppSpecContent: "appSpecContent",
} as const;
const REPOSITORY = /^[^/\s]+\/[^/\s]+$/;
const COMMIT_ID = /^[^\s]+$/;

/** The revision that an input names, whole and without a contradiction. */
export function requireRevision(input: RevisionInput | undefined, field = "revision"): RevisionLocation {
  if (input === undefined) {
    throw new CallerFault(
      "RevisionRequiredException",
      `RevisionLocation must be specified: ${field} is missing. Give an s3Location or a gitHubLocation; for Lambda and ECS an s3Location or an appSpecContent.`,
    );
  }
  const type = revisionType(input, field);
  const given = Object.entries(MEMBERS).filter(([, member]) => input[member] !== undefined);
  const foreign = given.find(([otherType]) => otherType !== type);
  if (foreign) throw invalid(`${field} is of the revisionType ${type} and has a ${foreign[1]}: leave that out`);
  switch (type) {
    case "S3":
      return { revisionType: "S3", s3Location: s3Location(input.s3Location, `${field}.s3Location`) };
    case "GitHub":
      return {
        revisionType: "GitHub",
        gitHubLocation: gitHubLocation(input.gitHubLocation, `${field}.gitHubLocation`),
      };
    case "String":
      return { revisionType: "String", string: rawString(input.string, `${field}.string`) };
    case "AppSpecContent":
      return {
        revisionType: "AppSpecContent",
        appSpecContent: rawString(input.appSpecContent, `${field}.appSpecContent`),
      };
    default: {
      const never: never = type;
      return never;
    }
  }
}

/** What deployments and listings show: where the AppSpec's text would be, its hash alone. GetApplicationRevision gives the text. */
export function withoutContent(location: RevisionLocation): RevisionLocation {
  switch (location.revisionType) {
    case "S3":
    case "GitHub":
      return location;
    case "String":
      return { ...location, string: hashOnly(location.string) };
    case "AppSpecContent":
      return { ...location, appSpecContent: hashOnly(location.appSpecContent) };
    default: {
      const never: never = location;
      return never;
    }
  }
}

/** The member that is given says the type where `revisionType` is left out. */
function revisionType(input: RevisionInput, field: string): keyof typeof MEMBERS {
  const types = Object.keys(MEMBERS) as (keyof typeof MEMBERS)[];
  if (input.revisionType === undefined) {
    const given = types.filter((type) => input[MEMBERS[type]] !== undefined);
    if (given[0] !== undefined && given.length === 1) return given[0];
    throw invalid(`${field}.revisionType is missing: use one of ${types.join(", ")}`);
  }
  const known = types.find((type) => type === input.revisionType);
  if (known === undefined) {
    throw invalid(`${field}.revisionType is "${input.revisionType}": use one of ${types.join(", ")}`);
  }
  return known;
}

function s3Location(input: RevisionInput["s3Location"], field: string) {
  const { bucket, key, bundleType, version, eTag } = input ?? {};
  if (!bucket) throw invalid(`${field}.bucket is missing: name the bucket that holds the bundle`);
  if (!key) throw invalid(`${field}.key is missing: name the bundle in the bucket ${bucket}`);
  if (!bundleType) throw invalid(`${field}.bundleType is missing: use one of ${BUNDLE_TYPES.join(", ")}`);
  if (!BUNDLE_TYPES.includes(bundleType)) {
    throw invalid(`${field}.bundleType is "${bundleType}": use one of ${BUNDLE_TYPES.join(", ")}`);
  }
  return { bucket, key, bundleType, ...(version ? { version } : {}), ...(eTag ? { eTag } : {}) };
}

function gitHubLocation(input: RevisionInput["gitHubLocation"], field: string) {
  const { repository, commitId } = input ?? {};
  if (!repository) throw invalid(`${field}.repository is missing: name it as owner/name`);
  if (!REPOSITORY.test(repository)) throw invalid(`${field}.repository is "${repository}": name it as owner/name`);
  if (!commitId) throw invalid(`${field}.commitId is missing: give the full SHA-1 of the commit`);
  if (!COMMIT_ID.test(commitId)) throw invalid(`${field}.commitId is "${commitId}": give the full SHA-1 of the commit`);
  return { repository, commitId };
}

function rawString(input: { content?: string | undefined; sha256?: string | undefined } | undefined, field: string) {
  const { content, sha256 } = input ?? {};
  if (content === undefined) {
    if (!sha256) throw invalid(`${field} has neither content nor sha256: give the text`);
    return { sha256 };
  }
  const actual = createHash("sha256").update(content).digest("hex");
  if (sha256 && sha256.toLowerCase() !== actual) {
    throw invalid(`${field}.sha256 is ${sha256}, and that of the content is ${actual}: correct one of them`);
  }
  return { content, sha256: actual };
}

function hashOnly({ sha256 }: RawString): RawString {
  return sha256 === undefined ? {} : { sha256 };
}

function invalid(message: string): CallerFault {
  return new CallerFault("InvalidRevisionException", `The revision is not valid: ${message}.`);
}
