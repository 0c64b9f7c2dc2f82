import {
  type RevisionDigest,
  type RevisionSource,
  RevisionSourceAway,
  RevisionSourceFault,
} from "@sluice/engine/ports/revision-source.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { DeploymentSpecification, SpecificationRevision } from "@sluice/model/deployment-specification.ts";
import type { GitHubLocation, RevisionLocation } from "@sluice/model/revision-location.ts";
import type { AccessKeys } from "../store/access-keys.ts";
import { DEPLOYMENT_REQUEST, DEPLOYMENT_REVISION } from "../store/columns/deployment-columns.ts";
import { findDeployment, readHead } from "../store/deployments.ts";
import type { Store } from "../store/open-store.ts";
import { hasOpenCommand } from "./bundle-access.ts";
import { type SpecificationSigningKey, signSpecification } from "./specification-envelope.ts";

/** Envelopes that are kept. One deployment's is the same for all its hosts, so it is signed once. */
const MAX_CACHE_ENVELOPES = 200;
const NOT_ASKED: RevisionDigest = { unknown: "the deployment was started by an older version of the server" };

const NOBODYS_FAULT =
  "Neither the host nor the revision is at fault: the server has to download the archive. Deploy again when the server reaches GitHub";
const OTHER_ARCHIVE =
  "the archive that the deployment began with is gone, and GitHub has created another one of the commit, with other bytes. Neither the host nor the revision is at fault. Deploy again, so that all hosts get the new archive";

type StandIn = NonNullable<Awaited<ReturnType<NonNullable<RevisionSource["standIn"]>>>>;

export interface SpecificationDeskDependencies {
  readonly store: Store;
  readonly signingKey: SpecificationSigningKey;
  readonly revisions: RevisionSource;
  readonly accessKeys: Pick<AccessKeys, "ofHost">;
}

/** Hands out what hosts need to know of a deployment, signed. */
export class SpecificationDesk {
  readonly #store: Store;
  readonly #signingKey: SpecificationSigningKey;
  readonly #revisions: RevisionSource;
  readonly #accessKeys: Pick<AccessKeys, "ofHost">;
  readonly #envelopes = new Map<string, Promise<string>>();

  constructor({ store, signingKey, revisions, accessKeys }: SpecificationDeskDependencies) {
    this.#accessKeys = accessKeys;
    this.#store = store;
    this.#signingKey = signingKey;
    this.#revisions = revisions;
  }

  /** @param archiveOf of a host that is restarted: the deployment whose archive on the host is reused */
  async envelopeOf(deploymentId: string, archiveOf?: string, agent: "sluice" | "aws" = "sluice"): Promise<string> {
    // The AWS agent asks GitHub itself, for which it would need a token: it gets the server's copy as an object instead.
    const standIn = agent === "aws" ? await this.#standInOf(deploymentId) : undefined;
    const key = `${deploymentId} ${archiveOf ?? ""} ${standIn?.key ?? ""}`;
    const known = this.#envelopes.get(key);
    if (known) return known;
    const envelope = this.#sign(deploymentId, archiveOf, standIn);
    this.#envelopes.set(key, envelope);
    envelope.catch(() => this.#envelopes.delete(key));
    if (this.#envelopes.size > MAX_CACHE_ENVELOPES) {
      const oldest = this.#envelopes.keys().next().value;
      if (oldest !== undefined) this.#envelopes.delete(oldest);
    }
    return envelope;
  }

  /**
   * For a host that is still to fetch the bundle: sees to it that what this server hands out is there, and is what the deployment began with.
   * Rejects with a CallerFault that says why it is not, and whose fault that is not.
   */
  async ensureBundle(deploymentId: string, signal: AbortSignal): Promise<void> {
    if (!this.#revisions.ensureHeld) return;
    const { revision, digest } = await this.#load(deploymentId);
    if (revision.revisionType !== "GitHub") return;
    try {
      await this.#revisions.ensureHeld(revision, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RevisionSourceAway)
        throw notHeld(revision.gitHubLocation, `${error.message}. ${NOBODYS_FAULT}`);
      if (error instanceof RevisionSourceFault) throw notHeld(revision.gitHubLocation, error.message);
      throw error;
    }
    if (!("sha256" in digest)) return;
    const held = await this.#revisions.digest(revision, signal);
    signal.throwIfAborted();
    const bundleSha256 = "sha256" in held ? held.sha256 : digest.sha256;
    if (bundleSha256 !== digest.sha256) throw notHeld(revision.gitHubLocation, OTHER_ARCHIVE);
  }

  /**
   * Undefined where the host fetches by itself, and where it has no command of the deployment at hand. Fresh at every call: a presigned
   * URL does not live long.
   */
  async bundleUrlOf(
    deploymentId: string,
    hostId: string,
    publicEndpoint: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (!(await hasOpenCommand(this.#store, hostId, deploymentId))) return undefined;
    const { revision } = await this.#load(deploymentId);
    const options = { publicEndpoint, hostKey: await this.#accessKeys.ofHost(hostId) };
    const located = await this.#revisions.locate(revision, options, signal);
    return located.by === "url" ? located.url : undefined;
  }

  async #standInOf(deploymentId: string): Promise<StandIn | undefined> {
    const { revision } = await this.#load(deploymentId);
    return this.#revisions.standIn?.(revision);
  }

  async #sign(deploymentId: string, archiveOf: string | undefined, standIn: StandIn | undefined): Promise<string> {
    const { specification, digest } = await this.#load(deploymentId);
    const bound: DeploymentSpecification = {
      ...specification,
      ...(standIn ? { Revision: objectRevision(standIn) } : {}),
      ...(archiveOf === undefined ? {} : { ReuseArchiveFromDeploymentId: archiveOf }),
      ...("sha256" in digest ? { BundleSha256: digest.sha256 } : { BundleSha256Unknown: digest.unknown }),
    };
    return signSpecification(JSON.stringify(bound), this.#signingKey);
  }

  async #load(deploymentId: string): Promise<{
    readonly specification: DeploymentSpecification;
    readonly revision: RevisionLocation;
    readonly digest: RevisionDigest;
  }> {
    const [row] = await findDeployment(this.#store.db, deploymentId);
    if (!row) throw new CallerFault("ClientException", `There is no deployment ${deploymentId}.`);
    const revision = DEPLOYMENT_REVISION.read(row);
    const { fileExistsBehavior, deploymentStyle, ignoreApplicationStopFailures } = DEPLOYMENT_REQUEST.read(row);
    return {
      revision,
      digest: readHead(row).bundle ?? NOT_ASKED,
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
        ...(ignoreApplicationStopFailures ? { IgnoreApplicationStopFailures: true } : {}),
        AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: fileExistsBehavior } },
      },
    };
  }
}

function notHeld({ repository, commitId }: GitHubLocation, reason: string): CallerFault {
  const message = `The server cannot hand out github.com/${repository} at ${commitId}: ${reason}.`;
  return new CallerFault("ClientException", message);
}

function objectRevision({ bucket, key, bundleType }: StandIn): SpecificationRevision {
  return { RevisionType: "S3", S3Revision: { Bucket: bucket, Key: key, BundleType: bundleType } };
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
