/** One `import`, `export … from` or `import()` of a source file. */
export interface ModuleReference {
  readonly specifier: string;
  /** `type`: erased before the program runs. `dynamic`: `await import()`, loaded when it is reached. */
  readonly kind: "static" | "type" | "dynamic";
  /** Counted from 1. */
  readonly line: number;
}

type Token =
  | { readonly kind: "word" | "punctuation"; readonly text: string; readonly line: number }
  | { readonly kind: "string"; readonly text: string; readonly line: number };

const WORD = /[A-Za-z0-9_$]/;
/** A slash after one of these begins a regular expression; after anything else it divides. */
const BEFORE_REGULAR_EXPRESSION = new Set([
  "",
  "(",
  ",",
  "=",
  ":",
  "[",
  "!",
  "&",
  "|",
  "?",
  "{",
  "}",
  ";",
  "+",
  ">",
  "return",
]);

/** Words, strings and punctuation, without comments, regular expressions and the fixed parts of templates. */
function* tokensOf(source: string): Generator<Token> {
  let at = 0;
  let line = 1;
  let previous = "";
  // One entry for each template that is open around the current place: the depth of braces inside its `${`.
  const templates: number[] = [];

  const skipTo = (end: number): void => {
    for (; at < end && at < source.length; at += 1) if (source[at] === "\n") line += 1;
  };
  /** Skips a template's fixed part, up to its closing backtick or its next `${`. */
  const skipTemplate = (): void => {
    while (at < source.length) {
      if (source[at] === "\\") skipTo(at + 2);
      else if (source[at] === "`") {
        skipTo(at + 1);
        return;
      } else if (source.startsWith("${", at)) {
        skipTo(at + 2);
        templates.push(0);
        return;
      } else skipTo(at + 1);
    }
  };

  while (at < source.length) {
    const character = source[at] ?? "";
    if (/\s/.test(character)) {
      skipTo(at + 1);
      continue;
    }
    if (source.startsWith("//", at)) {
      const end = source.indexOf("\n", at);
      skipTo(end < 0 ? source.length : end);
      continue;
    }
    if (source.startsWith("/*", at)) {
      const end = source.indexOf("*/", at + 2);
      skipTo(end < 0 ? source.length : end + 2);
      continue;
    }
    if (character === '"' || character === "'") {
      const start = at + 1;
      const startLine = line;
      skipTo(start);
      while (at < source.length && source[at] !== character && source[at] !== "\n")
        skipTo(at + (source[at] === "\\" ? 2 : 1));
      const text = source.slice(start, at);
      skipTo(at + 1);
      previous = "string";
      yield { kind: "string", text, line: startLine };
      continue;
    }
    if (character === "`") {
      skipTo(at + 1);
      skipTemplate();
      previous = "string";
      continue;
    }
    if (character === "/" && BEFORE_REGULAR_EXPRESSION.has(previous)) {
      let inClass = false;
      skipTo(at + 1);
      while (at < source.length && source[at] !== "\n" && (inClass || source[at] !== "/")) {
        if (source[at] === "[") inClass = true;
        if (source[at] === "]") inClass = false;
        skipTo(at + (source[at] === "\\" ? 2 : 1));
      }
      skipTo(at + 1);
      previous = "string";
      continue;
    }
    if (WORD.test(character)) {
      const start = at;
      while (at < source.length && WORD.test(source[at] ?? "")) at += 1;
      previous = source.slice(start, at);
      yield { kind: "word", text: previous, line };
      continue;
    }
    const open = templates.length - 1;
    if (open >= 0 && character === "{") templates[open] = (templates[open] ?? 0) + 1;
    if (open >= 0 && character === "}") {
      if (templates[open] === 0) {
        templates.pop();
        skipTo(at + 1);
        skipTemplate();
        previous = "string";
        continue;
      }
      templates[open] = (templates[open] ?? 0) - 1;
    }
    skipTo(at + 1);
    previous = character;
    yield { kind: "punctuation", text: character, line };
  }
}

/** Every module that a TypeScript source names, in order. `import type X = …` and `require` are not part of this project's TypeScript. */
export function moduleReferencesOf(source: string): ModuleReference[] {
  const tokens = [...tokensOf(source)];
  const references: ModuleReference[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "word" || (token.text !== "import" && token.text !== "export")) continue;
    // `object.import` and `{ import: … }` are names.
    if (tokens[index - 1]?.text === "." || tokens[index + 1]?.text === ":") continue;
    const next = tokens[index + 1];
    if (token.text === "import" && next?.text === "(") {
      const argument = tokens[index + 2];
      if (argument?.kind !== "string") continue;
      // `typeof import("x")` and `import("x").Type` in a type position are erased; a value is awaited or called with then.
      const isType = tokens[index - 1]?.text === "typeof" || !isValueImport(tokens, index);
      references.push({ specifier: argument.text, kind: isType ? "type" : "dynamic", line: token.line });
      continue;
    }
    if (token.text === "import" && next?.kind === "string") {
      references.push({ specifier: next.text, kind: "static", line: token.line });
      continue;
    }
    const reference = clauseFrom(tokens, index);
    if (reference !== undefined) references.push(reference);
  }
  return references;
}

function isValueImport(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text;
  const after = tokens[index + 4]?.text;
  const member = tokens[index + 5]?.text;
  // Unless it stands where a type stands (`: import("x").Y`), count it as loading.
  return !(before === ":" && after === "." && member !== "then" && /^[A-Z]/.test(member ?? ""));
}

/** `import … from "x"` and `export … from "x"`: only names, braces, commas and stars may stand between. */
function clauseFrom(tokens: readonly Token[], index: number): ModuleReference | undefined {
  const keyword = tokens[index];
  if (keyword === undefined) return undefined;
  const isType =
    tokens[index + 1]?.text === "type" && tokens[index + 2]?.text !== "from" && tokens[index + 2]?.text !== ",";
  let depth = 0;
  for (let at = index + 1; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) return undefined;
    if (token.kind === "string") {
      if (tokens[at - 1]?.text === "from")
        return { specifier: token.text, kind: isType ? "type" : "static", line: keyword.line };
      return undefined;
    }
    if (token.kind === "punctuation" && !["{", "}", ",", "*"].includes(token.text)) return undefined;
    if (token.text === "{") depth += 1;
    if (token.text === "}") depth -= 1;
    if (depth === 0 && ["const", "let", "function", "class", "interface", "async", "default"].includes(token.text))
      return undefined;
  }
  return undefined;
}
