import { copyFileSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { proxyOfAgent } from "../agent-proxy.ts";
import { flushDirectory, replaceFile, UNFINISHED_SUFFIX } from "../durable-file.ts";
import { EventFailure } from "../event-failure.ts";
import type { HostConfig } from "../host-config.ts";
import { type DeploymentLayout, RECEIPT_NAME } from "../layout.ts";
import type { Revision } from "../revision.ts";
import { isBundleSigned, notTheSignedBundle, sha256OfFile } from "./bundle-digest.ts";
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
 * Sees to it that the deployment's bundle is on this host, complete. One that an earlier run of the same deployment
 * completed is not fetched again; nor is one that another deployment of the group left, which is what a rollback finds, as
 * long as the source says that it still is the same.
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
  }: {
    readonly revision: Revision;
    readonly specification: DeploymentSpecification;
    readonly bundleUrl: string | undefined;
    readonly config: HostConfig;
    readonly signal: AbortSignal;
    /** False where what was on the host has turned out to be spoilt. */
    readonly mayReuse?: boolean;
    readonly onRetry?: (reason: string, delayMilliseconds: number) => void;
  },
): Promise<BundleOnHost> {
  const isSigned = async (file: string) =>
    specification.BundleSha256 === undefined || isBundleSigned(specification, await sha256OfFile(file, signal));
  if (isOnHost(layout, revision) && (await isSigned(layout.bundleFile))) {
    return { wasThere: true, kept: Promise.resolve() };
  }
  forgetBundle(layout);
  const request = bundleRequest(revision, specification, bundleUrl, config);
  const found = mayReuse ? findHeldBundle(layout, revision) : undefined;
  const held = found !== undefined && (await isSigned(found.bundleFile)) ? found : undefined;
  const unfinished = `${layout.bundleFile}${UNFINISHED_SUFFIX}`;
  try {
    const downloaded = await download(request.make, unfinished, {
      heldEtag: held?.receipt.etag,
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
    });
    const wasThere = downloaded.isUnchanged && held !== undefined;
    const { etag, bytes } = downloaded.isUnchanged ? (held?.receipt ?? NOTHING) : downloaded;
    checkEtag(revision, etag);
    if (!downloaded.isUnchanged && !isBundleSigned(specification, downloaded.sha256)) {
      throw notTheSignedBundle(specification, downloaded.sha256);
    }
    if (wasThere) linkOrCopy(held.bundleFile, unfinished);
    renameSync(unfinished, layout.bundleFile);
    const kept = keepBundle(layout, { revision, bytes, etag });
    // Whoever waits for it still gets the failure; it must only not end the agent while nobody does.
    kept.catch(() => {});
    return { wasThere, kept };
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** What this host's operator has named, by enrolling it or in its agent.json. */
function trustedOriginsOf({ trustedOrigins, s3Endpoint, gitHubBaseUrl }: HostConfig): ReadonlySet<string> {
  const configured = [s3Endpoint, gitHubBaseUrl].flatMap((url) =>
    url && URL.canParse(url) ? [new URL(url).origin] : [],
  );
  return new Set([...trustedOrigins, ...configured]);
}

/** The receipt comes last: a bundle with a receipt is wholly on the disk. */
async function keepBundle(layout: DeploymentLayout, receipt: BundleReceipt): Promise<void> {
  const bundle = await open(layout.bundleFile, "r");
  try {
    await bundle.sync();
  } finally {
    await bundle.close();
  }
  flushDirectory(layout.deploymentDirectory);
  replaceFile(layout.bundleReceiptFile, JSON.stringify(receipt), { durable: false });
}

/** Without its receipt a bundle is fetched again, so this is also how a damaged one is got rid of. */
export function forgetBundle(layout: DeploymentLayout): void {
  rmSync(layout.bundleReceiptFile, { force: true });
}

const NOTHING = { etag: undefined, bytes: 0 };

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

/** A bundle of the same revision that another deployment of the group left here, and that its source can recognise. */
function findHeldBundle(
  { groupDirectory, bundleFile, bundleReceiptFile }: DeploymentLayout,
  revision: Revision,
): { readonly bundleFile: string; readonly receipt: BundleReceipt } | undefined {
  for (const deployment of readdirSync(groupDirectory)) {
    const held = join(groupDirectory, deployment, basename(bundleFile));
    const receipt = readReceipt(join(groupDirectory, deployment, basename(bundleReceiptFile)), held, revision);
    if (receipt?.etag !== undefined) return { bundleFile: held, receipt };
  }
  return undefined;
}

/** Bundles are replaced and never changed, so that two deployments may share one; not every file system can. */
function linkOrCopy(from: string, to: string): void {
  rmSync(to, { force: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
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
