import { readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { sha256OfFile } from "@sluice/wire/files/sha256-of-file.ts";
import { proxyOfAgent } from "../agent-proxy.ts";
import { flushDirectory, replaceFile, UNFINISHED_SUFFIX } from "../durable-file.ts";
import { EventFailure } from "../event-failure.ts";
import type { HostConfig } from "../host-config.ts";
import { type DeploymentLayout, RECEIPT_NAME } from "../layout.ts";
import { isExact, type Revision } from "../revision.ts";
import { findKnownBundle, hasSoundBundle, type KnownBundle, keepInCache, takeFromCache } from "./bundle-cache.ts";
import { isBundleSigned, notTheSignedBundle } from "./bundle-digest.ts";
import { bundleRequest } from "./bundle-request.ts";
import { download } from "./download.ts";

/** What `bundle.json` says about a complete `bundle.tar`: which revision it is, and how long. */
interface BundleReceipt {
  readonly revision: unknown;
  readonly bytes: number;
  /** As its source gave it; absent where it gave none. */
  readonly etag?: string | undefined;
}

export interface BundleOnHost {
  /** Whether it was on the host before: from an earlier run, or another deployment of the same revision. */
  readonly wasThere: boolean;
  /** Settles when the bundle would survive a power cut; meanwhile it can be unpacked. */
  readonly kept: Promise<void>;
}

/**
 * Sees to it that the deployment's bundle is on this host, complete. One that an earlier run of the same deployment completed is not fetched again; nor is
 * one that any deployment of any group left, which is what a rollback finds. Nobody is asked where the server signed which bytes it is, or the revision names
 * them; else its source has to say that it still is the same.
 */
export async function downloadBundle(
  layout: DeploymentLayout,
  {
    revision,
    specification,
    bundleUrl,
    config,
    signal,
    mayReuse = true,
    onRetry,
    onReuse,
  }: {
    readonly revision: Revision;
    readonly specification: DeploymentSpecification;
    readonly bundleUrl: string | undefined;
    readonly config: HostConfig;
    readonly signal: AbortSignal;
    /** False where what was on the host has turned out to be spoilt. */
    readonly mayReuse?: boolean;
    readonly onRetry?: (reason: string, delayMilliseconds: number) => void;
    /** Gets the bundle's SHA-256 when it was here, and nobody was asked for it. */
    readonly onReuse?: (sha256: string) => void;
  },
): Promise<BundleOnHost> {
  const { bundlesDirectory, bundleFile } = layout;
  const { BundleSha256: signed } = specification;
  const isSigned = async () =>
    signed === undefined || isBundleSigned(specification, await sha256OfFile(bundleFile, { signal }));
  if (isOnHost(layout, revision) && (await isSigned())) return { wasThere: true, kept: Promise.resolve() };
  forgetBundle(layout);
  const found = mayReuse ? await findHeld(layout, revision, specification, signal) : undefined;
  const unfinished = `${bundleFile}${UNFINISHED_SUFFIX}`;
  const finish = (bundle: KnownBundle, wasThere: boolean): BundleOnHost => {
    renameSync(unfinished, bundleFile);
    const kept = keepBundle(layout, bundle);
    // Whoever waits for it still gets the failure; it must only not end the agent while nobody does.
    kept.catch(() => {});
    return { wasThere, kept };
  };
  try {
    if (found?.isExact && takeFromCache(bundlesDirectory, found.bundle.sha256, unfinished)) {
      onReuse?.(found.bundle.sha256);
      return finish(found.bundle, true);
    }
    const known = found?.isExact ? undefined : found?.bundle;
    const request = bundleRequest(revision, specification, bundleUrl, config);
    const downloaded = await download(request.make, unfinished, {
      heldEtag: known?.etag,
      isDigestKnown: signed !== undefined,
      maxBytes: config.archiveLimits.bundleBytes,
      idleMilliseconds: config.timing.downloadIdle,
      retryDelays: request.retryDelays,
      ...(request.isServers
        ? { awayEvery: config.timing.serverAwayEvery, awayAtMost: config.timing.serverAwayAtMost }
        : {}),
      signal,
      ...(onRetry ? { onRetry } : {}),
      trustedOrigins: trustedOriginsOf(config),
      proxyOf: (url) => proxyOfAgent(url, { proxy: config.proxy, noProxy: config.noProxy }, config.environment),
    }).catch((error: unknown) => {
      throw known !== undefined && !signal.aborted ? withHeldCopy(error, known) : error;
    });
    if (downloaded.isUnchanged) {
      // Somebody has removed it in the meantime, or the file system has no links any more: the next try asks for all of it.
      if (known === undefined || !takeFromCache(bundlesDirectory, known.sha256, unfinished)) {
        throw new EventFailure("The bundle was removed from this host while it was looked for. Deploy again.");
      }
      checkEtag(revision, known.etag);
      return finish(known, true);
    }
    const { etag, bytes, sha256 } = downloaded;
    checkEtag(revision, etag);
    if (!isBundleSigned(specification, sha256)) throw notTheSignedBundle(specification, sha256);
    return finish({ revision, bytes, etag, sha256 }, false);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** A sound bundle in the cache that is the revision's, or was when it was downloaded. `isExact`: it cannot be another by now. */
async function findHeld(
  { bundlesDirectory }: DeploymentLayout,
  revision: Revision,
  { BundleSha256: signed }: DeploymentSpecification,
  signal: AbortSignal,
): Promise<{ readonly bundle: KnownBundle; readonly isExact: boolean } | undefined> {
  const known = findKnownBundle(bundlesDirectory, revision);
  const sha256 = signed ?? known?.sha256;
  if (sha256 === undefined || !(await hasSoundBundle(bundlesDirectory, sha256, signal))) return undefined;
  if (known?.sha256 === sha256) return { bundle: known, isExact: signed !== undefined || isExact(revision) };
  const { size: bytes } = statSync(join(bundlesDirectory, sha256));
  return { bundle: { revision, sha256, bytes }, isExact: true };
}

/** Nobody can say whether the copy still is what the revision's name stands for, so it is told of and not taken. */
function withHeldCopy(error: unknown, { sha256 }: KnownBundle): unknown {
  if (!(error instanceof EventFailure)) return error;
  const copy =
    ` A copy that was downloaded before is on this host (SHA-256 ${sha256}), but the revision names neither a version nor an ETag, so it can have ` +
    "changed since, and the copy was not used. Deploy a revision with an ETag or a version: it can be installed again without a download.";
  const { errorCode, scriptName, hint } = error;
  return new EventFailure(`${error.message}${copy}`, { errorCode, scriptName, hint, cause: error });
}

/** What this host's operator has named, by enrolling it or in its agent.json. */
function trustedOriginsOf({ trustedOrigins, s3Endpoint, gitHubBaseUrl }: HostConfig): ReadonlySet<string> {
  const configured = [s3Endpoint, gitHubBaseUrl].flatMap((url) =>
    url && URL.canParse(url) ? [new URL(url).origin] : [],
  );
  return new Set([...trustedOrigins, ...configured]);
}

/** The receipt comes last: a bundle with a receipt is wholly on the disk. */
async function keepBundle(layout: DeploymentLayout, known: KnownBundle): Promise<void> {
  const bundle = await open(layout.bundleFile, "r");
  try {
    await bundle.sync();
  } finally {
    await bundle.close();
  }
  flushDirectory(layout.deploymentDirectory);
  replaceFile(layout.bundleReceiptFile, JSON.stringify(known), { durable: false });
  keepInCache(layout.bundlesDirectory, layout.bundleFile, known);
}

/** Without its receipt a bundle is fetched again, so this is also how a damaged one is got rid of. */
export function forgetBundle(layout: DeploymentLayout): void {
  rmSync(layout.bundleReceiptFile, { force: true });
}

function isOnHost({ bundleReceiptFile, bundleFile }: DeploymentLayout, revision: Revision): boolean {
  return readReceipt(bundleReceiptFile, bundleFile, revision) !== undefined;
}

/** The receipt of a complete bundle of this revision; undefined when there is none. */
function readReceipt(receiptFile: string, bundleFile: string, revision: Revision): BundleReceipt | undefined {
  try {
    const receipt = JSON.parse(readFileSync(receiptFile, "utf8")) as BundleReceipt;
    const isSameRevision = JSON.stringify(receipt.revision) === JSON.stringify(revision);
    return isSameRevision && statSync(bundleFile).size === receipt.bytes ? receipt : undefined;
  } catch {
    return undefined;
  }
}

/** Which revision a deployment's directory holds; undefined where the AWS agent made it. */
export function revisionOnHost(deploymentDirectory: string): Revision | undefined {
  try {
    const { revision } = JSON.parse(readFileSync(join(deploymentDirectory, RECEIPT_NAME), "utf8")) as BundleReceipt;
    return typeof revision === "object" && revision !== null && "from" in revision ? (revision as Revision) : undefined;
  } catch {
    return undefined;
  }
}

function checkEtag(revision: Revision, actual: string | undefined): void {
  if (revision.from !== "S3") return;
  const expected = revision.location.ETag;
  if (expected == null || unquoted(expected) === unquoted(actual ?? "")) return;
  throw new EventFailure(
    `Expected deployment artifact bundle etag ${expected} but was actually ${actual ?? "(none)"}`,
    {
      hint: "The object was replaced after its revision was registered. Register and deploy the new one, or pin a version.",
    },
  );
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', "");
}
