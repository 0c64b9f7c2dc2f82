import { type RevisionSource, RevisionSourceFault } from "@sluice/engine/ports/revision-source.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { type Binding, matchesPattern } from "./binding.ts";

const PORT = "revision-source";

/** A driver of the port, ready to be given its settings. */
export interface RevisionSourceDriver {
  readonly name: string;
  create(settings: object): RevisionSource;
}

interface Defaults {
  /** For S3 revisions that no binding names. */
  readonly s3: RevisionSource;
  /** For GitHub revisions that no binding names. */
  readonly gitHub: RevisionSource;
}

/** One source that sends every revision to the source that its binding names. Bindings are used in their order. */
export function boundRevisionSource(
  bindings: readonly Binding[],
  drivers: readonly RevisionSourceDriver[],
  defaults: Defaults,
): RevisionSource {
  const bound = bindings
    .filter((binding) => binding.port === PORT)
    .map((binding) => ({ match: binding.match, source: createSource(binding, drivers) }));
  return {
    revisionTypes: ["S3", "GitHub"],
    locate: async (revision, options, signal) => {
      const names = revisionNames(revision);
      // A binding of buckets for "*" must leave GitHub's revisions to GitHub.
      const binding = bound.find(
        ({ match, source }) =>
          source.revisionTypes.includes(revision.revisionType) && names.some((name) => matchesPattern(match, name)),
      );
      return (binding?.source ?? defaultSource(revision, defaults)).locate(revision, options, signal);
    },
  };
}

function createSource(binding: Binding, drivers: readonly RevisionSourceDriver[]): RevisionSource {
  const driver = drivers.find(({ name }) => name === binding.driver);
  if (driver) return driver.create(binding.settings);
  throw new RevisionSourceFault(
    `there is no revision-source driver "${binding.driver}" (binding for ${binding.match})`,
  );
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
