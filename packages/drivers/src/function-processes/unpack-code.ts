import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type EntryKind, placeProblem } from "@sluice/model/bundle/bundle-entries.ts";
import { entryPathOf, MAX_ENTRY_PATH_BYTES, quotedEntryName } from "@sluice/model/bundle/entry-name.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { EntryRefused, refusedEntry } from "@sluice/wire/archive/entry-refused.ts";
import { eachZipEntry } from "@sluice/wire/archive/zip-entries.ts";

/** As Lambda's for what a zip unpacks to. */
export const MAX_UNPACKED_CODE_BYTES = 262_144_000;
export const MAX_CODE_ENTRIES = 100_000;

const EXECUTABLE_BITS = 0o111;
/** What a `provided` runtime runs, also from a zip that knows no modes. */
const BOOTSTRAP = "bootstrap";

/**
 * Unpacks a function's code into an empty folder that nobody else can change. Everybody may read what is in there, and run what the zip says.
 * @throws Error as a sentence that says what is wrong with the zip
 */
export async function unpackCode(zip: Uint8Array, folder: string, signal: AbortSignal): Promise<void> {
  const entries = new Map<string, EntryKind>([["", "directory"]]);
  let bytes = 0;
  try {
    await eachZipEntry(zip, signal, async ({ kind, name, unixMode }, _entry, read) => {
      if (entries.size > MAX_CODE_ENTRIES) throw new Error(`it has more than ${MAX_CODE_ENTRIES} entries`);
      if (kind === "link") throw refusedEntry(name, "it is a link", "Pack the file that it leads to");
      const place = entryPathOf(name, { pathBytes: MAX_ENTRY_PATH_BYTES });
      if ("reason" in place) throw new EntryRefused(name, place);
      const { path } = place;
      if (path === "") return;
      const problem = placeProblem(path, kind, entries);
      if (problem !== undefined) throw new EntryRefused(name, problem);
      for (const parent of parentsOf(path)) entries.set(parent, "directory");
      const isAgain = entries.get(path) !== undefined && kind === "file";
      if (isAgain) throw refusedEntry(name, "it is in there twice", "Pack the code again");
      entries.set(path, kind);
      const file = join(folder, path);
      if (kind === "directory") {
        await mkdir(file, { recursive: true });
        return;
      }
      await mkdir(dirname(file), { recursive: true });
      const content = await read(MAX_UNPACKED_CODE_BYTES - bytes + 1);
      bytes += content.length;
      if (bytes > MAX_UNPACKED_CODE_BYTES) throw new Error(`it unpacks to more than ${MAX_UNPACKED_CODE_BYTES} bytes`);
      const isProgram = unixMode === 0 ? path === BOOTSTRAP : (unixMode & EXECUTABLE_BITS) !== 0;
      await writeFile(file, content, { flag: "wx" });
      await chmod(file, isProgram ? 0o755 : 0o644);
    });
    // Whatever the umask is.
    for (const [path, kind] of entries) if (kind === "directory" && path !== "") await chmod(join(folder, path), 0o755);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EntryRefused) {
      throw new Error(
        `The function's code has the entry ${quotedEntryName(error.entry)}, which is refused: ${error.message}`,
      );
    }
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new Error(`The function's code is no readable zip: ${reasonOf(error)}. Pack it again (zip -r code.zip .).`);
  }
}

function* parentsOf(path: string): Generator<string> {
  for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) yield path.slice(0, slash);
}
