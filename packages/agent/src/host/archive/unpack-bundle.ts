import { renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { wrapperOf } from "@sluice/model/bundle/wrapper.ts";
import { EntryRefused } from "@sluice/wire/archive/entry-refused.ts";
import { type DeploymentLayout, ensureDirectory } from "../layout.ts";
import { removeTree } from "../remove-tree.ts";
import type { BundleType } from "../revision.ts";
import { ArchiveBudget } from "./archive-budget.ts";
import { checkArchiveKind, notOfType } from "./archive-kind.ts";
import type { ArchiveLimits } from "./archive-limits.ts";
import { ArchiveWriter } from "./archive-writer.ts";
import { claimedSize } from "./claimed-size.ts";
import { refusedFor } from "./entry-path.ts";
import { writeRecordedEntries } from "./recorded-attributes.ts";

/**
 * Unpacks the deployment's bundle into its archive directory, replacing what is there. The archive appears under its name
 * only when it is complete and has passed every check; a refused one leaves nothing behind.
 */
export async function unpackBundle(
  layout: DeploymentLayout,
  {
    bundleType,
    limits,
    signal,
  }: { readonly bundleType: BundleType; readonly limits: ArchiveLimits; readonly signal: AbortSignal },
): Promise<void> {
  const kind = checkArchiveKind(layout.bundleFile, bundleType);
  const staging = layout.archiveStagingDirectory;
  await removeTree(layout.archiveDirectory);
  await removeTree(staging);
  rmSync(layout.recordedAttributesFile, { force: true });
  try {
    ensureDirectory(staging);
    const budget = new ArchiveBudget(limits, statSync(layout.bundleFile).size, layout.deploymentDirectory);
    budget.expect(await claimedSize(layout.bundleFile, kind, limits));
    const writer = new ArchiveWriter(staging, limits, budget);
    await unpackEntries(layout.bundleFile, { kind, bundleType, writer, signal });
    const stripped = wrapperOf((directory) => writer.namesIn(directory));
    writer.finish(stripped);
    if (writer.namesIn("")?.length === 0) {
      throw notOfType(bundleType, "has no files in it", "Pack the revision again, with its appspec.yml at the top.");
    }
    writeRecordedEntries(layout.recordedAttributesFile, writer.recordedEntries(stripped));
    renameSync(join(staging, stripped), layout.archiveDirectory);
  } catch (error) {
    throw error instanceof EntryRefused ? refusedFor(error.entry, error.problem) : error;
  } finally {
    await removeTree(staging);
  }
}

/** The archive libraries are loaded when a bundle comes, so that an idle agent stays small. */
async function unpackEntries(
  bundleFile: string,
  {
    kind,
    bundleType,
    writer,
    signal,
  }: {
    readonly kind: "tar" | "gzip" | "zip";
    readonly bundleType: BundleType;
    readonly writer: ArchiveWriter;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  if (kind === "zip") {
    const { unpackZip } = await import("./unpack-zip.ts");
    await unpackZip(bundleFile, { writer, signal });
  } else {
    const { unpackTar } = await import("./unpack-tar.ts");
    await unpackTar(bundleFile, bundleType, { isGzipped: kind === "gzip", writer, signal });
  }
}
