import type { RevisionFacts, RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import {
  type RawString,
  type RevisionLocation,
  revisionKey,
  type S3Location,
} from "@sluice/model/revision-location.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import { MAX_SERVICE_APP_SPEC_BYTES } from "@sluice/wire/archive/app-spec-bytes.ts";
import type { Kysely } from "kysely";
import type { ReadAppSpec } from "../../../groups/read-revision.ts";
import { REVISION_LOCATION } from "../../../store/columns/catalogue-columns.ts";
import { findRevisions } from "../../../store/revisions.ts";
import type { Database } from "../../../store/schema.ts";

/** An archive of ECS or Lambda holds one small file. */
const MAX_SERVICE_REVISION_BYTES = 8 * 1024 * 1024;
/** How long fetching and reading a revision may take, so that a store that does not answer is an error, and no call that hangs. */
const SERVICE_REVISION_TIMEOUT_MILLISECONDS = 10_000;

/** Where revisions are read, and where those that were registered are kept. */
export interface RevisionShelf {
  readonly db: Kysely<Database>;
  readonly revisions: Pick<RevisionSource, "inspect" | "read">;
}

/**
 * The AppSpec of a revision of ECS or Lambda. A revision that is missing or wrong is the caller's fault; one that nobody can read now is
 * not, and its error is one that clients try again.
 */
export async function readServiceRevision(
  revision: RevisionLocation,
  applicationId: string,
  { db, revisions }: RevisionShelf,
): Promise<ReadAppSpec> {
  switch (revision.revisionType) {
    case "String":
      return inRequest(revision.string, await contentOf(revision, revision.string, applicationId, db));
    case "AppSpecContent":
      return inRequest(revision.appSpecContent, await contentOf(revision, revision.appSpecContent, applicationId, db));
    case "S3":
      return readObject(revision, revisions);
    case "GitHub":
      throw invalid(
        "The revision is in GitHub, which is for the compute platform Server: give an s3Location or an appSpecContent.",
      );
    default: {
      const never: never = revision;
      return never;
    }
  }
}

function inRequest({ sha256 = "" }: RawString, text: string): ReadAppSpec {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SERVICE_APP_SPEC_BYTES) {
    throw invalid(`The AppSpec has ${bytes} bytes: at most ${MAX_SERVICE_APP_SPEC_BYTES} are read.`);
  }
  return { kind: "app-spec", text, from: `the AppSpec ${sha256.slice(0, 12)}` };
}

/** A text that was registered before may be named by its hash alone, as listings show it. */
async function contentOf(
  revision: RevisionLocation,
  { content }: RawString,
  applicationId: string,
  db: Kysely<Database>,
): Promise<string> {
  if (content !== undefined) return content;
  const key = revisionKey(revision);
  const row = (await findRevisions(db, applicationId, [key])).get(key);
  const known = row && REVISION_LOCATION.read(row);
  const text =
    known?.revisionType === "String"
      ? known.string.content
      : known?.revisionType === "AppSpecContent"
        ? known.appSpecContent.content
        : undefined;
  if (text !== undefined) return text;
  throw new CallerFault(
    "RevisionDoesNotExistException",
    `The revision ${revisionName(revision)} does not exist in the application: give the AppSpec's text as content, or register it first.`,
  );
}

async function readObject(
  revision: RevisionLocation & { readonly revisionType: "S3" },
  revisions: Pick<RevisionSource, "inspect" | "read">,
): Promise<ReadAppSpec> {
  const { bundleType, bucket, key } = revision.s3Location;
  const label = `s3://${bucket}/${key}`;
  const signal = AbortSignal.timeout(SERVICE_REVISION_TIMEOUT_MILLISECONDS);
  const isFile = bundleType === "YAML" || bundleType === "JSON";
  const maxBytes = isFile ? MAX_SERVICE_APP_SPEC_BYTES : MAX_SERVICE_REVISION_BYTES;
  const bytes = await fetchObject(revision, { label, maxBytes }, revisions, signal);
  if (isFile) return { kind: "app-spec", text: textOf(bytes, label), from: label };
  // The archive libraries are loaded when an archive is read, so that an idle server stays small.
  const { readSoleAppSpec } = await import("@sluice/wire/archive/sole-app-spec.ts");
  const sole = await readSoleAppSpec(bytes, bundleType, signal).catch((error: unknown) => {
    throw unreadable(label, signal.aborted ? tooSlow() : reasonOf(error), error);
  });
  if (sole.outcome === "refused") throw invalid(`The revision ${label} ${sole.reason}.`);
  const from = `${sole.fileName} in ${label}`;
  return { kind: "app-spec", text: textOf(sole.bytes, from), from };
}

async function fetchObject(
  revision: RevisionLocation & { readonly revisionType: "S3" },
  { label, maxBytes }: { readonly label: string; readonly maxBytes: number },
  revisions: Pick<RevisionSource, "inspect" | "read">,
  signal: AbortSignal,
): Promise<Uint8Array> {
  try {
    checkFound(await revisions.inspect(revision, signal), revision.s3Location, label, maxBytes);
    return await revisions.read(revision, maxBytes, signal);
  } catch (error) {
    if (error instanceof CallerFault) throw error;
    throw unreadable(label, signal.aborted ? tooSlow() : reasonOf(error), error);
  }
}

function checkFound(facts: RevisionFacts, { eTag }: S3Location, label: string, maxBytes: number): void {
  switch (facts.outcome) {
    case "missing":
      throw new CallerFault(
        "RevisionDoesNotExistException",
        `The revision ${label} does not exist: ${facts.reason}. Upload it, or name one that exists.`,
      );
    case "unchecked":
      throw unreadable(label, facts.reason);
    case "found": {
      const wanted = eTag?.replaceAll('"', "");
      const found = facts.eTag?.replaceAll('"', "");
      if (wanted !== undefined && found !== undefined && wanted !== found) {
        throw invalid(
          `The revision ${label} was replaced: its ETag is ${found}, and the revision names ${wanted}. Leave eTag out, or give ${found}.`,
        );
      }
      if (facts.sizeBytes <= maxBytes) return;
      throw invalid(
        `The revision ${label} has ${facts.sizeBytes} bytes: at most ${maxBytes} are read for its AppSpec.`,
      );
    }
    default:
      facts satisfies never;
  }
}

function textOf(bytes: Uint8Array, from: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const message = `The AppSpec ${from} is not UTF-8: save it as UTF-8.`;
    throw new CallerFault("InvalidRevisionException", message, { cause: error });
  }
}

function invalid(message: string): CallerFault {
  return new CallerFault("InvalidRevisionException", message);
}

function tooSlow(): string {
  return `it took longer than ${SERVICE_REVISION_TIMEOUT_MILLISECONDS / 1000} s`;
}

/** A 5xx, which clients try again by themselves. */
function unreadable(label: string, reason: string, cause?: unknown): CallerFault {
  return new CallerFault(
    "ServiceUnavailableException",
    `The revision ${label} cannot be read now: ${reason.replace(/\.$/, "")}. Nothing was created. Try again; if it stays so, see the binding of the revision-source in sluice.yml.`,
    { cause },
  );
}
