import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import type { BundleContent } from "@sluice/wire/archive/list-content.ts";
import type { ApplicationRow } from "../../../store/applications.ts";
import { readServiceRevision } from "../../codedeploy/revisions/read-service-revision.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { definitionTexts } from "./definition-texts.ts";

/** A larger bundle is not fetched to be compared: two of them would be in memory one after the other. */
export const MAX_COMPARED_BUNDLE_BYTES = 128 * 1024 * 1024;
/** How long fetching and reading one revision may take. */
export const COMPARE_TIMEOUT_MILLISECONDS = 20_000;

/** What a revision is made of, as far as it can be read now. */
export interface RevisionContent {
  readonly bytes?: number | undefined;
  /** Absent: it has no files, or they cannot be read. */
  readonly files?: BundleContent["files"] | undefined;
  /** By name: `appspec.yml`, `taskDefinition`, `function`. */
  readonly texts: ReadonlyMap<string, string>;
  /** Sentences without a full stop: what could not be read, why, and what mends it. */
  readonly troubles: readonly string[];
}

/** Revisions that wait for their turn to be read. Whoever comes then is told to try again. */
export const MAX_WAITING_COMPARISONS = 20;

/** One bundle is in memory at a time, whoever compares. */
let turn: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** Never rejects for what is missing or unreadable: that is a trouble, and the rest is compared. */
export async function revisionContent(
  revision: RevisionLocation,
  application: ApplicationRow,
  context: SluiceContext,
): Promise<RevisionContent> {
  if (waiting >= MAX_WAITING_COMPARISONS) {
    throw new CallerFault(
      "ServiceUnavailableException",
      `${waiting} revisions are waiting to be compared, and the server reads one at a time. Nothing was compared. Try again.`,
    );
  }
  waiting++;
  const mine = turn.then(() => {
    waiting--;
    // Whoever has hung up meanwhile costs nothing.
    context.signal.throwIfAborted();
    return readContent(revision, application, context);
  });
  turn = mine.catch(() => {});
  return mine;
}

async function readContent(
  revision: RevisionLocation,
  application: ApplicationRow,
  context: SluiceContext,
): Promise<RevisionContent> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(COMPARE_TIMEOUT_MILLISECONDS)]);
  const name = revisionName(revision);
  try {
    return application.compute_platform === "Server"
      ? await bundleContent(revision, context.codeDeploy.revisions, signal)
      : await serviceContent(revision, application, context);
  } catch (error) {
    context.signal.throwIfAborted();
    const why = signal.aborted ? `it took longer than ${COMPARE_TIMEOUT_MILLISECONDS / 1000} s` : reasonOf(error);
    if (error instanceof CallerFault) return { texts: new Map(), troubles: [withoutStop(error.message)] };
    return { texts: new Map(), troubles: [`${name} cannot be read: ${withoutStop(why)}`] };
  }
}

async function bundleContent(
  revision: RevisionLocation,
  revisions: Pick<RevisionSource, "inspect" | "read">,
  signal: AbortSignal,
): Promise<RevisionContent> {
  const nothing = { texts: new Map<string, string>() };
  const name = revisionName(revision);
  if (revision.revisionType === "GitHub") {
    const { repository, commitId } = revision.gitHubLocation;
    return {
      ...nothing,
      troubles: [
        `${name} is in GitHub, and not compared here: see https://github.com/${repository}/commit/${commitId}`,
      ],
    };
  }
  if (revision.revisionType !== "S3") return { ...nothing, troubles: [`${name} is no bundle`] };
  const { bundleType } = revision.s3Location;
  const facts = await revisions.inspect(revision, signal);
  if (facts.outcome === "missing") {
    return {
      ...nothing,
      troubles: [`${name} is not there any more: ${withoutStop(facts.reason)}. To compare it, upload it again`],
    };
  }
  if (facts.outcome === "unchecked") {
    return { ...nothing, troubles: [`${name} cannot be read: ${withoutStop(facts.reason)}`] };
  }
  const bytes = facts.sizeBytes;
  if (bytes > MAX_COMPARED_BUNDLE_BYTES) {
    const trouble = `${name} has ${bytes} bytes, and at most ${MAX_COMPARED_BUNDLE_BYTES} are read to compare its files`;
    return { ...nothing, bytes, troubles: [trouble] };
  }
  if (bundleType === "YAML" || bundleType === "JSON") {
    return { ...nothing, bytes, troubles: [`${name} is an AppSpec alone, and no bundle for hosts`] };
  }
  try {
    const bundle = await revisions.read(revision, MAX_COMPARED_BUNDLE_BYTES, signal);
    // The archive libraries are loaded when an archive is read, so that an idle server stays small.
    const { listContent } = await import("@sluice/wire/archive/list-content.ts");
    const { files, appSpec } = await listContent(bundle, bundleType, signal);
    return { bytes, files, texts: new Map(appSpec ? [[appSpec.name, appSpec.text]] : []), troubles: [] };
  } catch (error) {
    signal.throwIfAborted();
    return { ...nothing, bytes, troubles: [`the files of ${name} cannot be listed: ${withoutStop(reasonOf(error))}`] };
  }
}

/** The AppSpec, and what it deploys. */
async function serviceContent(
  revision: RevisionLocation,
  application: ApplicationRow,
  context: SluiceContext,
): Promise<RevisionContent> {
  const shelf = { db: context.store.db, revisions: context.codeDeploy.revisions };
  const { text } = await readServiceRevision(revision, application.application_id, shelf);
  const deployed = await definitionTexts(application.compute_platform, text, context);
  return {
    bytes: Buffer.byteLength(text),
    texts: new Map([["appspec.yml", inLines(text)], ...deployed.texts]),
    troubles: deployed.troubles,
  };
}

/** An AppSpec of JSON in one line would differ as a whole. */
function inLines(text: string): string {
  try {
    return `${JSON.stringify(JSON.parse(text), undefined, 2)}\n`;
  } catch {
    return text;
  }
}

function withoutStop(words: string): string {
  return words.replace(/\.$/, "");
}
