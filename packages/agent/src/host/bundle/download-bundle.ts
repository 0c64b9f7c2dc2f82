import { readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { flushDirectory, replaceFile, UNFINISHED_SUFFIX } from "../durable-file.ts";
import { EventFailure } from "../event-failure.ts";
import type { HostConfig } from "../host-config.ts";
import type { DeploymentLayout } from "../layout.ts";
import type { Revision } from "../revision.ts";
import { bundleRequest } from "./bundle-request.ts";
import { download } from "./download.ts";

/** What `bundle.json` says about a complete `bundle.tar`: which revision it is, and how long. */
interface BundleReceipt {
  readonly revision: unknown;
  readonly bytes: number;
}

export interface BundleOnHost {
  /** Whether an earlier run had completed it. */
  readonly wasThere: boolean;
  /** Settles when the bundle would survive a power cut; meanwhile it can be unpacked. */
  readonly kept: Promise<void>;
}

/**
 * Sees to it that the deployment's bundle is on this host, complete. One that an earlier run of the same deployment
 * completed is not fetched again.
 */
export async function downloadBundle(
  layout: DeploymentLayout,
  {
    revision,
    specification,
    bundleUrl,
    config,
    signal,
  }: {
    readonly revision: Revision;
    readonly specification: DeploymentSpecification;
    readonly bundleUrl: string | undefined;
    readonly config: HostConfig;
    readonly signal: AbortSignal;
  },
): Promise<BundleOnHost> {
  if (isOnHost(layout, revision)) return { wasThere: true, kept: Promise.resolve() };
  forgetBundle(layout);
  const request = bundleRequest(revision, specification, bundleUrl, config);
  const unfinished = `${layout.bundleFile}${UNFINISHED_SUFFIX}`;
  try {
    const { etag, bytes } = await download(request.make, unfinished, {
      maxBytes: config.archiveLimits.bundleBytes,
      idleMilliseconds: config.timing.downloadIdle,
      retryDelays: request.retryDelays,
      signal,
    });
    checkEtag(revision, etag);
    renameSync(unfinished, layout.bundleFile);
    const kept = keepBundle(layout, { revision, bytes });
    // Whoever waits for it still gets the failure; it must only not end the agent while nobody does.
    kept.catch(() => {});
    return { wasThere: false, kept };
  } finally {
    rmSync(unfinished, { force: true });
  }
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

function isOnHost(layout: DeploymentLayout, revision: Revision): boolean {
  try {
    const receipt = JSON.parse(readFileSync(layout.bundleReceiptFile, "utf8")) as BundleReceipt;
    const isSameRevision = JSON.stringify(receipt.revision) === JSON.stringify(revision);
    return isSameRevision && statSync(layout.bundleFile).size === receipt.bytes;
  } catch {
    return false;
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
