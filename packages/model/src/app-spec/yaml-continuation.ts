/**
 * Inside brackets and quotes the reference's YAML reader does not look at indentation; the YAML library does. Adding spaces
 * at the start of such a continuation line changes no value, so the lines that the library would refuse are indented first.
 *
 * Returns null when `start` begins no bracket or quote that ends, or when none of its lines needs indenting.
 */
export function indentContinuation(text: string, start: number): string | null {
  const end = endOfFlow(text, start);
  if (end === null) return null;
  const lineStart = text.lastIndexOf("\n", start) + 1;
  const [first = "", ...rest] = text.slice(start, end).split("\n");
  // A document marker ends the document even here, which the reader must go on seeing.
  if (rest.some((line) => /^(?:---|\.\.\.)(?:\s|$)/.test(line))) return null;
  const width = Math.min(start - lineStart + 1, MAX_INDENT);
  const margin = " ".repeat(width);
  const indented = rest.map((line) =>
    line.startsWith(margin) || line === "" ? line : margin + line.replace(/^ +/, ""),
  );
  const repaired = [first, ...indented].join("\n");
  return repaired.length === end - start ? null : text.slice(0, start) + repaired + text.slice(end);
}

/** A deeper column is not repaired in full, so that indenting many lines cannot multiply the text. */
const MAX_INDENT = 80;

const OPENERS: Readonly<Record<string, string>> = { "[": "]", "{": "}" };

/** The offset behind the closing bracket or quote. */
function endOfFlow(text: string, start: number): number | null {
  const closers: string[] = [];
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    const before = at === start ? " " : text.charAt(at - 1);
    if ((character === '"' || character === "'") && /[\s,:?[{]/.test(before)) {
      const end = endOfQuote(text, at, character);
      if (end === null) return null;
      at = end - 1;
    } else if (character === "#" && /\s/.test(before)) {
      const lineEnd = text.indexOf("\n", at);
      if (lineEnd < 0) return null;
      at = lineEnd;
    } else if (OPENERS[character] !== undefined) {
      closers.push(OPENERS[character]);
    } else if (character === "]" || character === "}") {
      if (closers.pop() !== character) return null;
    }
    if (closers.length === 0) return at + 1;
  }
  return null;
}

function endOfQuote(text: string, start: number, quote: string): number | null {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\" && quote === '"') at++;
    else if (character === quote && quote === "'" && text.charAt(at + 1) === "'") at++;
    else if (character === quote) return at + 1;
  }
  return null;
}
