import type { RevisionDigest, RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { ROLLBACK_CREATOR } from "@sluice/engine/rollback.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { DEPLOYMENT_REQUEST, DEPLOYMENT_REVISION } from "../store/columns/deployment-columns.ts";
import { type DeploymentRow, readHead } from "../store/deployments.ts";
import { deploymentsOfRevision } from "../store/earlier-revisions.ts";
import type { Store } from "../store/open-store.ts";
import { type BundleFindings, toldOf } from "./bundle-findings.ts";

/** How long one attempt waits for it. What is in the embedded bucket is waited for again after that; elsewhere it is unknown then. */
const MAX_DIGEST_WAIT_MILLISECONDS = 30_000;

const NOBODY_FETCHES = "no host fetches it";

export interface BundleDigestParts {
  readonly store: Pick<Store, "db">;
  readonly revisions: Pick<RevisionSource, "digest">;
}

/**
 * What the deployment's bundle is, byte for byte: asked before its first host is, and then fixed, so that all its hosts get the same bytes.
 * `pending`: still being read, ask again. Rejects when `signal` aborts.
 */
export async function bundleDigest(
  { store, revisions }: BundleDigestParts,
  deploymentId: string,
  signal: AbortSignal,
): Promise<RevisionDigest | "pending"> {
  const row = await store.db
    .selectFrom("deployments")
    .select([
      "deployment_id",
      "deployment_group_id",
      "revision_key",
      "revision_json",
      "request_json",
      "compute_platform",
    ])
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirst();
  if (!row) return { unknown: "the deployment was removed" };
  // Its AppSpec was read when it was created, and no host fetches anything.
  if (row.compute_platform !== "Server" || isRestart(row)) return { unknown: NOBODY_FETCHES };
  const revision = DEPLOYMENT_REVISION.read(row);
  const earlier = namesItsBytes(revision) ? await earlierDigest(store, row) : undefined;
  if (earlier !== undefined) return earlier;
  const digest = await digestOf(revisions, revision, signal);
  signal.throwIfAborted();
  return digest;
}

/** An object's version, or its ETag, cannot come to mean other bytes. An archive of GitHub's can: each is made anew. */
function namesItsBytes(revision: RevisionLocation): boolean {
  if (revision.revisionType !== "S3") return false;
  const { version, eTag } = revision.s3Location;
  return Boolean(version) || Boolean(eTag);
}

/** What the group's last deployment of this revision began with, so that going back to it needs no bucket that answers. */
async function earlierDigest(
  { db }: Pick<Store, "db">,
  row: Pick<DeploymentRow, "deployment_id" | "deployment_group_id" | "revision_key">,
): Promise<RevisionDigest | undefined> {
  for (const earlier of await deploymentsOfRevision(db, row)) {
    const { bundle } = readHead(earlier);
    if (bundle !== undefined && "sha256" in bundle) return bundle;
  }
  return undefined;
}

/** What is to be said of the deployment's bundle. Of a rollback's it was said when it was first deployed. */
export async function bundleFindings(
  { store, findings }: { readonly store: Pick<Store, "db">; readonly findings: Pick<BundleFindings, "of"> },
  deploymentId: string,
  sha256: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const row = await store.db
    .selectFrom("deployments")
    .select(["deployment_id", "revision_json", "request_json", "creator", "compute_platform"])
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirst();
  if (row?.compute_platform !== "Server" || row.creator === ROLLBACK_CREATOR || isRestart(row)) return [];
  const found = await findings.of(DEPLOYMENT_REVISION.read(row), sha256, signal);
  if (found.findings.length === 0) return [];
  const other = await store.db
    .selectFrom("hosts")
    .select("host_id")
    .where("agent", "=", "aws")
    .limit(1)
    .executeTakeFirst();
  const ours = await store.db
    .selectFrom("hosts")
    .select("host_id")
    .where("agent", "=", "sluice")
    .limit(1)
    .executeTakeFirst();
  return toldOf(found, ours !== undefined || other === undefined);
}

/** Its hosts have the revision already. */
function isRestart(row: Pick<DeploymentRow, "deployment_id" | "request_json">): boolean {
  return DEPLOYMENT_REQUEST.read(row).deploymentMode === "RESTART";
}

/** Where a bundle's bytes cannot be had, the deployment goes on without: its specification says why. */
async function digestOf(
  revisions: Pick<RevisionSource, "digest">,
  revision: RevisionLocation,
  signal: AbortSignal,
): Promise<RevisionDigest | "pending"> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(MAX_DIGEST_WAIT_MILLISECONDS)]);
  try {
    const answer = await revisions.digest(revision, patience);
    return "pending" in answer ? "pending" : answer;
  } catch (error) {
    if (patience.aborted) return { unknown: "reading the bundle took too long" };
    return { unknown: reasonOf(error) };
  }
}
