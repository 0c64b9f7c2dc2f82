import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  Parser,
  type Scalar,
  type YAMLMap,
  type YAMLParseError,
  type YAMLSeq,
} from "yaml";
import { AppSpecError } from "./app-spec-error.ts";
import { type ReferenceCrash, tagRefused } from "./reference-crash.ts";
import { indentContinuation } from "./yaml-continuation.ts";
import { faultOffset, faultReason } from "./yaml-fault.ts";
import { type TextPlace, YamlPlaces } from "./yaml-places.ts";
import { resolveBinaryTag, resolveFloatTag, resolvePlainScalar, ScalarRefused } from "./yaml-scalar.ts";
import { readYamlText } from "./yaml-text.ts";
import { isYamlList, isYamlMap, type YamlMap, YamlSymbol, type YamlValue } from "./yaml-value.ts";

/** Lists and mappings within each other; an AppSpec needs six. */
export const MAX_APP_SPEC_DEPTH = 100;

/** A document's value, and where its parts stand. */
export interface LocatedYaml {
  readonly root: YamlValue;
  readonly places: YamlPlaces;
}

/**
 * The first document of a YAML file, by the reference agent's rules: YAML 1.1, no aliases, no dates, of two equal keys the
 * later wins, and whatever follows the first document is not looked at. Throws {@link AppSpecError} and nothing else.
 */
export function readYamlDocument(input: string | Uint8Array): LocatedYaml {
  let text = readYamlText(input);
  for (let repairs = 0; ; repairs++) {
    const lines = new LineCounter();
    const { document, tokens } = composeFirst(text, lines);
    const places = new YamlPlaces();
    if (document === null) return { root: null, places };
    const fault = document.errors.find((error) => isInDocument(error, document, lines));
    if (fault === undefined) {
      for (const token of tokens) refuseTabs(token, lines);
      const root = document.contents === null ? null : new DocumentReader(lines, places).read(document.contents);
      return { root, places };
    }
    const isAffordable = repairs < MAX_REPAIRS && (repairs + 1) * text.length <= MAX_REPAIR_CHARACTERS;
    const repaired = isAffordable ? repairContinuation(text, tokens, fault.pos[0]) : null;
    if (repaired === null) throw syntaxError(faultReason(fault), faultOffset(fault, text, tokensIn(tokens)), lines);
    text = repaired;
  }
}

/** Each repair reads the file anew, so what is read in all is bounded too: many repairs for small files, few for large ones. */
const MAX_REPAIRS = 50;
const MAX_REPAIR_CHARACTERS = 512 * 1024;

/** Tries the brackets and quotes that begin at or before the fault, the nearest first. */
function repairContinuation(text: string, tokens: readonly CST.Token[], faultOffset: number): string | null {
  const starts = tokens.flatMap((token) => [...flowStarts(token)]).filter((start) => start <= faultOffset);
  for (const start of starts.sort((a, b) => b - a).slice(0, MAX_REPAIR_CANDIDATES)) {
    const repaired = indentContinuation(text, start);
    if (repaired !== null) return repaired;
  }
  return null;
}

const MAX_REPAIR_CANDIDATES = 20;

function* tokensIn(roots: readonly CST.Token[]): Generator<CST.Token> {
  for (const root of roots) for (const { token } of walk(root)) yield token;
}

function* flowStarts(root: CST.Token): Generator<number> {
  for (const { token } of walk(root)) {
    if (token.type === "flow-collection" || /-quoted-scalar$/.test(token.type)) yield token.offset;
  }
}

type FirstDocument = Document.Parsed<ParsedNode>;

/** Scalars stay text here: which value they have is decided by {@link DocumentReader}. */
function composeFirst(
  text: string,
  lines: LineCounter,
): { readonly document: FirstDocument | null; readonly tokens: readonly CST.Token[] } {
  const composer = new Composer({
    version: "1.1",
    schema: "failsafe",
    resolveKnownTags: false,
    uniqueKeys: false,
    merge: false,
    logLevel: "silent",
    prettyErrors: false,
  });
  const tokens = [...firstDocumentTokens(text, lines)];
  for (const document of composer.compose(tokens)) return { document: document as FirstDocument, tokens };
  return { document: null, tokens };
}

/** Stops before the second document, so that nothing in it can be at fault. */
function* firstDocumentTokens(text: string, lines: LineCounter): Generator<CST.Token> {
  let seen = false;
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    if (seen && (token.type === "document" || token.type === "doc-end")) return;
    seen ||= token.type === "document";
    if (token.type === "directive") refuseDirective(token, lines);
    refuseDepth(token, lines);
    yield token;
  }
}

function refuseDirective(token: CST.Directive, lines: LineCounter): void {
  if (/^%(?:YAML[ \t]+1\.[12](?:\s|$)|TAG\s)/.test(token.source)) return;
  throw syntaxError(
    `the directive ${excerpt(token.source)} is not supported; remove it, or write %YAML 1.1`,
    token.offset,
    lines,
  );
}

function refuseDepth(root: CST.Token, lines: LineCounter): void {
  for (const { token, depth } of walk(root)) {
    if (depth > MAX_APP_SPEC_DEPTH) {
      throw syntaxError(`lists and mappings are nested more than ${MAX_APP_SPEC_DEPTH} deep`, token.offset, lines, {
        errorClass: "SystemStackError",
        message: "stack level too deep",
      });
    }
  }
}

interface WalkedToken {
  readonly token: CST.Token;
  readonly depth: number;
}

/** Without recursion, because the composer that comes after {@link refuseDepth} recurses and must not run out of stack. */
function* walk(root: CST.Token): Generator<WalkedToken> {
  const open: WalkedToken[] = [{ token: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    const { token, depth } = next;
    if (token.type === "document" && token.value) open.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    for (const item of token.items) {
      if (item.key) open.push({ token: item.key, depth: depth + 1 });
      if (item.value) open.push({ token: item.value, depth: depth + 1 });
    }
  }
}

/** A tab may not stand where the indentation of a block decides, be it on an otherwise empty line or behind a dash. */
function refuseTabs(root: CST.Token, lines: LineCounter): void {
  for (const { token } of walk(root)) {
    const tab = findTabIndent(token);
    if (tab === null) continue;
    throw syntaxError("a tab is used for indentation; replace it with spaces", tab.offset, lines);
  }
}

function findTabIndent(token: CST.Token): CST.SourceToken | null {
  if (token.type === "flow-collection") return null;
  if (!("items" in token)) return "end" in token ? tabBefore(token.end ?? [], 1, false) : null;
  for (const { start, sep } of token.items as readonly CST.CollectionItem[]) {
    const tab = tabBefore(start, token.indent + 1, true) ?? tabBefore(sep ?? [], Number.POSITIVE_INFINITY, false);
    if (tab !== null) return tab;
  }
  return null;
}

/**
 * The first tab that starts a line, or follows a dash, left of `column`. Farther right it may belong to the continuation of
 * an unquoted text, where it is allowed.
 */
function tabBefore(parts: readonly CST.SourceToken[], column: number, startsLine: boolean): CST.SourceToken | null {
  let position = startsLine ? 0 : Number.POSITIVE_INFINITY;
  for (const part of parts) {
    if (part.type === "newline") {
      position = 0;
    } else if (part.type === "seq-item-ind" || part.type === "explicit-key-ind") {
      // What follows may be a block of its own, so the column makes no difference.
      position = Number.NEGATIVE_INFINITY;
    } else if (part.type === "space") {
      const tab = part.source.indexOf("\t");
      if (tab >= 0 && position + tab < column) return part;
      position += part.source.length;
    } else {
      position = Number.POSITIVE_INFINITY;
    }
  }
  return null;
}

/**
 * The reference stops reading where the first document's value ends, so text behind it is not an error. A block collection at
 * the margin ends only with the document; a flow collection, a scalar and an indented block end before.
 */
function isInDocument(error: YAMLParseError, document: FirstDocument, lines: LineCounter): boolean {
  const contents = document.contents;
  // A comment may follow a quoted scalar or a bracket without a space between.
  if (error.message.startsWith("Comments must be separated")) return false;
  if (contents === null) return true;
  const isBlockAtMargin =
    isCollection(contents) && contents.flow !== true && lines.linePos(contents.range[0]).col === 1;
  return isBlockAtMargin || error.code !== "UNEXPECTED_TOKEN" || error.pos[0] < contents.range[1];
}

const MERGE_KEY = "<<";
const STR_TAG = "tag:yaml.org,2002:str";

class DocumentReader {
  readonly #lines: LineCounter;
  readonly #places: YamlPlaces;
  readonly #symbols = new Map<string, YamlSymbol>();

  constructor(lines: LineCounter, places: YamlPlaces) {
    this.#lines = lines;
    this.#places = places;
  }

  read(node: unknown): YamlValue {
    if (isScalar(node)) return this.#readScalar(node);
    if (isMap(node)) return this.#readMap(node);
    if (isSeq(node)) return this.#readList(node);
    if (isAlias(node))
      throw this.#refuse(node, `the alias *${excerpt(node.source)} is not supported; repeat the value itself`, {
        errorClass: "BadAlias",
        message: `Unknown alias: ${node.source}`,
      });
    return null;
  }

  #readScalar(node: Scalar): YamlValue {
    const text = typeof node.value === "string" ? node.value : (node.source ?? "");
    try {
      return this.#intern(resolveScalar(text, node.tag, node.type === "PLAIN" || node.type === undefined));
    } catch (cause) {
      if (cause instanceof ScalarRefused) throw this.#refuse(node, cause.message, cause.crash);
      throw cause;
    }
  }

  /** Equal symbols are one key. */
  #intern(value: YamlValue): YamlValue {
    if (!(value instanceof YamlSymbol)) return value;
    const known = this.#symbols.get(value.name) ?? value;
    this.#symbols.set(value.name, known);
    return known;
  }

  #readList(node: YAMLSeq): YamlValue {
    if (node.tag !== undefined && /^!(?:seq|ruby\/array):/.test(node.tag)) throw this.#refuseTag(node, node.tag);
    const list = node.items.map((item) => this.read(item));
    this.#places.listRead(
      list,
      node.items.map((item) => this.#placeOf(item)),
    );
    return list;
  }

  #readMap(node: YAMLMap): YamlMap {
    if (node.tag !== undefined && REFUSED_MAP_TAGS.test(node.tag)) throw this.#refuseTag(node, node.tag);
    const map = new Map<YamlValue, YamlValue>();
    for (const pair of node.items) {
      if (!isPair(pair)) continue;
      const key = this.read(pair.key);
      const value = this.read(pair.value);
      const isMerge = key === MERGE_KEY && !(isScalar(pair.key) && pair.key.tag === STR_TAG);
      if (isMerge && merge(map, value)) continue;
      map.set(key, value);
      const written = isScalar(pair.value) && pair.value.type === "PLAIN" ? (pair.value.source ?? null) : null;
      this.#places.memberRead(map, key, { ...this.#placeOf(pair.key), written });
    }
    return map;
  }

  #placeOf(node: unknown): TextPlace {
    const { range } = (node ?? {}) as { readonly range?: readonly number[] | null };
    return placeAt(range?.[0] ?? 0, this.#lines);
  }

  #refuseTag(node: { range?: readonly number[] | null | undefined }, tag: string): AppSpecError {
    return this.#refuse(node, `the tag ${excerpt(tag)} is not supported; remove it`, tagRefused(tag));
  }

  #refuse(
    node: { range?: readonly number[] | null | undefined },
    reason: string,
    crash: ReferenceCrash | null,
  ): AppSpecError {
    return syntaxError(reason, node.range?.[0] ?? 0, this.#lines, crash);
  }
}

/** Tags that would make the reference build an object other than a hash, which it does not allow in an AppSpec. */
const REFUSED_MAP_TAGS =
  /^(?:!ruby\/(?!object:Hash$)|!(?:set|omap|str)$|!(?:str|map):|tag:yaml\.org,2002:(?:set|omap|str)$)/;
const REFUSED_SCALAR_TAGS =
  /^!(?:str:|ruby\/(?:string:|object:(?:BigDecimal|DateTime|Complex|Rational)$|encoding$|class$|module$|regexp$|range$))/;

function resolveScalar(text: string, tag: string | undefined, isPlain: boolean): YamlValue {
  if (tag === undefined) return isPlain ? resolvePlainScalar(text) : text;
  if (REFUSED_SCALAR_TAGS.test(tag)) {
    throw new ScalarRefused(`the tag ${excerpt(tag)} is not supported; remove it`, tagRefused(tag));
  }
  if (tag === STR_TAG || tag === "!str" || tag === "!ruby/string") return text;
  if (tag === "tag:yaml.org,2002:binary" || tag === "!binary") return resolveBinaryTag(text);
  if (tag === "tag:yaml.org,2002:float" || tag === "!float") return resolveFloatTag(text);
  if (/^!ruby\/sym/.test(tag)) return new YamlSymbol(text);
  return resolvePlainScalar(text);
}

/** Merged members win over those before them and lose to those after them. False when there is nothing to merge. */
function merge(map: Map<YamlValue, YamlValue>, value: YamlValue): boolean {
  if (isYamlMap(value)) {
    for (const [key, member] of value) map.set(key, member);
    return true;
  }
  if (!isYamlList(value) || !value.every(isYamlMap)) return false;
  for (const source of value.toReversed()) merge(map, source);
  return true;
}

const MAX_EXCERPT_CHARACTERS = 60;

function excerpt(text: string): string {
  return text.length > MAX_EXCERPT_CHARACTERS ? `${text.slice(0, MAX_EXCERPT_CHARACTERS)}…` : text;
}

function placeAt(offset: number, lines: LineCounter): TextPlace {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function syntaxError(
  reason: string,
  offset: number,
  lines: LineCounter,
  crash: ReferenceCrash | null = null,
): AppSpecError {
  const place = placeAt(offset, lines);
  return new AppSpecError(
    `The application specification file is not valid YAML at line ${place.line}: ${reason}.`,
    place,
    { crash },
  );
}
