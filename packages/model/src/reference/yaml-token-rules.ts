import { type Mark, ReferenceYamlFault, type YamlReader } from "./yaml-reader.ts";

const MAX_VERSION_DIGITS = 9;
const URI_CHARACTERS = ";/?:@&=+$.!~*'()%";
const HEX_DIGITS_BY_ESCAPE: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const ESCAPES = '0abt\tnvfre "/\\N_LP';

export function scanDirective(reader: YamlReader): {
  readonly type: "version-directive" | "tag-directive";
  readonly text: string;
} {
  const { mark } = reader;
  const fail = (problem: string) => new ReferenceYamlFault(problem, "while scanning a directive", mark);
  reader.skip();
  const name = scanWord(reader);
  if (name === "") throw fail("could not find expected directive name");
  if (!reader.isBlankOrEnd()) throw fail("found unexpected non-alphabetical character");
  if (name !== "YAML" && name !== "TAG") throw fail("found unknown directive name");
  const text = name === "YAML" ? scanVersion(reader, mark) : scanTagDirective(reader, mark);
  reader.skipBlanks();
  if (reader.is("#")) reader.skipToLineEnd();
  if (!reader.isBreakOrEnd()) throw fail("did not find expected comment or line break");
  if (reader.isBreak()) reader.skipLine();
  return { type: name === "YAML" ? "version-directive" : "tag-directive", text };
}

function scanVersion(reader: YamlReader, mark: Mark): string {
  const fail = (problem: string) => new ReferenceYamlFault(problem, "while scanning a %YAML directive", mark);
  const number = () => {
    let digits = "";
    while (reader.is("0123456789")) {
      digits += reader.at();
      if (digits.length > MAX_VERSION_DIGITS) throw fail("found extremely long version number");
      reader.skip();
    }
    if (digits === "") throw fail("did not find expected version number");
    return Number(digits);
  };
  reader.skipBlanks();
  const major = number();
  if (!reader.is(".")) throw fail("did not find expected digit or '.' character");
  reader.skip();
  return `${major}.${number()}`;
}

/** @returns the handle */
function scanTagDirective(reader: YamlReader, mark: Mark): string {
  const fail = (problem: string) => new ReferenceYamlFault(problem, "while scanning a %TAG directive", mark);
  reader.skipBlanks();
  const handle = scanTagHandle(reader, mark, true);
  if (!reader.isBlank()) throw fail("did not find expected whitespace");
  reader.skipBlanks();
  scanTagUri(reader, { mark, isDirective: true, mayHaveFlow: true, head: "" });
  if (!reader.isBlankOrEnd()) throw fail("did not find expected whitespace or line break");
  return handle;
}

export function scanAnchor(reader: YamlReader, type: "alias" | "anchor"): void {
  const { mark } = reader;
  reader.skip();
  const name = scanWord(reader);
  if (name !== "" && (reader.isBlankOrEnd() || reader.is("?:,]}%@`"))) return;
  const context = type === "anchor" ? "while scanning an anchor" : "while scanning an alias";
  throw new ReferenceYamlFault("did not find expected alphabetic or numeric character", context, mark);
}

/** @returns the handle; empty for a tag in full */
export function scanTag(reader: YamlReader, isInFlow: boolean): string {
  const { mark } = reader;
  const fail = (problem: string) => new ReferenceYamlFault(problem, "while scanning a tag", mark);
  let handle = "";
  if (reader.is("<", 1)) {
    reader.skip(2);
    scanTagUri(reader, { mark, isDirective: false, mayHaveFlow: true, head: "" });
    if (!reader.is(">")) throw fail("did not find the expected '>'");
    reader.skip();
  } else {
    handle = scanTagHandle(reader, mark, false);
    const isWhole = handle.length > 1 && handle.endsWith("!");
    scanTagUri(reader, { mark, isDirective: false, mayHaveFlow: false, head: isWhole ? "" : handle });
    if (!isWhole) handle = "!";
  }
  if (!(isInFlow && reader.is(",")) && !reader.isBlankOrEnd()) {
    throw fail("did not find expected whitespace or line break");
  }
  return handle;
}

function scanTagHandle(reader: YamlReader, mark: Mark, isDirective: boolean): string {
  const context = isDirective ? "while scanning a tag directive" : "while scanning a tag";
  if (!reader.is("!")) throw new ReferenceYamlFault("did not find expected '!'", context, mark);
  reader.skip();
  const word = scanWord(reader);
  if (reader.is("!")) {
    reader.skip();
    return `!${word}!`;
  }
  if (isDirective && word !== "") {
    throw new ReferenceYamlFault("did not find expected '!'", "while parsing a tag directive", mark);
  }
  return `!${word}`;
}

interface TagUri {
  readonly mark: Mark;
  readonly isDirective: boolean;
  readonly mayHaveFlow: boolean;
  readonly head: string;
}

function scanTagUri(reader: YamlReader, { mark, isDirective, mayHaveFlow, head }: TagUri): void {
  const context = isDirective ? "while parsing a %TAG directive" : "while parsing a tag";
  let characters = head.length;
  while (reader.isWord() || reader.is(mayHaveFlow ? `${URI_CHARACTERS},[]` : URI_CHARACTERS)) {
    if (reader.is("%") && !/^[0-9A-Fa-f]{2}$/.test(reader.at(1) + reader.at(2))) {
      throw new ReferenceYamlFault("did not find URI escaped octet", context, mark);
    }
    reader.skip(reader.is("%") ? 3 : 1);
    characters += 1;
  }
  if (characters === 0) throw new ReferenceYamlFault("did not find expected tag URI", context, mark);
}

/** @param parentIndent of the block that the scalar is in; -1: of the document */
export function scanBlockScalar(reader: YamlReader, parentIndent: number): void {
  const { mark } = reader;
  const fail = (problem: string) => new ReferenceYamlFault(problem, "while scanning a block scalar", mark);
  reader.skip();
  let increment = 0;
  const digit = () => {
    if (!reader.is("0123456789")) return;
    if (reader.is("0")) throw fail("found an indentation indicator equal to 0");
    increment = Number(reader.at());
    reader.skip();
  };
  if (reader.is("+-")) {
    reader.skip();
    digit();
  } else {
    digit();
    if (reader.is("+-")) reader.skip();
  }
  reader.skipBlanks();
  if (reader.is("#")) reader.skipToLineEnd();
  if (!reader.isBreakOrEnd()) throw fail("did not find expected comment or line break");
  if (reader.isBreak()) reader.skipLine();
  let indent = increment === 0 ? 0 : Math.max(parentIndent, 0) + increment;
  const skipBreaks = () => {
    let widest = 0;
    for (;;) {
      while ((indent === 0 || reader.column < indent) && reader.is(" ")) reader.skip();
      widest = Math.max(widest, reader.column);
      if ((indent === 0 || reader.column < indent) && reader.is("\t")) {
        throw fail("found a tab character where an indentation space is expected");
      }
      if (!reader.isBreak()) break;
      reader.skipLine();
    }
    if (indent === 0) indent = Math.max(widest, parentIndent + 1, 1);
  };
  skipBreaks();
  while (reader.column === indent && !reader.isEnd()) {
    reader.skipToLineEnd();
    if (reader.isBreak()) reader.skipLine();
    skipBreaks();
  }
}

export function scanQuoted(reader: YamlReader): void {
  const { mark } = reader;
  const quote = reader.at();
  const fail = (problem: string) => new ReferenceYamlFault(problem, "while scanning a quoted scalar", mark);
  reader.skip();
  for (;;) {
    if (reader.isDocumentMark("-") || reader.isDocumentMark(".")) throw fail("found unexpected document indicator");
    if (reader.isEnd()) throw fail("found unexpected end of stream");
    while (!reader.isBlankOrEnd()) {
      if (quote === "'" && reader.is("'") && reader.is("'", 1)) reader.skip(2);
      else if (reader.is(quote)) break;
      else if (quote === '"' && reader.is("\\")) {
        if (reader.isBreak(1)) {
          reader.skip();
          reader.skipLine();
          break;
        }
        scanEscape(reader, mark);
      } else reader.skip();
    }
    if (reader.is(quote)) break;
    while (reader.isBlank() || reader.isBreak()) {
      if (reader.isBreak()) reader.skipLine();
      else reader.skip();
    }
  }
  reader.skip();
}

function scanEscape(reader: YamlReader, mark: Mark): void {
  const fail = (problem: string) => new ReferenceYamlFault(problem, "while parsing a quoted scalar", mark);
  const sign = reader.at(1);
  const digits = HEX_DIGITS_BY_ESCAPE[sign];
  if (digits === undefined && !(sign !== "" && ESCAPES.includes(sign))) throw fail("found unknown escape character");
  reader.skip(2);
  if (digits === undefined) return;
  let code = 0;
  for (let offset = 0; offset < digits; offset++) {
    if (!/^[0-9A-Fa-f]$/.test(reader.at(offset))) throw fail("did not find expected hexdecimal number");
    code = code * 16 + Number.parseInt(reader.at(offset), 16);
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) throw fail("found invalid Unicode character escape code");
  reader.skip(digits);
}

function scanWord(reader: YamlReader): string {
  let word = "";
  while (reader.isWord()) {
    word += reader.at();
    reader.skip();
  }
  return word;
}
