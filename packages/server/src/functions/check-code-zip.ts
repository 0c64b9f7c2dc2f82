import { type EntryKind, placeProblem } from "@sluice/model/bundle/bundle-entries.ts";
import { entryPathOf, quotedEntryName } from "@sluice/model/bundle/entry-name.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_UNZIPPED_BYTES, MAX_ZIP_ENTRIES } from "@sluice/model/lambda-limits.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { EntryRefused, refusedEntry } from "@sluice/wire/archive/entry-refused.ts";
import { eachZipEntry } from "@sluice/wire/archive/zip-entries.ts";

/** The end of a zip's directory, without entries and without a comment. */
const EMPTY_ZIP_BYTES = 22;

/**
 * Reads a function's zip from end to end and keeps nothing: each entry has a path inside, none is a link or there twice, and all of it can be
 * unpacked and is no larger than Lambda allows. Throws a CallerFault that names the entry and the cure.
 */
export async function checkCodeZip(zip: Uint8Array, signal: AbortSignal): Promise<void> {
  if (zip.byteLength <= EMPTY_ZIP_BYTES) {
    throw refused("Uploaded file must be a non-empty zip. Pack the function's files: zip -r code.zip .");
  }
  const entries = new Map<string, EntryKind>([["", "directory"]]);
  let bytes = 0;
  let files = 0;
  try {
    await eachZipEntry(zip, signal, async ({ kind, name }, _entry, _read, count) => {
      if (entries.size > MAX_ZIP_ENTRIES) {
        throw refused(
          `The zip has more than ${MAX_ZIP_ENTRIES} entries. Pack fewer files: bundle the function's code.`,
        );
      }
      addEntry(name, kind, entries);
      if (kind !== "file") return;
      files += 1;
      bytes += await count(MAX_UNZIPPED_BYTES - bytes + 1);
      if (bytes > MAX_UNZIPPED_BYTES) {
        throw refused(
          `Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes. Leave out what the function does not need.`,
        );
      }
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CallerFault) throw error;
    if (error instanceof EntryRefused) {
      throw refused(`The zip's entry ${quotedEntryName(error.entry)} is refused: ${error.message}`);
    }
    throw refused(
      `Could not unzip uploaded file. Please check your file, then try to upload again: ${reasonOf(error)}. Pack it again: zip -r code.zip .`,
    );
  }
  if (files === 0) throw refused("The zip has no file. Pack the function's files: zip -r code.zip .");
}

function addEntry(name: string, kind: "file" | "directory" | "link", entries: Map<string, EntryKind>): void {
  if (kind === "link")
    throw refusedEntry(name, "it is a link", "Pack the file that it leads to: zip without --symlinks");
  const place = entryPathOf(name);
  if ("reason" in place) throw new EntryRefused(name, place);
  const { path } = place;
  if (path === "" && kind === "directory") return;
  const problem = placeProblem(path, kind, entries);
  if (problem !== undefined) throw new EntryRefused(name, problem);
  if (entries.has(path) && kind === "file") throw refusedEntry(name, "it is in there twice", "Pack the code again");
  for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
    entries.set(path.slice(0, slash), "directory");
  }
  entries.set(path, kind);
}

function refused(message: string): CallerFault {
  return new CallerFault("InvalidParameterValueException", message);
}
