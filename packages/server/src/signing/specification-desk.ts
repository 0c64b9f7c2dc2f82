import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { DeploymentSpecification, SpecificationRevision } from "@sluice/model/deployment-specification.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { BUNDLE_URL_EXPIRES_SECONDS } from "@sluice/wire/command/operations.ts";
import type { DeploymentRequest } from "../store/new-deployment.ts";
import type { Store } from "../store/open-store.ts";
import { type SpecificationSigningKey, signSpecification } from "./specification-envelope.ts";

/** Envelopes that are kept. One deployment's is the same for all its hosts, so it is signed once. */
const CACHE_MAX_ENVELOPES = 200;

/** Hands out what hosts need to know of a deployment, signed. */
export class SpecificationDesk {
  readonly #store: Store;
  readonly #signingKey: SpecificationSigningKey;
  readonly #revisions: RevisionSource;
  readonly #envelopes = new Map<string, Promise<string>>();

  constructor(store: Store, signingKey: SpecificationSigningKey, revisions: RevisionSource) {
    this.#store = store;
    this.#signingKey = signingKey;
    this.#revisions = revisions;
  }

  envelopeOf(deploymentId: string): Promise<string> {
    const known = this.#envelopes.get(deploymentId);
    if (known) return known;
    const envelope = this.#sign(deploymentId);
    this.#envelopes.set(deploymentId, envelope);
    envelope.catch(() => this.#envelopes.delete(deploymentId));
    if (this.#envelopes.size > CACHE_MAX_ENVELOPES) {
      const oldest = this.#envelopes.keys().next().value;
      if (oldest !== undefined) this.#envelopes.delete(oldest);
    }
    return envelope;
  }

  /** Undefined where the host fetches by itself. Fresh at every call: a presigned URL lives for {@link BUNDLE_URL_EXPIRES_SECONDS}. */
  async bundleUrlOf(deploymentId: string, publicEndpoint: string, signal: AbortSignal): Promise<string | undefined> {
    const { revision } = await this.#load(deploymentId);
    const options = { publicEndpoint, expiresSeconds: BUNDLE_URL_EXPIRES_SECONDS };
    const located = await this.#revisions.locate(revision, options, signal);
    return located.by === "url" ? located.url : undefined;
  }

  async #sign(deploymentId: string): Promise<string> {
    const { specification } = await this.#load(deploymentId);
    return signSpecification(JSON.stringify(specification), this.#signingKey);
  }

  async #load(deploymentId: string): Promise<{ specification: DeploymentSpecification; revision: RevisionLocation }> {
    const row = await this.#store.db
      .selectFrom("deployments")
      .selectAll()
      .where("deployment_id", "=", deploymentId)
      .executeTakeFirst();
    if (!row) throw new CallerFault("ClientException", `There is no deployment ${deploymentId}.`);
    const revision = JSON.parse(row.revision_json) as RevisionLocation;
    const { fileExistsBehavior, deploymentStyle } = JSON.parse(row.request_json) as Partial<DeploymentRequest>;
    return {
      revision,
      specification: {
        DeploymentId: row.deployment_id,
        DeploymentGroupId: row.deployment_group_id,
        DeploymentGroupName: row.deployment_group_name,
        ApplicationName: row.application_name,
        DeploymentCreator: row.creator,
        // With the creator it tells agents which revision's traffic scripts to run.
        DeploymentType: deploymentStyle?.deploymentType ?? "IN_PLACE",
        AppSpecFilename: "appspec.yml",
        Revision: specificationRevision(revision),
        ...(fileExistsBehavior
          ? { AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: fileExistsBehavior } } }
          : {}),
      },
    };
  }
}

function specificationRevision(revision: RevisionLocation): SpecificationRevision {
  switch (revision.revisionType) {
    case "S3": {
      const { bucket, key, bundleType, version, eTag } = revision.s3Location;
      return {
        RevisionType: "S3",
        S3Revision: {
          Bucket: bucket,
          Key: key,
          BundleType: bundleType,
          ...(version ? { Version: version } : {}),
          ...(eTag ? { ETag: eTag } : {}),
        },
      };
    }
    case "GitHub": {
      const [account = "", repository = ""] = revision.gitHubLocation.repository.split("/");
      const { commitId } = revision.gitHubLocation;
      return {
        RevisionType: "GitHub",
        GitHubRevision: { Account: account, Repository: repository, CommitId: commitId },
      };
    }
    case "String":
    case "AppSpecContent":
      throw new CallerFault("ClientException", `Revisions of type ${revision.revisionType} are not for hosts.`);
    default: {
      const never: never = revision;
      return never;
    }
  }
}
