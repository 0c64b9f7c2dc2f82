import { createHash } from "node:crypto";
import { wrapperOf } from "@sluice/model/bundle/wrapper.ts";
import { APP_SPEC_NAMES } from "@sluice/model/lint/bundle-listing.ts";
import type { BundleType } from "@sluice/model/revision-location.ts";
import { feedTar, TooLarge } from "./feed-tar.ts";
import { tarEntryKind } from "./tar-entry-kind.ts";
import { TarReader } from "./tar-reader.ts";
import { eachZipEntry } from "./zip-entries.ts";

/** A bundle with more files than this is not listed. */
export const MAX_LISTED_FILES = 20_000;
/** Of a bundle's unpacked bytes, how many are gone through to know its files. */
export const MAX_LISTED_UNPACKED_BYTES = 512 * 1024 * 1024;
/** An AppSpec that is larger is listed, and its text is not kept. */
const MAX_KEPT_APP_SPEC_BYTES = 256 * 1024;

export interface ListedFile {
  /** Unpacked. */
  readonly bytes: number;
  /** SHA-256 of the content; of a link, where it leads, after `->`. */
  readonly content: string;
}

export interface BundleContent {
  /** By path, without the one directory around everything that agents take away. */
  readonly files: ReadonlyMap<string, ListedFile>;
  readonly appSpec: { readonly name: string; readonly text: string } | undefined;
}

/**
 * Every file of a bundle with its size and a hash. Nothing is unpacked, and memory holds no content but the AppSpec's. Rejects what is no archive,
 * what hosts refuse, with `TooLarge`, or when `signal` aborts.
 */
export async function listContent(
  bundle: Uint8Array,
  bundleType: Extract<BundleType, "zip" | "tar" | "tgz">,
  signal: AbortSignal,
): Promise<BundleContent> {
  const listing = new Listing();
  if (bundleType === "zip") await listZip(bundle, listing, signal);
  else await listTar(bundle, listing, signal);
  return listing.content();
}

class Listing {
  readonly #files = new Map<string, ListedFile>();
  readonly #texts = new Map<string, Buffer>();
  #unpackedBytes = 0;

  add(path: string, file: ListedFile): void {
    this.#files.set(path, file);
    if (this.#files.size > MAX_LISTED_FILES) throw new TooLarge(`it has more than ${MAX_LISTED_FILES} files`);
  }

  /** Takes a file's content in pieces. */
  open(path: string): { write(chunk: Buffer): void; close(): void } {
    const hash = createHash("sha256");
    const isKept = isAppSpecPath(path);
    const kept: Buffer[] = [];
    let bytes = 0;
    return {
      write: (chunk) => {
        hash.update(chunk);
        bytes += chunk.length;
        this.#unpackedBytes += chunk.length;
        if (this.#unpackedBytes > MAX_LISTED_UNPACKED_BYTES) {
          throw new TooLarge(`unpacked it has more than ${MAX_LISTED_UNPACKED_BYTES} bytes`);
        }
        if (isKept && bytes <= MAX_KEPT_APP_SPEC_BYTES) kept.push(Buffer.from(chunk));
      },
      close: () => {
        this.add(path, { bytes, content: hash.digest("hex") });
        if (isKept && bytes <= MAX_KEPT_APP_SPEC_BYTES) this.#texts.set(path, Buffer.concat(kept));
      },
    };
  }

  content(): BundleContent {
    const wrapper = wrapperOf((directory) => namesIn(directory, this.#files.keys()));
    const prefix = wrapper === "" ? "" : `${wrapper}/`;
    const files = new Map<string, ListedFile>();
    for (const [path, file] of this.#files) if (path.startsWith(prefix)) files.set(path.slice(prefix.length), file);
    const name = APP_SPEC_NAMES.find((each) => this.#texts.has(`${prefix}${each}`));
    const text = name === undefined ? undefined : this.#texts.get(`${prefix}${name}`)?.toString("utf8");
    return { files, appSpec: name === undefined || text === undefined ? undefined : { name, text } };
  }
}

function* namesIn(directory: string, paths: Iterable<string>): Generator<string> {
  const prefix = directory === "" ? "" : `${directory}/`;
  const names = new Set<string>();
  for (const path of paths) if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split("/", 1)[0]!);
  yield* names;
}

async function listZip(bundle: Uint8Array, listing: Listing, signal: AbortSignal): Promise<void> {
  await eachZipEntry(bundle, signal, async ({ kind, name }, _entry, _read, _count, each) => {
    const path = plainPath(name);
    if (kind === "directory") return;
    const sink = listing.open(path);
    const chunks: Buffer[] = [];
    await each(MAX_LISTED_UNPACKED_BYTES + 1, (chunk) => {
      sink.write(chunk);
      if (kind === "link" && chunks.length < 2) chunks.push(chunk);
    });
    if (kind === "link") listing.add(path, { bytes: 0, content: `->${Buffer.concat(chunks).toString("utf8")}` });
    else sink.close();
  });
}

async function listTar(bundle: Uint8Array, listing: Listing, signal: AbortSignal): Promise<void> {
  const reader = new TarReader((entry) => {
    const is = tarEntryKind(entry);
    if (is.kind === "label" || is.kind === "directory") return undefined;
    const path = plainPath(is.name);
    if (is.kind !== "link" && is.kind !== "hardLink") return listing.open(path);
    listing.add(path, { bytes: 0, content: `->${is.target}` });
    return undefined;
  });
  await feedTar(bundle, reader, signal, MAX_LISTED_UNPACKED_BYTES);
}

function plainPath(name: string): string {
  return name.replace(/^(\.\/+)+/, "");
}

function isAppSpecPath(path: string): boolean {
  const parts = path.split("/");
  return parts.length <= 2 && APP_SPEC_NAMES.some((name) => name === parts.at(-1));
}
