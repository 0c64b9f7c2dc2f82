import { quotedEntryName } from "@sluice/model/bundle/entry-name.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { BundleType } from "@sluice/model/revision-location.ts";
import { someOf } from "@sluice/model/some-of.ts";
import { MAX_SERVICE_APP_SPEC_BYTES } from "./app-spec-bytes.ts";
import { EntryRefused } from "./entry-refused.ts";
import { feedTar } from "./feed-tar.ts";
import { tarEntryKind } from "./tar-entry-kind.ts";
import { TarReader } from "./tar-reader.ts";
import { eachZipEntry } from "./zip-entries.ts";

/** How much of an archive's unpacked bytes is gone through for its AppSpec. */
const MAX_REVISION_UNPACKED_BYTES = 64 * 1024 * 1024;
/** An archive of ECS or Lambda with more entries than this is refused. */
const MAX_REVISION_ENTRIES = 1_000;
/** Files that a message names before it counts the rest. */
const MAX_NAMED_FILES = 5;

const APP_SPEC_NAME = /^appspec\.(ya?ml|json)$/i;
const SPEC_LIKE_NAME = /\.(ya?ml|json)$/i;

/** `reason` is a clause without a full stop, which follows the archive's name. */
export type SoleAppSpec =
  | { readonly outcome: "found"; readonly fileName: string; readonly bytes: Uint8Array }
  | { readonly outcome: "refused"; readonly reason: string };

/**
 * The one AppSpec in an archive for ECS or Lambda: the only file named appspec.yaml, .yml or .json, in whatever directory, or else the only
 * file. Nothing is unpacked, and no name in the archive becomes a path.
 */
export async function readSoleAppSpec(
  archive: Uint8Array,
  bundleType: BundleType,
  signal: AbortSignal,
): Promise<SoleAppSpec> {
  const found = new FoundFiles();
  try {
    if (bundleType === "zip") await readZip(archive, found, signal);
    else await readTar(archive, found, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EntryRefused) {
      return refused(`has the entry ${quotedEntryName(error.entry)}, which is refused: ${withoutStop(error.message)}`);
    }
    return refused(`is not a readable ${bundleType}: ${withoutStop(reasonOf(error))}`);
  }
  return found.sole();
}

interface FoundFile {
  readonly name: string;
  readonly isFile: boolean;
  /** Undefined: it is larger than an AppSpec may be, or is none by its name. */
  readonly bytes: Uint8Array | undefined;
}

class FoundFiles {
  readonly #files: FoundFile[] = [];
  #entries = 0;

  count(): void {
    this.#entries += 1;
    if (this.#entries > MAX_REVISION_ENTRIES) throw new Error(`it has more than ${MAX_REVISION_ENTRIES} entries`);
  }

  add(file: FoundFile): void {
    this.#files.push(file);
  }

  sole(): SoleAppSpec {
    const named = this.#files.filter(({ name }) => APP_SPEC_NAME.test(lastPart(name)));
    const [file, second] = named.length > 0 ? named : this.#files;
    const names = someOf(
      (named.length > 0 ? named : this.#files).map(({ name }) => quotedEntryName(name)),
      MAX_NAMED_FILES,
    );
    if (!file) return refused("holds no file: it must hold one appspec.yaml or appspec.json");
    if (second && named.length > 0) return refused(`holds more than one AppSpec (${names}): keep one of them`);
    if (second || (named.length === 0 && !SPEC_LIKE_NAME.test(file.name))) {
      return refused(`holds no appspec.yaml or appspec.json, but ${names}: name the AppSpec so`);
    }
    const name = quotedEntryName(file.name);
    if (!file.isFile) return refused(`has ${name} as a link, which is not followed: put the file itself there`);
    if (!file.bytes) return refused(`has an AppSpec, ${name}, of more than ${MAX_SERVICE_APP_SPEC_BYTES} bytes`);
    return { outcome: "found", fileName: file.name, bytes: file.bytes };
  }
}

async function readZip(archive: Uint8Array, found: FoundFiles, signal: AbortSignal): Promise<void> {
  await eachZipEntry(archive, signal, async ({ kind, name }, _entry, read) => {
    found.count();
    if (kind === "directory" || isMacOsLitter(name)) return;
    const isFile = kind === "file";
    const bytes = isFile && isWanted(name) ? await read(MAX_SERVICE_APP_SPEC_BYTES + 1) : undefined;
    found.add({ name, isFile, bytes: bytes && bytes.length <= MAX_SERVICE_APP_SPEC_BYTES ? bytes : undefined });
  });
}

async function readTar(archive: Uint8Array, found: FoundFiles, signal: AbortSignal): Promise<void> {
  const reader = new TarReader((entry) => {
    const is = tarEntryKind(entry);
    found.count();
    if (is.kind === "label" || is.kind === "directory" || isMacOsLitter(is.name)) return undefined;
    const { name } = is;
    const isFile = is.kind === "file" && entry.sparse === undefined;
    if (!isFile || !isWanted(name) || entry.size > MAX_SERVICE_APP_SPEC_BYTES) {
      found.add({ name, isFile, bytes: undefined });
      return undefined;
    }
    const chunks: Buffer[] = [];
    return {
      write: (chunk) => void chunks.push(Buffer.from(chunk)),
      close: () => found.add({ name, isFile, bytes: Buffer.concat(chunks) }),
    };
  });
  await feedTar(archive, reader, signal, MAX_REVISION_UNPACKED_BYTES);
}

function isWanted(name: string): boolean {
  return SPEC_LIKE_NAME.test(name);
}

/** Attributes that the archiver of macOS puts beside each file. */
function isMacOsLitter(name: string): boolean {
  return name.startsWith("__MACOSX/") || lastPart(name).startsWith("._") || lastPart(name) === ".DS_Store";
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function refused(reason: string): SoleAppSpec {
  return { outcome: "refused", reason };
}

function withoutStop(words: string): string {
  return words.replace(/\.$/, "");
}
