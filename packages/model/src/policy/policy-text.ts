import type { PolicyVersion } from "./policy-document.ts";
import { ANY_CHARACTER, ANY_TEXT, literalOf, matchesWildcards, type Pattern, patternOf } from "./wildcards.ts";

/** A condition key whose value is put in the place of `${key}` or `${key, 'default'}`. */
export interface PolicyVariable {
  /** In lower case, as requests have it. */
  readonly key: string;
  readonly otherwise: string | undefined;
}

/** Text that a policy compares with: its pieces in order. Without variables there is one piece. */
export type PolicyText = readonly (Pattern | PolicyVariable)[];

export type RequestContext = Readonly<Record<string, readonly string[]>>;

/** What `${*}`, `${?}` and `${$}` stand for. */
const SPECIAL: Readonly<Record<string, string>> = { "*": "*", "?": "?", $: "$" };
/** Ends at the next brace, so that many beginnings without an end are read once each. */
const VARIABLE = /\$\{([^{}]*)\}/g;
const IN_BRACES = /^\s*([A-Za-z0-9.-]+:[^\s,'{}*?$]+(?: [^\s,'{}*?$]+)*)\s*(?:,\s*'([^']*)'\s*)?$/;

/** The text with its variables, if the version has any; `wildcards: false` where asterisks stand for themselves. */
export function parsePolicyText(text: string, version: PolicyVersion, wildcards: boolean): PolicyText {
  const read = wildcards ? patternOf : literalOf;
  if (version !== "2012-10-17" || !text.includes("${")) return [read(text)];
  const pieces: (number[] | PolicyVariable)[] = [];
  const add = (pattern: number[]) => {
    const last = pieces.at(-1);
    if (!Array.isArray(last)) pieces.push(pattern);
    else for (const code of pattern) last.push(code);
  };
  let from = 0;
  for (const found of text.matchAll(VARIABLE)) {
    add(read(text.slice(from, found.index)));
    from = found.index + found[0].length;
    const inBraces = found[1] ?? "";
    const special = SPECIAL[inBraces];
    if (special !== undefined) {
      add(literalOf(special));
      continue;
    }
    const [, key = "", otherwise] = IN_BRACES.exec(inBraces) ?? [];
    pieces.push({ key: key.toLowerCase(), otherwise });
  }
  add(read(text.slice(from)));
  return pieces;
}

/** What is wrong with the variables of a text, as the end of a sentence about it; undefined when nothing is. */
export function variableProblem(text: string): string | undefined {
  const rest = text.replaceAll(VARIABLE, (whole, inBraces: string) =>
    SPECIAL[inBraces] !== undefined || IN_BRACES.test(inBraces) ? "" : whole,
  );
  const at = rest.indexOf("${");
  if (at < 0) return undefined;
  const broken = rest.slice(at, rest.indexOf("}", at) + 1 || undefined);
  return `has ${JSON.stringify(broken)}, which is no variable: write \${aws:username}, with a default \${aws:username, 'nobody'}, and \${$} for a dollar sign before a brace`;
}

/**
 * The whole as one pattern, undefined where a variable has no value or several: such a text is equal to nothing. `inLowerCase`: the values
 * of variables, too.
 */
export function resolveText(text: PolicyText, context: RequestContext, inLowerCase = false): Pattern | undefined {
  const [first] = text;
  if (text.length === 1 && first !== undefined && !("key" in first)) return first;
  const whole: number[] = [];
  for (const piece of text) {
    if (!("key" in piece)) {
      for (const code of piece) whole.push(code);
      continue;
    }
    const values = context[piece.key];
    const found = values?.length === 1 ? values[0] : piece.otherwise;
    if (found === undefined) return undefined;
    const value = inLowerCase ? found.toLowerCase() : found;
    // A value stands for itself: an asterisk that a caller chose as its name opens nothing.
    for (let at = 0; at < value.length; at++) whole.push(value.charCodeAt(at));
  }
  return whole;
}

/** Compares with one text, as fast as what the policy says of it allows. */
export type TextTest = (text: string, context: RequestContext) => boolean;

/** A test of whole texts. `inLowerCase`: `text` and what is compared with it are in lower case, and variables' values are made so. */
export function compileText(text: PolicyText, inLowerCase = false): TextTest {
  const [pattern] = text;
  if (text.length !== 1 || pattern === undefined || "key" in pattern) {
    return (given, context) => {
      const resolved = resolveText(text, context, inLowerCase);
      return resolved !== undefined && matchesWildcards(resolved, given);
    };
  }
  if (pattern.length === 1 && pattern[0] === ANY_TEXT) return () => true;
  const wildcardAt = pattern.findIndex((code) => code === ANY_TEXT || code === ANY_CHARACTER);
  if (wildcardAt < 0) {
    const exact = writtenOut(pattern);
    return (given) => given === exact;
  }
  if (wildcardAt === pattern.length - 1 && pattern[wildcardAt] === ANY_TEXT) {
    const start = writtenOut(pattern.slice(0, -1));
    return (given) => given.startsWith(start);
  }
  return (given) => matchesWildcards(pattern, given);
}

/** Of a pattern without wildcards. One call with all its codes could exceed what a call takes. */
function writtenOut(pattern: Pattern): string {
  return pattern.map((code) => String.fromCharCode(code)).join("");
}
