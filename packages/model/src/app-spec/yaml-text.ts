import { AppSpecError } from "./app-spec-error.ts";
import type { TextPlace } from "./yaml-places.ts";

/** Files that people write have a few kilobytes; the limit keeps a hostile one from holding up the process. */
export const MAX_APP_SPEC_BYTES = 128 * 1024;

const BYTE_ORDER_MARK = "\uFEFF";

/** The text of a YAML file with `\n` as its only line break. Throws {@link AppSpecError} for what YAML does not allow as text. */
export function readYamlText(input: string | Uint8Array): string {
  if (input.length > MAX_APP_SPEC_BYTES) {
    throw new AppSpecError(
      `The application specification file is larger than ${MAX_APP_SPEC_BYTES} bytes (${input.length}). ` +
        "Move data that the deployment does not read out of it.",
    );
  }
  const text = typeof input === "string" ? input : decodeUtf8(input);
  refuseUnprintable(text);
  const lines = text.replaceAll(/\r\n?|\u0085/g, "\n");
  // A byte order mark takes up the first column, as it does for the reference: a mapping that begins on the first line is
  // indented by one against its second line, and ends there.
  return lines.startsWith(BYTE_ORDER_MARK) ? ` ${lines.slice(1)}` : lines;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const sound = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    const place = placeIn(sound, Math.max(sound.indexOf("\uFFFD"), 0));
    throw new AppSpecError(
      `The application specification file is not UTF-8 text: line ${place.line} has bytes that are not UTF-8. ` +
        "Save the file as UTF-8 without a byte order mark.",
      place,
      { cause },
    );
  }
}

/** What YAML 1.1 counts as printable, and no lone surrogate. */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function refuseUnprintable(text: string): void {
  const match = UNPRINTABLE.exec(text);
  if (match === null) return;
  const place = placeIn(text, match.index);
  const code = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  throw new AppSpecError(
    `The application specification file has a control character (U+${code}) on line ${place.line}. ` +
      'Remove it, or write it as an escape between double quotes, such as "\\a".',
    place,
  );
}

function placeIn(text: string, index: number): TextPlace {
  const before = text.slice(0, index).split(/\r\n?|\n/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
