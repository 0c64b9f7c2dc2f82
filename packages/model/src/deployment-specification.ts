/**
 * The deployment specification that a host receives inside the signed envelope, in the agent's spelling
 * (reference agent: `deployment_specification.rb`). It is the same for every host of a deployment, but for the archive that a restart reuses.
 */
export interface DeploymentSpecification {
  readonly DeploymentId: string;
  readonly DeploymentGroupId: string;
  readonly DeploymentGroupName: string;
  readonly ApplicationName: string;
  /** `user`, `codeDeployRollback`, … */
  readonly DeploymentCreator: string;
  /** `IN_PLACE` or `BLUE_GREEN`. */
  readonly DeploymentType: string;
  readonly AppSpecFilename: string;
  readonly Revision: SpecificationRevision;
  readonly AgentActionOverrides?: { readonly AgentOverrides: { readonly FileExistsBehavior: string } };
  readonly GitHubAccessToken?: string;
  /** Ours, which other agents do not look at: SHA-256 of the bundle, 64 hex digits, so that the signature covers its bytes too. */
  readonly BundleSha256?: string;
  /** Instead of it: why the server does not know it, without a full stop. */
  readonly BundleSha256Unknown?: string;
  /** Ours: a failure of ApplicationStop and of its like does not fail the host, so that no OnFailure hook runs. */
  readonly IgnoreApplicationStopFailures?: boolean;
  /** Of a restart: the deployment of the group whose archive on the host has the scripts. The AWS agent (2.1 and later) copies it at DownloadBundle. */
  readonly ReuseArchiveFromDeploymentId?: string;
}

export type SpecificationRevision =
  | { readonly RevisionType: "S3"; readonly S3Revision: SpecificationS3Revision }
  | { readonly RevisionType: "GitHub"; readonly GitHubRevision: SpecificationGitHubRevision }
  | SpecificationLocalRevision;

/** A path of the host itself: `sluice local` makes such a specification. An agent refuses it, since a server could install any path. */
export interface SpecificationLocalRevision {
  readonly RevisionType: "Local File" | "Local Directory";
  readonly LocalRevision: {
    /** Absolute. */
    readonly Location: string;
    /** `tar`, `tgz`, `zip`, or `directory`. */
    readonly BundleType: string;
  };
}

export interface SpecificationS3Revision {
  readonly Bucket: string;
  readonly Key: string;
  /** `tar`, `tgz` or `zip`. */
  readonly BundleType: string;
  readonly Version?: string;
  readonly ETag?: string;
}

export interface SpecificationGitHubRevision {
  readonly Account: string;
  readonly Repository: string;
  readonly CommitId: string;
  /** `tar` (default) or `zip`. */
  readonly BundleType?: string;
}

/** The only envelope format that agents accept: a non-detached PKCS7 (DER, base64) with the signer's certificate inside. */
export const SPECIFICATION_FORMAT = "PKCS7/JSON";
