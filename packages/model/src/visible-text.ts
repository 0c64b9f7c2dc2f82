/**
 * Characters that steer a terminal, reorder what a person reads, or are not seen at all: C0 and C1 controls and DEL, the marks of
 * bidirectional text, zero-width characters and other formats, line separators, and halves of surrogate pairs. U+FE0F, which makes a sign
 * an emoji, is harmless and common.
 */
const UNSEEN = /(?!\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text that somebody else wrote, as it may be shown to a person: each unseen character is written out as `\x1b` or `\u202e`. Line feeds and
 * tabs stay, and a carriage return before a line feed goes.
 */
export function visibleText(text: string): string {
  return text
    .replace(/\r\n/g, "\n")
    .replace(UNSEEN, (character) => (character === "\n" || character === "\t" ? character : writtenOut(character)));
}

/** The same in one line: line feeds and tabs are written out, too. */
export function visibleLine(text: string): string {
  return text.replace(UNSEEN, writtenOut);
}

/** JSON says the same with every unseen character in a string escaped. `json` is what JSON.stringify made. */
export function visibleJson(json: string): string {
  // Between its strings, JSON of JSON.stringify has line feeds and blanks only.
  return json.replace(UNSEEN, (character) =>
    character === "\n"
      ? character
      : [...Array(character.length).keys()].map((index) => `\\u${hex(character.charCodeAt(index), 4)}`).join(""),
  );
}

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function writtenOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return (
    SHORT[character] ??
    (code < 0x100 ? `\\x${hex(code, 2)}` : code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`)
  );
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
