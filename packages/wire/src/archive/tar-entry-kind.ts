import { entryNameOf, NOT_UTF8, REMOVE_IT, TARGET_NOT_UTF8 } from "@sluice/model/bundle/entry-name.ts";
import { EntryRefused, refusedEntry } from "./entry-refused.ts";
import type { TarEntry } from "./tar-reader.ts";

/** What an entry of a tar becomes on a host. `label` becomes nothing. */
export type TarEntryKind =
  | { readonly kind: "file" | "directory"; readonly name: string }
  | { readonly kind: "link" | "hardLink"; readonly name: string; readonly target: string }
  | { readonly kind: "label" };

const SLASH = 0x2f;

/** @throws EntryRefused for what no host unpacks */
export function tarEntryKind(entry: TarEntry): TarEntryKind {
  const name = entryNameOf(entry.name);
  if (name === undefined) throw new EntryRefused(entry.name, NOT_UTF8);
  switch (entry.type) {
    case "0":
    case "7":
    case "S":
      // Tars from before POSIX mark a directory by its slash only.
      if (entry.name.at(-1) !== SLASH) return { kind: "file", name };
      checkWithoutContent(entry);
      return { kind: "directory", name };
    case "5":
      checkWithoutContent(entry);
      return { kind: "directory", name };
    // The content of GNU tar's lists what the directory held when it was packed.
    case "D":
      return { kind: "directory", name };
    case "2":
      checkWithoutContent(entry);
      return { kind: "link", name, target: targetOf(entry) };
    case "1":
      checkWithoutContent(entry);
      return { kind: "hardLink", name, target: targetOf(entry) };
    // Of a volume. It names no file.
    case "V":
      return { kind: "label" };
    default: {
      const words = KIND_WORDS[entry.type] ?? `of the unknown type ${JSON.stringify(entry.type)}`;
      throw refusedEntry(entry.name, `it is ${words}`, REMOVE_IT);
    }
  }
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  "3": "a character device",
  "4": "a block device",
  "6": "a named pipe",
  M: "a part of a file, of an archive in several volumes",
  N: "a list of long names of an old GNU tar",
  A: "an access list of Solaris",
  I: "an inode of star without its file",
};

/** Some programs write sizes there without content, others content: either would be misread by the other. */
function checkWithoutContent({ type, size, name, sparse }: TarEntry): void {
  if (size === 0 && sparse === undefined) return;
  const kind = { "1": "a hard link", "2": "a symbolic link" }[type] ?? "a directory";
  throw refusedEntry(
    name,
    `it is ${kind} with content (${size} bytes)`,
    "Pack the bundle again with GNU tar or bsdtar",
  );
}

function targetOf({ name, linkName }: TarEntry): string {
  const target = entryNameOf(linkName);
  if (target === undefined) throw new EntryRefused(name, TARGET_NOT_UTF8);
  return target;
}
