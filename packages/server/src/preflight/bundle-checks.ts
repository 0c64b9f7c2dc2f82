import type { RevisionFacts, RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import type { AppSpec } from "@sluice/model/app-spec/app-spec.ts";
import { hookScripts } from "@sluice/model/app-spec/hook-scripts.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { PlannedCheck } from "@sluice/wire/sluice/operations.ts";
import { bundleLabel, bundleProblem } from "../runner/start-check.ts";

/** A larger bundle is not fetched for the sake of its AppSpec. */
const BUNDLE_READ_MAX_BYTES = 64 * 1024 * 1024;
/** How long fetching and reading a bundle may take. */
const BUNDLE_READ_TIMEOUT_MILLISECONDS = 10_000;

export interface BundleChecks {
  readonly checks: readonly PlannedCheck[];
  readonly warnings: readonly string[];
}

/** Whether the bundle is there, and what its AppSpec says. */
export async function bundleChecks(
  revisions: Pick<RevisionSource, "read">,
  revision: RevisionLocation | null,
  facts: RevisionFacts | undefined,
  signal: AbortSignal,
): Promise<BundleChecks> {
  if (revision === null || facts === undefined) {
    return { checks: [check("bundle", "unchecked", "not checked: no revision was named")], warnings: [] };
  }
  const label = bundleLabel(revision);
  if (facts.outcome === "unchecked") {
    const detail = `${label}: not checked, ${facts.reason}`;
    return {
      checks: [check("bundle", "unchecked", detail)],
      warnings: [`The bundle was not checked: ${facts.reason}.`],
    };
  }
  const problem = bundleProblem(revision, facts);
  if (problem !== null || facts.outcome === "missing") {
    return { checks: [check("bundle", "failed", problem ?? label)], warnings: [] };
  }
  const eTag = facts.eTag === undefined ? "" : `, ETag ${facts.eTag}`;
  const found = check("bundle", "ok", `${label}: ${facts.sizeBytes} bytes${eTag}`);
  const appSpec = await appSpecCheck(revisions, revision, facts.sizeBytes, signal);
  return { checks: [found, ...appSpec.checks], warnings: appSpec.warnings };
}

/** What a person should know of an AppSpec that is valid. */
export function appSpecWarnings(fileName: string, appSpec: Pick<AppSpec, "hooks">): string[] {
  if (hookScripts(appSpec, "ValidateService").length > 0) return [];
  return [
    `${fileName} has no ValidateService hook: a deployment succeeds as soon as the files are there and the scripts ended, whether the service works or not.`,
  ];
}

async function appSpecCheck(
  revisions: Pick<RevisionSource, "read">,
  revision: RevisionLocation,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<BundleChecks> {
  if (revision.revisionType !== "S3") return { checks: [], warnings: [] };
  if (sizeBytes > BUNDLE_READ_MAX_BYTES) {
    return unread(`the bundle has ${sizeBytes} bytes, and at most ${BUNDLE_READ_MAX_BYTES} are read for it`);
  }
  const limited = AbortSignal.any([signal, AbortSignal.timeout(BUNDLE_READ_TIMEOUT_MILLISECONDS)]);
  try {
    const bundle = await revisions.read(revision, BUNDLE_READ_MAX_BYTES, limited);
    const { readAppSpec } = await import("./read-app-spec.ts");
    const finding = await readAppSpec(bundle, revision.s3Location.bundleType, limited);
    switch (finding.outcome) {
      case "valid": {
        const { fileName, appSpec } = finding;
        return {
          checks: [check("appspec", "ok", `${fileName} is valid`)],
          warnings: appSpecWarnings(fileName, appSpec),
        };
      }
      case "invalid": {
        // Hosts find out at DownloadBundle, after their ApplicationStop: it is no reason for the server not to start.
        const warning = `Every host would fail on the AppSpec: ${finding.reason}`;
        return { checks: [check("appspec", "warning", finding.reason)], warnings: [warning] };
      }
      case "unchecked":
        return unread(finding.reason);
      default: {
        const never: never = finding;
        return never;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    return unread(
      limited.aborted
        ? `reading the bundle took longer than ${BUNDLE_READ_TIMEOUT_MILLISECONDS} ms`
        : `the bundle could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function unread(reason: string): BundleChecks {
  return {
    checks: [check("appspec", "unchecked", `not checked: ${reason}`)],
    warnings: [`The AppSpec was not checked: ${reason}.`],
  };
}

function check(subject: string, outcome: string, detail: string): PlannedCheck {
  return { subject, outcome, detail };
}
