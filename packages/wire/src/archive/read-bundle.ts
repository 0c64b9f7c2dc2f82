import type { AppSpec } from "@sluice/model/app-spec/app-spec.ts";
import { quotedEntryName } from "@sluice/model/bundle/entry-name.ts";
import {
  APP_SPEC_NAMES,
  type BundleListing,
  type FileFacts,
  findInBundle,
  listBundle,
  type NamedEntry,
} from "@sluice/model/lint/bundle-listing.ts";
import { fileStart } from "@sluice/model/lint/file-start.ts";
import type { Finding } from "@sluice/model/lint/finding.ts";
import { leftRunning, SCRIPT_BYTES } from "@sluice/model/lint/left-running.ts";
import { lintAppSpec, missingAppSpec, scriptLocations } from "@sluice/model/lint/lint-bundle.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { BundleType } from "@sluice/model/revision-location.ts";
import { EntryRefused } from "./entry-refused.ts";
import { feedTar, TooLarge } from "./feed-tar.ts";
import { tarEntryKind } from "./tar-entry-kind.ts";
import { TarReader } from "./tar-reader.ts";
import { eachZipEntry } from "./zip-entries.ts";

/** An AppSpec that is larger than this is not looked at. */
const MAX_APP_SPEC_BYTES = 1024 * 1024;
/** Of a bundle with more entries the AppSpec is checked alone: going through them takes a server's only thread. */
const MAX_BUNDLE_ENTRIES = 10_000;
/**
 * And of one whose paths have more characters than this, those of all directories above each entry included: a few thousand entries in very deep
 * directories are as much as millions in flat ones.
 */
const MAX_BUNDLE_PATH_CHARACTERS = 16 * 1024 * 1024;
/** AppSpecs that are kept among more entries than that. */
const MAX_APP_SPECS_BEYOND = 8;
/** AppSpecs in directories that are kept until it is known whether their directory is taken away. */
const MAX_WRAPPED_APP_SPECS = 4;
const MAX_LINK_TARGET_BYTES = 4096;
/** Scripts of a tar that are read; it has to be done before the AppSpec says which are run. */
const MAX_READ_SCRIPTS = 100;

const EXECUTABLE_BITS = 0o111;

export type BundleReading =
  | {
      readonly outcome: "read";
      readonly fileName: string;
      readonly findings: readonly Finding[];
      /** Absent or null where there is none that agents accept. */
      readonly appSpec?: AppSpec | null;
    }
  /** `reason` is a clause without a full stop. */
  | { readonly outcome: "unchecked"; readonly reason: string };

/** What is to be said of a bundle's AppSpec and entries. Nothing is unpacked, and no name in the bundle becomes a path. */
export async function readBundle(
  bundle: Uint8Array,
  bundleType: BundleType,
  signal: AbortSignal,
): Promise<BundleReading> {
  let content: BundleContent;
  try {
    content = bundleType === "zip" ? await readZip(bundle, signal) : await readTar(bundle, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TooLarge) return { outcome: "unchecked", reason: error.message };
    if (error instanceof EntryRefused) return refusedReading(error);
    const message = `The bundle is not a readable ${bundleType}: every host fails at DownloadBundle. ${reasonOf(error)}`;
    return {
      outcome: "read",
      fileName: "bundle",
      findings: [{ check: "refused", severity: "error", line: null, message }],
    };
  }
  const { listing, appSpecs, isWhole } = content;
  const fileName = APP_SPEC_NAMES.find(
    (name) => listing.entries.has(name) && listing.entries.get(name) !== "directory",
  );
  // What lies beside a wrapper may be among the entries that were not kept.
  if (!isWhole && (fileName === undefined || listing.wrapper !== "")) {
    return { outcome: "unchecked", reason: "it has too many entries for that" };
  }
  if (fileName === undefined) {
    return { outcome: "read", fileName: "bundle", findings: [missingAppSpec(listing)] };
  }
  const path = listing.wrapper === "" ? fileName : `${listing.wrapper}/${fileName}`;
  const text = appSpecs.get(path);
  if (text === undefined) {
    return { outcome: "unchecked", reason: `${fileName} is not a plain file of at most ${MAX_APP_SPEC_BYTES} bytes` };
  }
  const known = isWhole ? await withStarts(listing, text, content.startsOf) : null;
  return { outcome: "read", fileName, ...lintAppSpec(text, known) };
}

/** Agents refuse the whole bundle for it, so nothing more is looked at. */
function refusedReading({ entry, problem }: EntryRefused): BundleReading {
  const message = `The entry ${quotedEntryName(entry)} is not allowed because ${problem.reason}: hosts with the Sluice agent fail at DownloadBundle. ${problem.cure}.`;
  return {
    outcome: "read",
    fileName: "bundle",
    findings: [{ check: "refused-entry", severity: "error", line: null, message, onlyFor: "sluice-agent" }],
  };
}

interface BundleContent {
  readonly listing: BundleListing;
  /** By path, the wrapper included. */
  readonly appSpecs: ReadonlyMap<string, Buffer>;
  /** Whether `listing` has every entry. */
  readonly isWhole: boolean;
  /** The first bytes of files, by paths with the wrapper, where they were not read with the listing. */
  readonly startsOf?: (paths: ReadonlySet<string>) => Promise<ReadonlyMap<string, ScriptFacts>>;
}

/** Zips are gone through once more for the first bytes of the scripts alone. */
async function withStarts(
  listing: BundleListing,
  appSpec: Uint8Array,
  startsOf: BundleContent["startsOf"],
): Promise<BundleListing> {
  if (startsOf === undefined) return listing;
  const prefix = listing.wrapper === "" ? "" : `${listing.wrapper}/`;
  const scripts = new Set<string>();
  for (const location of scriptLocations(appSpec)) {
    const found = findInBundle(listing, location);
    if (found.is === "file") scripts.add(`${prefix}${found.path}`);
  }
  const files = new Map(listing.files);
  for (const [path, facts] of await startsOf(scripts)) {
    const name = path.slice(prefix.length);
    files.set(name, { isExecutable: null, ...files.get(name), ...facts });
  }
  return { ...listing, files };
}

type ScriptFacts = Pick<FileFacts, "start" | "leftRunning">;

function scriptFacts(bytes: Buffer): ScriptFacts {
  return { start: fileStart(bytes), leftRunning: leftRunning(bytes.toString()) };
}

/** Entries by name, as many as are gone through. */
class KeptEntries {
  readonly named: [string, NamedEntry][] = [];
  isWhole = true;
  #pathCharacters = 0;
  #appSpecsBeyond = 0;

  /** Whether the entry at this path is one of them. */
  admits(path: string): boolean {
    this.#pathCharacters += charactersWithParents(path);
    if (this.named.length < MAX_BUNDLE_ENTRIES && this.#pathCharacters <= MAX_BUNDLE_PATH_CHARACTERS) return true;
    this.isWhole = false;
    return isAppSpecPath(path) && this.#appSpecsBeyond++ < MAX_APP_SPECS_BEYOND;
  }
}

/** About: a parent is half as long on average. */
function charactersWithParents(path: string): number {
  let parts = 1;
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) parts += 1;
  return (parts * path.length) / 2;
}

async function readZip(bundle: Uint8Array, signal: AbortSignal): Promise<BundleContent> {
  const kept = new KeptEntries();
  const { named } = kept;
  const appSpecs = new Map<string, Buffer>();
  await eachZipEntry(bundle, signal, async ({ kind, name, unixMode }, entry, read) => {
    const path = plainPath(name);
    if (!kept.admits(path)) return;
    if (kind === "link") named.push([name, { kind, target: (await read(MAX_LINK_TARGET_BYTES)).toString("utf8") }]);
    else if (kind === "directory") named.push([name, { kind }]);
    else {
      named.push([name, { kind, isExecutable: executableBy(unixMode || undefined), start: null }]);
      if (!isWantedAppSpec(path, appSpecs) || entry.uncompressedSize > MAX_APP_SPEC_BYTES) return;
      const text = await read(MAX_APP_SPEC_BYTES + 1);
      if (text.length > MAX_APP_SPEC_BYTES) throw new TooLarge(`${path} is larger than it says`);
      appSpecs.set(path, text);
    }
  });
  const startsOf = async (paths: ReadonlySet<string>) => {
    const starts = new Map<string, ScriptFacts>();
    await eachZipEntry(bundle, signal, async ({ name }, _entry, read) => {
      const path = plainPath(name);
      if (paths.has(path)) starts.set(path, scriptFacts(await read(SCRIPT_BYTES)));
    });
    return starts;
  };
  return { listing: listBundle(named), appSpecs, isWhole: kept.isWhole, startsOf };
}

function executableBy(mode: number | undefined): boolean | null {
  return mode === undefined ? null : (mode & EXECUTABLE_BITS) !== 0;
}

async function readTar(bundle: Uint8Array, signal: AbortSignal): Promise<BundleContent> {
  const kept = new KeptEntries();
  const { named } = kept;
  const appSpecs = new Map<string, Buffer>();
  let scripts = 0;
  const reader = new TarReader((entry) => {
    const is = tarEntryKind(entry);
    if (is.kind === "label") return undefined;
    const path = plainPath(is.name);
    if (!kept.admits(path)) return undefined;
    if (is.kind === "directory") named.push([is.name, { kind: is.kind }]);
    else if (is.kind === "link") named.push([is.name, { kind: is.kind, target: is.target }]);
    else {
      const facts = { kind: "file", isExecutable: executableBy(entry.mode), start: null } as const;
      const index = named.push([is.name, facts]) - 1;
      // What is stored of a sparse file does not begin with its beginning.
      if (is.kind === "hardLink" || entry.sparse !== undefined) return undefined;
      const isRead = isWantedAppSpec(path, appSpecs) && entry.size <= MAX_APP_SPEC_BYTES;
      const chunks: Buffer[] = [];
      let bytes = 0;
      return {
        write: (chunk) => {
          if (isRead || bytes < SCRIPT_BYTES)
            chunks.push(Buffer.from(isRead ? chunk : chunk.subarray(0, SCRIPT_BYTES)));
          bytes += chunk.length;
        },
        close: () => {
          const read = Buffer.concat(chunks);
          if (isRead) appSpecs.set(path, read);
          // Which scripts are run is not known yet.
          const isScript = read.subarray(0, 2).toString() === "#!" && ++scripts <= MAX_READ_SCRIPTS;
          named[index] = [is.name, { ...facts, ...(isScript ? scriptFacts(read) : { start: fileStart(read) }) }];
        },
      };
    }
    return undefined;
  });
  await feedTar(bundle, reader, signal);
  return { listing: listBundle(named), appSpecs, isWhole: kept.isWhole };
}

function plainPath(name: string): string {
  return name.replace(/^(\.\/+)+/, "");
}

/** At the top, or in a directory there, which may be taken away. */
function isAppSpecPath(path: string): boolean {
  const parts = path.split("/");
  return parts.length <= 2 && APP_SPEC_NAMES.some((name) => name === parts.at(-1));
}

function isWantedAppSpec(path: string, kept: ReadonlyMap<string, Buffer>): boolean {
  if (!isAppSpecPath(path)) return false;
  return !path.includes("/") || [...kept.keys()].filter((each) => each.includes("/")).length < MAX_WRAPPED_APP_SPECS;
}
