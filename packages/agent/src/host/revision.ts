import type {
  DeploymentSpecification,
  SpecificationGitHubRevision,
  SpecificationLocalRevision,
  SpecificationRevision,
  SpecificationS3Revision,
} from "@sluice/model/deployment-specification.ts";
import { EventFailure } from "./event-failure.ts";

export const BUNDLE_TYPES = ["tar", "tgz", "zip"] as const;
export type BundleType = (typeof BUNDLE_TYPES)[number];

/** The specification's revision after its fields have been checked. */
export type Revision =
  | { readonly from: "S3"; readonly bundleType: BundleType; readonly location: SpecificationS3Revision }
  | { readonly from: "GitHub"; readonly bundleType: "tar" | "zip"; readonly location: SpecificationGitHubRevision };

/** @throws EventFailure in the reference agent's words when the specification names no revision that a host can fetch */
export function revisionOf(specification: DeploymentSpecification): Revision {
  const revision = specification.Revision;
  switch (revision.RevisionType) {
    case "S3": {
      const location = revision.S3Revision;
      if (!location?.Bucket || !location.Key || !location.BundleType) {
        throw new EventFailure("S3Revision in Deployment Spec must specify Bucket, Key and BundleType");
      }
      const bundleType = BUNDLE_TYPES.find((type) => type === location.BundleType);
      if (bundleType === undefined) {
        throw new EventFailure(
          `BundleType in S3Revision must be tar, tgz or zip, but it is ${JSON.stringify(location.BundleType)}`,
        );
      }
      return { from: "S3", bundleType, location };
    }
    case "GitHub": {
      const location = revision.GitHubRevision;
      if (!location?.Account || !location.Repository || !location.CommitId) {
        throw new EventFailure("GitHubRevision in Deployment Spec must specify Account, Repository and CommitId");
      }
      const bundleType = location.BundleType ?? "tar";
      if (bundleType !== "tar" && bundleType !== "zip") {
        throw new EventFailure(
          `GitHub revision specified with bundle_type other than zip or tar [bundle_type=${bundleType}]`,
        );
      }
      return { from: "GitHub", bundleType, location };
    }
    default: {
      // A local revision would let a server name any path on the host: only `sluice local` takes one (local-revision.ts).
      const type = String((revision as { readonly RevisionType?: unknown }).RevisionType);
      throw new EventFailure(`The revision type ${JSON.stringify(type)} is not supported: use S3 or GitHub.`);
    }
  }
}

/** Abbreviated, a commit's name can come to mean another. */
const WHOLE_COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/i;

/** Whether it names its bytes, and not only the place at which others may be tomorrow. */
export function isExact(revision: Revision): boolean {
  if (revision.from === "GitHub") return WHOLE_COMMIT.test(revision.location.CommitId);
  return Boolean(revision.location.Version) || Boolean(revision.location.ETag);
}

/** The variables that tell a script which revision it belongs to. An absent value is left unset, not set empty. */
export function revisionEnvironment(specification: DeploymentSpecification): Record<string, string> {
  if (isLocalRevision(specification.Revision)) return {};
  const revision = revisionOf(specification);
  if (revision.from === "GitHub") return { BUNDLE_COMMIT: revision.location.CommitId };
  const { Bucket, Key, Version, ETag } = revision.location;
  return {
    BUNDLE_BUCKET: Bucket,
    BUNDLE_KEY: Key,
    ...(Version == null ? {} : { BUNDLE_VERSION: Version }),
    ...(ETag == null ? {} : { BUNDLE_ETAG: ETag }),
  };
}

export function isLocalRevision(revision: SpecificationRevision): revision is SpecificationLocalRevision {
  return revision.RevisionType === "Local File" || revision.RevisionType === "Local Directory";
}
