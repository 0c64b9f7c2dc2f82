import type { CST, YAMLParseError } from "yaml";

/** A key where the library expects a value; it reads the lines before as the beginning of that key. */
const NESTED_KEY = /^Nested mappings/;
const UNCLOSED_QUOTE = /^Missing closing/;
/** Blank lines and comments. */
const NOTHING_OF_NOTE = /(?:\s|(?<=^|\s)#[^\n]*)*/y;

/** What is wrong, in words that need no grammar. */
export function faultReason({ message }: YAMLParseError): string {
  if (NESTED_KEY.test(message)) {
    return "a key follows a value; indent it as the key above it, or put the value in quotes";
  }
  if (message.startsWith("All mapping items")) return "a key is not indented as the keys above it";
  if (message.startsWith("Sequence item without"))
    return "an entry of a list does not begin with a dash, or is not indented as its list";
  if (message.startsWith("A block sequence may not"))
    return "a list begins where a key is expected; indent it, or write the key above it";
  if (UNCLOSED_QUOTE.test(message)) return "the quote that begins here is not closed";
  if (message.startsWith("Implicit keys need")) return "a key has no colon behind it";
  if (message.startsWith("Flow ")) return "a bracket before this line is not closed";
  return message;
}

/**
 * Where in `text` a reader has to look. The library points at the blank lines and comments before what is wrong, at the end of a text whose
 * quote was never closed, and at the value that stands before a key of the wrong indentation.
 */
export function faultOffset({ message, pos }: YAMLParseError, text: string, tokens: Iterable<CST.Token>): number {
  const [offset] = pos;
  if (UNCLOSED_QUOTE.test(message)) return startOfQuote(offset, tokens) ?? offset;
  if (NESTED_KEY.test(message)) return endOfPlainKey(offset, text);
  NOTHING_OF_NOTE.lastIndex = offset;
  const skipped = NOTHING_OF_NOTE.exec(text)?.[0].length ?? 0;
  return offset + skipped < text.length ? offset + skipped : offset;
}

/** The last line of a key that the library took to begin lines before; a key in quotes is where it begins. */
function endOfPlainKey(offset: number, text: string): number {
  if (/["']/.test(text.charAt(offset))) return offset;
  const colon = /:(?=\s|$)/g;
  colon.lastIndex = offset;
  return colon.exec(text)?.index ?? offset;
}

function startOfQuote(end: number, tokens: Iterable<CST.Token>): number | undefined {
  for (const token of tokens) {
    if (/-quoted-scalar$/.test(token.type) && "source" in token && token.offset + token.source.length === end)
      return token.offset;
  }
  return undefined;
}
