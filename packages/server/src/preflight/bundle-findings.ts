import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { describeFinding, type Finding } from "@sluice/model/lint/finding.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { BundleReading } from "@sluice/wire/archive/read-bundle.ts";

/** A larger bundle is not fetched at the start of a deployment: it would wait for that. */
const MAX_CHECKED_BUNDLE_BYTES = 16 * 1024 * 1024;
/** How long the start of a deployment waits for what is to be said of its bundle. */
const BUNDLE_CHECK_TIMEOUT_MILLISECONDS = 2_000;
/** Findings that a deployment tells; the others are counted. */
const MAX_TOLD_FINDINGS = 10;
/** Bundles whose findings are remembered: many groups get the same one. */
const MAX_REMEMBERED_BUNDLES = 100;

/** Errors and warnings. */
export interface FoundInBundle {
  readonly fileName: string;
  readonly findings: readonly Finding[];
}

const NOTHING_FOUND: FoundInBundle = { fileName: "", findings: [] };

/**
 * What a deployment says of its bundle when it starts. It is said once, for the deployment, and stops nothing: as at AWS, hosts are what
 * refuses a bundle. Nothing is said of a bundle that cannot be read in time, or that hosts fetch by themselves.
 */
export class BundleFindings {
  readonly #revisions: Pick<RevisionSource, "read">;
  readonly #remembered = new Map<string, FoundInBundle>();
  /** One bundle is in memory at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(revisions: Pick<RevisionSource, "read">) {
    this.#revisions = revisions;
  }

  /** @param sha256 of the bundle, where it is known. Rejects when `signal` aborts. */
  async of(revision: RevisionLocation, sha256: string | undefined, signal: AbortSignal): Promise<FoundInBundle> {
    if (revision.revisionType !== "S3") return NOTHING_FOUND;
    const key = sha256 === undefined ? undefined : `${revision.s3Location.bundleType} ${sha256}`;
    const known = key === undefined ? undefined : this.#remembered.get(key);
    if (known !== undefined) return known;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(BUNDLE_CHECK_TIMEOUT_MILLISECONDS)]);
    const reading = await this.#inTurn(() => this.#read(revision, patience)).catch(() => undefined);
    signal.throwIfAborted();
    if (reading?.outcome !== "read") return NOTHING_FOUND;
    const told = {
      fileName: reading.fileName,
      findings: reading.findings.filter(({ severity }) => severity !== "note"),
    };
    if (key !== undefined) this.#remember(key, told);
    return told;
  }

  #inTurn<Value>(read: () => Promise<Value>): Promise<Value> {
    const mine = this.#turn.then(read, read);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #read(
    revision: RevisionLocation & { readonly revisionType: "S3" },
    patience: AbortSignal,
  ): Promise<BundleReading> {
    patience.throwIfAborted();
    const bundle = await this.#revisions.read(revision, MAX_CHECKED_BUNDLE_BYTES, patience);
    // The archive libraries are loaded when a bundle is read, so that an idle server stays small.
    const { readBundle } = await import("@sluice/wire/archive/read-bundle.ts");
    return readBundle(bundle, revision.s3Location.bundleType, patience);
  }

  #remember(key: string, told: FoundInBundle): void {
    this.#remembered.set(key, told);
    const oldest = this.#remembered.keys().next().value;
    if (this.#remembered.size > MAX_REMEMBERED_BUNDLES && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

/** @param hasSluiceAgents whether any host may be concerned by what only the Sluice agent refuses */
export function toldOf({ fileName, findings }: FoundInBundle, hasSluiceAgents: boolean): readonly string[] {
  const concerning = findings.filter(({ onlyFor }) => onlyFor === undefined || hasSluiceAgents);
  const told = concerning.slice(0, MAX_TOLD_FINDINGS).map((finding) => describeFinding(fileName, finding));
  const more = concerning.length - told.length;
  return more > 0 ? [...told, `${fileName}: ${more} more, which sluice plan --s3-location shows.`] : told;
}
