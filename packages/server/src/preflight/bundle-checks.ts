import type { RevisionFacts, RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { describeFinding } from "@sluice/model/lint/finding.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { BundleReading } from "@sluice/wire/archive/read-bundle.ts";
import type { PlannedCheck } from "@sluice/wire/sluice/sluice-api.ts";
import type { IntendedRollout } from "./rollout-facts.ts";
import { bundleLabel, bundleProblem } from "./start-check.ts";

/** A larger bundle is not fetched for the sake of its AppSpec. */
const MAX_BUNDLE_READ_BYTES = 64 * 1024 * 1024;
/** How long fetching and reading a bundle may take. */
const BUNDLE_READ_TIMEOUT_MILLISECONDS = 10_000;

export interface BundleChecks {
  readonly checks: readonly PlannedCheck[];
  readonly warnings: readonly string[];
  /** Every host would fail on it. */
  readonly failsOnHosts?: true;
}

/** Whether the bundle is there, and what its AppSpec says. */
export async function bundleChecks(
  revisions: Pick<RevisionSource, "read">,
  { revision, strategy }: Pick<IntendedRollout, "revision" | "strategy">,
  facts: RevisionFacts | undefined,
  signal: AbortSignal,
): Promise<BundleChecks> {
  if (strategy.type === "in-place" && strategy.restarts) return { checks: [], warnings: [] };
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
  return { ...appSpec, checks: [found, ...appSpec.checks] };
}

async function appSpecCheck(
  revisions: Pick<RevisionSource, "read">,
  revision: RevisionLocation,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<BundleChecks> {
  if (revision.revisionType !== "S3") return { checks: [], warnings: [] };
  if (sizeBytes > MAX_BUNDLE_READ_BYTES) {
    return unread(`the bundle has ${sizeBytes} bytes, and at most ${MAX_BUNDLE_READ_BYTES} are read for it`);
  }
  const limited = AbortSignal.any([signal, AbortSignal.timeout(BUNDLE_READ_TIMEOUT_MILLISECONDS)]);
  try {
    const bundle = await revisions.read(revision, MAX_BUNDLE_READ_BYTES, limited);
    const { readBundle } = await import("@sluice/wire/archive/read-bundle.ts");
    const reading = await readBundle(bundle, revision.s3Location.bundleType, limited);
    return reading.outcome === "unchecked" ? unread(reading.reason) : judged(reading);
  } catch (error) {
    signal.throwIfAborted();
    return unread(
      limited.aborted
        ? `reading the bundle took longer than ${BUNDLE_READ_TIMEOUT_MILLISECONDS} ms`
        : `the bundle could not be read: ${reasonOf(error)}`,
    );
  }
}

/** Hosts find out at DownloadBundle or after it, as at AWS: it is no reason for the server not to start. */
function judged({ fileName, findings }: Extract<BundleReading, { outcome: "read" }>): BundleChecks {
  const outcome = ["error", "warning"].find((severity) => findings.some((finding) => finding.severity === severity));
  const first = findings.find(({ severity }) => severity === outcome);
  const detail = first === undefined ? `${fileName} is valid` : describeFinding(fileName, first);
  return {
    checks: [check("appspec", outcome === "error" ? "failed" : (outcome ?? "ok"), detail)],
    warnings: findings.map((finding) => describeFinding(fileName, finding)),
    ...(outcome === "error" ? { failsOnHosts: true } : {}),
  };
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
