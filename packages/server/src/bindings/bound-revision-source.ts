import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { matchesPattern } from "@sluice/model/name-pattern.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { BoundDriver } from "./bound-driver.ts";

export const REVISION_SOURCE_PORT = "revision-source";

interface Defaults {
  /** For S3 revisions that no binding names. */
  readonly s3: RevisionSource;
  /** For GitHub revisions that no binding names. */
  readonly gitHub: RevisionSource;
}

/** One source that sends every revision to the source that its binding names. Bindings are used in their order. */
export function boundRevisionSource(bound: readonly BoundDriver<RevisionSource>[], defaults: Defaults): RevisionSource {
  function sourceOf(revision: RevisionLocation): RevisionSource {
    const names = revisionNames(revision);
    // A binding of buckets for "*" must leave GitHub's revisions to GitHub.
    const found = bound.find(
      ({ binding: { match }, instance }) =>
        instance.revisionTypes.includes(revision.revisionType) && names.some((name) => matchesPattern(match, name)),
    );
    return found?.instance ?? defaultSource(revision, defaults);
  }
  return {
    revisionTypes: ["S3", "GitHub"],
    locate: async (revision, options, signal) => sourceOf(revision).locate(revision, options, signal),
    inspect: async (revision, signal) => sourceOf(revision).inspect(revision, signal),
    digest: async (revision, signal) => sourceOf(revision).digest(revision, signal),
    read: async (revision, maxBytes, signal) => sourceOf(revision).read(revision, maxBytes, signal),
  };
}

/** What a binding may call a revision: its bucket or repository by name or ARN, or the object itself. */
export function revisionNames(revision: RevisionLocation): string[] {
  switch (revision.revisionType) {
    case "S3": {
      const { bucket, key } = revision.s3Location;
      return [bucket, `arn:aws:s3:::${bucket}`, `${bucket}/${key}`, `arn:aws:s3:::${bucket}/${key}`];
    }
    case "GitHub":
      return [revision.gitHubLocation.repository, `github:${revision.gitHubLocation.repository}`];
    case "String":
    case "AppSpecContent":
      return [];
    default: {
      const never: never = revision;
      return never;
    }
  }
}

function defaultSource(revision: RevisionLocation, defaults: Defaults): RevisionSource {
  return revision.revisionType === "GitHub" ? defaults.gitHub : defaults.s3;
}
