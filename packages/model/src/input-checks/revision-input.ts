import { CallerFault } from "../caller-fault.ts";
import { excerpt } from "../excerpt.ts";
import { BUNDLE_TYPES, type RawString, type RevisionLocation } from "../revision-location.ts";

const MEMBERS = {
  S3: "s3Location",
  GitHub: "gitHubLocation",
  String: "string",
  AppSpecContent: "appSpecContent",
} as const;
const REPOSITORY = /^[^/\s]+\/[^/\s]+$/;
const COMMIT_ID = /^[^\s]+$/;

/** The API's shape, before it is known that it is whole. */
export interface RevisionInput {
  readonly revisionType?: string | undefined;
  readonly s3Location?:
    | {
        readonly bucket?: string | undefined;
        readonly key?: string | undefined;
        readonly bundleType?: string | undefined;
        readonly version?: string | undefined;
        readonly eTag?: string | undefined;
      }
    | undefined;
  readonly gitHubLocation?:
    | { readonly repository?: string | undefined; readonly commitId?: string | undefined }
    | undefined;
  readonly string?: TextInput | undefined;
  readonly appSpecContent?: TextInput | undefined;
}
interface TextInput {
  readonly content?: string | undefined;
  readonly sha256?: string | undefined;
}

/** The revision that an input names, whole and without a contradiction, but for the hash of a text: whoever can makes it, and compares. */
export function readRevision(input: RevisionInput | undefined, field = "revision"): RevisionLocation {
  if (input === undefined) {
    throw new CallerFault(
      "RevisionRequiredException",
      `RevisionLocation must be specified: ${field} is missing. Give an s3Location or a gitHubLocation; for Lambda and ECS an s3Location or an appSpecContent.`,
    );
  }
  const type = revisionType(input, field);
  const given = Object.entries(MEMBERS).filter(([, member]) => input[member] !== undefined);
  const foreign = given.find(([otherType]) => otherType !== type);
  if (foreign) throw invalidRevision(`${field} is of the revisionType ${type} and has a ${foreign[1]}: leave that out`);
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

/** The member that is given says the type where `revisionType` is left out. */
function revisionType(input: RevisionInput, field: string): keyof typeof MEMBERS {
  const types = Object.keys(MEMBERS) as (keyof typeof MEMBERS)[];
  if (input.revisionType === undefined) {
    const given = types.filter((type) => input[MEMBERS[type]] !== undefined);
    if (given[0] !== undefined && given.length === 1) return given[0];
    throw invalidRevision(`${field}.revisionType is missing: use one of ${types.join(", ")}`);
  }
  const known = types.find((type) => type === input.revisionType);
  if (known === undefined) {
    throw invalidRevision(`${field}.revisionType is "${excerpt(input.revisionType)}": use one of ${types.join(", ")}`);
  }
  return known;
}

function s3Location(input: RevisionInput["s3Location"], field: string) {
  const { bucket, key, bundleType, version, eTag } = input ?? {};
  if (!bucket) throw invalidRevision(`${field}.bucket is missing: name the bucket that holds the bundle`);
  if (!key) throw invalidRevision(`${field}.key is missing: name the bundle in the bucket ${excerpt(bucket)}`);
  if (!bundleType) throw invalidRevision(`${field}.bundleType is missing: use one of ${BUNDLE_TYPES.join(", ")}`);
  const known = BUNDLE_TYPES.find((type) => type === bundleType);
  if (known === undefined) {
    throw invalidRevision(`${field}.bundleType is "${excerpt(bundleType)}": use one of ${BUNDLE_TYPES.join(", ")}`);
  }
  return { bucket, key, bundleType: known, ...(version ? { version } : {}), ...(eTag ? { eTag } : {}) };
}

function gitHubLocation(input: RevisionInput["gitHubLocation"], field: string) {
  const { repository, commitId } = input ?? {};
  if (!repository) throw invalidRevision(`${field}.repository is missing: name it as owner/name`);
  if (!REPOSITORY.test(repository))
    throw invalidRevision(`${field}.repository is "${excerpt(repository)}": name it as owner/name`);
  if (!commitId) throw invalidRevision(`${field}.commitId is missing: give the full SHA-1 of the commit`);
  if (!COMMIT_ID.test(commitId))
    throw invalidRevision(`${field}.commitId is "${excerpt(commitId)}": give the full SHA-1 of the commit`);
  return { repository, commitId };
}

function rawString(input: TextInput | undefined, field: string): RawString {
  const { content, sha256 } = input ?? {};
  if (content === undefined && !sha256) throw invalidRevision(`${field} has neither content nor sha256: give the text`);
  return { ...(content === undefined ? {} : { content }), ...(sha256 ? { sha256 } : {}) };
}

export function invalidRevision(message: string): CallerFault {
  return new CallerFault("InvalidRevisionException", `The revision is not valid: ${message}.`);
}
