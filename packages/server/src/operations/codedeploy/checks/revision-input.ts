import { createHash } from "node:crypto";
import type { RevisionLocation as RevisionInput } from "@aws-sdk/client-codedeploy";
import { excerpt } from "@sluice/model/excerpt.ts";
import { invalidRevision, readRevision } from "@sluice/model/input-checks/revision-input.ts";
import type { RawString, RevisionLocation } from "@sluice/model/revision-location.ts";

/** The revision that an input names, whole, without a contradiction, and a text in it with its hash. */
export function requireRevision(input: RevisionInput | undefined, field = "revision"): RevisionLocation {
  const location = readRevision(input, field);
  switch (location.revisionType) {
    case "S3":
    case "GitHub":
      return location;
    case "String":
      return { ...location, string: hashed(location.string, `${field}.string`) };
    case "AppSpecContent":
      return { ...location, appSpecContent: hashed(location.appSpecContent, `${field}.appSpecContent`) };
    default: {
      const never: never = location;
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

function hashed({ content, sha256 }: RawString, field: string): RawString {
  if (content === undefined) return sha256 === undefined ? {} : { sha256 };
  const actual = createHash("sha256").update(content).digest("hex");
  if (sha256 && sha256.toLowerCase() !== actual) {
    throw invalidRevision(
      `${field}.sha256 is ${excerpt(sha256)}, and that of the content is ${actual}: correct one of them`,
    );
  }
  return { content, sha256: actual };
}

function hashOnly({ sha256 }: RawString): RawString {
  return sha256 === undefined ? {} : { sha256 };
}
