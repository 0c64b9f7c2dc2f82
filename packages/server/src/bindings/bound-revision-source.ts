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
    const found = boundTo(bound, revision.revisionType, revisionNames(revision));
    return found?.instance ?? defaultSource(revision, defaults);
  }
  return {
    revisionTypes: ["S3", "GitHub"],
    ensureHeld: async (revision, signal) => sourceOf(revision).ensureHeld?.(revision, signal),
    locate: async (revision, options, signal) => sourceOf(revision).locate(revision, options, signal),
    inspect: async (revision, signal) => sourceOf(revision).inspect(revision, signal),
    digest: async (revision, signal) => sourceOf(revision).digest(revision, signal),
    standIn: async (revision) => sourceOf(revision).standIn?.(revision),
    read: async (revision, maxBytes, signal) => sourceOf(revision).read(revision, maxBytes, signal),
  };
}

/** The driver that a binding names for an object of S3; undefined: no binding does, and it is this server's own bucket's. */
export function driverOfObject(
  bound: readonly BoundDriver<RevisionSource>[],
  object: { readonly bucket: string; readonly key: string },
): string | undefined {
  return boundTo(bound, "S3", objectNames(object))?.binding.driver;
}

function boundTo(
  bound: readonly BoundDriver<RevisionSource>[],
  revisionType: RevisionLocation["revisionType"],
  names: readonly string[],
): BoundDriver<RevisionSource> | undefined {
  // A binding of buckets for "*" must leave GitHub's revisions to GitHub.
  return bound.find(
    ({ binding: { match }, instance }) =>
      instance.revisionTypes.includes(revisionType) && names.some((name) => matchesPattern(match, name)),
  );
}

function objectNames({ bucket, key }: { readonly bucket: string; readonly key: string }): string[] {
  return [bucket, `arn:aws:s3:::${bucket}`, `${bucket}/${key}`, `arn:aws:s3:::${bucket}/${key}`];
}

/** What a binding may call a revision: its bucket or repository by name or ARN, or the object itself. */
export function revisionNames(revision: RevisionLocation): string[] {
  switch (revision.revisionType) {
    case "S3":
      return objectNames(revision.s3Location);
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
