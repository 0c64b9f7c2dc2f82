/** Why an entry of a bundle cannot be unpacked: the end of a sentence that begins with its name and "is not allowed because", and what to do. */
export interface EntryProblem {
  readonly reason: string;
  readonly cure: string;
}

export const REMOVE_IT = "Remove it from the bundle";

/** Linux's PATH_MAX, less room for the directories above an unpacked bundle. */
export const MAX_ENTRY_PATH_BYTES = 3_072;
/** Linux's limit for each part of a path (NAME_MAX). */
export const MAX_ENTRY_NAME_BYTES = 255;
/** Linux's limit for what a symbolic link holds (PATH_MAX without its closing zero). */
export const MAX_LINK_TARGET_BYTES = 4_095;

/** Of ASCII. */
const PRINTABLE = { first: 0x20, last: 0x7e } as const;
const MAX_SHOWN_NAME_CHARACTERS = 200;

/** One for all names: making one takes longer than reading a name with it. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A name's bytes as text; undefined where they are not UTF-8, since text would then be another name. */
export function entryNameOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Any name in quotes for a message: bytes that are not UTF-8 are written out, as `"caf\xe9"`. */
export function quotedEntryName(name: string | Uint8Array): string {
  const text = typeof name === "string" ? name : entryNameOf(name);
  const quoted = text === undefined ? `"${bytesWrittenOut(name as Uint8Array)}"` : JSON.stringify(text);
  if (quoted.length <= MAX_SHOWN_NAME_CHARACTERS) return quoted;
  return `${quoted.slice(0, MAX_SHOWN_NAME_CHARACTERS).toWellFormed()}…"`;
}

function bytesWrittenOut(name: Uint8Array): string {
  return [...name]
    .map((byte) =>
      byte >= PRINTABLE.first && byte <= PRINTABLE.last
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, "0")}`,
    )
    .join("");
}

export const NOT_UTF8: EntryProblem = {
  reason: "its name is not UTF-8",
  cure: "Rename it (`convmv -f latin1 -t utf8 --notest -r DIRECTORY` renames a whole tree)",
};

export const TARGET_NOT_UTF8: EntryProblem = {
  reason: "it is a link whose target is not UTF-8",
  cure: "Rename what it leads to",
};

/**
 * An entry's name as a path relative to the bundle's root, `""` being that root; or why it may not be unpacked. No name leads outside,
 * whatever the file system holds, and none with `..` is taken, since tar and unzip each make something else of it.
 */
export function entryPathOf(
  name: string,
  { pathBytes = MAX_ENTRY_PATH_BYTES }: { readonly pathBytes?: number } = {},
): { readonly path: string } | EntryProblem {
  if (name.includes("\0")) return { reason: "its name contains a zero byte", cure: REMOVE_IT };
  if (/[\n\r]/.test(name)) {
    return {
      reason: "its name contains a line break, which the list of installed files cannot contain",
      cure: "Rename it",
    };
  }
  if (name.startsWith("/")) {
    return { reason: "its path is absolute", cure: "Pack the bundle with relative paths, from inside its directory" };
  }
  const parts: string[] = [];
  let depth = 0;
  let hasParent = false;
  for (const part of name.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") depth += 1;
    else {
      hasParent = true;
      depth -= 1;
      if (depth < 0) {
        return {
          reason: "its path leaves the archive through '..'",
          cure: "Pack the bundle from inside its directory",
        };
      }
    }
    parts.push(part);
  }
  if (hasParent) return { reason: "its path contains '..'", cure: "Pack the bundle from inside its directory" };
  const path = parts.join("/");
  if (isLonger(path, pathBytes)) return { reason: `its path is longer than ${pathBytes} bytes`, cure: "Shorten it" };
  if (parts.some((part) => isLonger(part, MAX_ENTRY_NAME_BYTES))) {
    return { reason: `a name in its path is longer than ${MAX_ENTRY_NAME_BYTES} bytes`, cure: "Shorten it" };
  }
  return { path };
}

/** A symbolic link may lead anywhere: it is kept and installed as it is, and nothing is read or written through one that leaves the bundle. */
export function linkTargetProblem(target: string): EntryProblem | undefined {
  if (target === "") return { reason: "it is a symbolic link without a target", cure: REMOVE_IT };
  if (target.includes("\0"))
    return { reason: "it is a symbolic link whose target contains a zero byte", cure: REMOVE_IT };
  if (isLonger(target, MAX_LINK_TARGET_BYTES)) {
    return { reason: `its link target is longer than ${MAX_LINK_TARGET_BYTES} bytes`, cure: "Shorten it" };
  }
  return undefined;
}

/** In bytes of UTF-8, of which a character of a string has three at most. */
function isLonger(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && new TextEncoder().encode(text).length > maxBytes;
}
