import { MAX_POLICY_DEPTH } from "./policy-limits.ts";

/** A value of a JSON text with the offset at which it begins. Numbers are kept as they are written. */
export type JsonNode =
  | { readonly kind: "object"; readonly at: number; readonly members: readonly JsonMember[] }
  | { readonly kind: "list"; readonly at: number; readonly items: readonly JsonNode[] }
  | { readonly kind: "text"; readonly at: number; readonly text: string }
  | { readonly kind: "number" | "boolean" | "null"; readonly at: number; readonly text: string };

export interface JsonMember {
  readonly at: number;
  readonly name: string;
  readonly node: JsonNode;
}

/** `problem` is the end of a sentence about the text. */
export class JsonFault extends Error {
  readonly at: number;

  constructor(problem: string, at: number) {
    super(problem);
    this.name = "JsonFault";
    this.at = at;
  }
}

const BLANKS = /[ \t\n\r]*/y;
/** Up to its end; JSON.parse then says whether its escapes are valid. */
const TEXT = /"(?:[^"\\]|\\[\s\S])*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/**
 * JSON as RFC 8259 has it, and where everything stands. JSON.parse would do but for two things: of members with the same name it silently
 * keeps the last, and it tells nobody where a value was. Throws {@link JsonFault}.
 */
export function parseJsonNode(text: string): JsonNode {
  let at = 0;

  const read = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const next = (): string => {
    read(BLANKS);
    return text.charAt(at);
  };
  const refuse = (wanted: string): never => {
    const found = at >= text.length ? "ends" : `has ${JSON.stringify(text.charAt(at))}`;
    throw new JsonFault(`is no JSON: it ${found} where ${wanted} has to stand`, at);
  };

  const readText = (wanted: string): string => {
    if (text.charAt(at) !== '"') return refuse(wanted);
    const start = at;
    const quoted = read(TEXT);
    if (quoted === undefined) throw new JsonFault('is no JSON: a text in it has no end. Close it with "', start);
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw new JsonFault("is no JSON: a text in it has a line end, a tab or an invalid escape", start);
    }
  };

  /** What stands between `open` and `close`, which has been seen, with commas between the parts. */
  const readParts = (close: string, part: () => void): void => {
    at += 1;
    if (next() !== close) {
      for (;;) {
        part();
        if (next() !== ",") break;
        const comma = at;
        at += 1;
        if (next() === close)
          throw new JsonFault(`is no JSON: it has a comma before ${close}. Remove the comma`, comma);
      }
    }
    if (text.charAt(at) !== close) refuse(`a comma or ${close}`);
    at += 1;
  };

  const readObject = (depth: number): JsonNode => {
    const start = at;
    const members: JsonMember[] = [];
    const names = new Set<string>();
    readParts("}", () => {
      const memberAt = at;
      const name = readText("a name in quotation marks");
      if (names.has(name)) {
        throw new JsonFault(
          `has the member ${JSON.stringify(name)} twice in one object: only one would count`,
          memberAt,
        );
      }
      names.add(name);
      if (next() !== ":") refuse("a colon");
      at += 1;
      members.push({ at: memberAt, name, node: readNode(depth + 1) });
    });
    return { kind: "object", at: start, members };
  };

  const readList = (depth: number): JsonNode => {
    const start = at;
    const items: JsonNode[] = [];
    readParts("]", () => items.push(readNode(depth + 1)));
    return { kind: "list", at: start, items };
  };

  const readNode = (depth: number): JsonNode => {
    const first = next();
    const start = at;
    if (depth > MAX_POLICY_DEPTH) {
      throw new JsonFault(`has more than ${MAX_POLICY_DEPTH} lists and objects in each other: a policy has six`, start);
    }
    if (first === "{") return readObject(depth);
    if (first === "[") return readList(depth);
    if (first === '"') return { kind: "text", at: start, text: readText("a text") };
    const word = read(WORD);
    if (word !== undefined) return { kind: word === "null" ? "null" : "boolean", at: start, text: word };
    return { kind: "number", at: start, text: read(NUMBER) ?? refuse("a value") };
  };

  const node = readNode(1);
  next();
  if (at < text.length) refuse("the end");
  return node;
}
