import { refusedEntry } from "./entry-path.ts";

const SPARSE_RECORD = /^\d+ GNU\.sparse\./;
const NAME_RECORD = /^(\d+) (?:GNU\.sparse\.name|path|linkpath)=(.*)$/s;
const SHOWN_NAME_CHARACTERS = 200;
export const SPARSE_REFUSAL = ["it is stored as a sparse file", "Pack the bundle without tar's --sparse (-S)"] as const;

/**
 * Refuses what the parser would pass over in an extended header (pax), since the entry that follows would then be unpacked with another
 * content or under another name: the map of a sparse file, and a name that holds a line break or bytes that are no text.
 * @param text lines of "LENGTH KEY=VALUE"; other records, such as extended attributes, may hold anything
 * @throws EventFailure
 */
export function checkExtendedHeader(text: string): void {
  const lines = text.split("\n");
  const name = lines.map((line) => NAME_RECORD.exec(line)?.[2]).find((value) => value !== undefined) ?? "";
  const shown = name.slice(0, SHOWN_NAME_CHARACTERS);
  if (lines.some((line) => SPARSE_RECORD.test(line))) throw refusedEntry(shown, ...SPARSE_REFUSAL);
  for (const line of lines) {
    const length = NAME_RECORD.exec(line)?.[1];
    if (length !== undefined && Number(length) !== Buffer.byteLength(line) + 1) {
      throw refusedEntry(shown, "its name or target holds a line break or is not UTF-8", "Rename it in the bundle");
    }
  }
}
