/** A fault as the reference's YAML reader tells it: what, and while doing what. */
export class ReferenceYamlFault extends Error {
  /** Counted from 1; of the beginning of what was being read. */
  readonly line: number;
  readonly column: number;

  constructor(problem: string, context: string | null, mark: Mark) {
    super(context === null ? problem : `${problem} ${context}`);
    this.line = mark.line + 1;
    this.column = mark.column + 1;
  }
}

/** Counted from 0, in characters. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

export const START: Mark = { index: 0, line: 0, column: 0 };

const BREAKS: ReadonlySet<string> = new Set(["\r", "\n", "\x85", "\u2028", "\u2029"]);
const END = "";

/** The characters of a YAML file one after the other, with the place of each. Behind the last there is `""`. */
export class YamlReader {
  readonly #characters: readonly string[];
  #index = 0;
  #line = 0;
  column = 0;

  constructor(text: string) {
    this.#characters = [...text];
  }

  get mark(): Mark {
    return { index: this.#index, line: this.#line, column: this.column };
  }

  at(offset = 0): string {
    return this.#characters[this.#index + offset] ?? END;
  }

  is(characters: string, offset = 0): boolean {
    const character = this.at(offset);
    return character !== END && characters.includes(character);
  }

  isEnd(offset = 0): boolean {
    return this.at(offset) === END;
  }

  isBlank(offset = 0): boolean {
    return this.is(" \t", offset);
  }

  isBreak(offset = 0): boolean {
    return BREAKS.has(this.at(offset));
  }

  isBreakOrEnd(offset = 0): boolean {
    return this.isBreak(offset) || this.isEnd(offset);
  }

  isBlankOrEnd(offset = 0): boolean {
    return this.isBlank(offset) || this.isBreakOrEnd(offset);
  }

  isWord(offset = 0): boolean {
    return /^[0-9A-Za-z_-]$/.test(this.at(offset));
  }

  /** `---` or `...` at the margin, alone. */
  isDocumentMark(sign: "-" | "."): boolean {
    return this.column === 0 && [0, 1, 2].every((offset) => this.at(offset) === sign) && this.isBlankOrEnd(3);
  }

  skip(count = 1): void {
    this.#index += count;
    this.column += count;
  }

  skipLine(): void {
    this.#index += this.at() === "\r" && this.at(1) === "\n" ? 2 : 1;
    this.#line += 1;
    this.column = 0;
  }

  skipBlanks(): void {
    while (this.isBlank()) this.skip();
  }

  skipToLineEnd(): void {
    while (!this.isBreakOrEnd()) this.skip();
  }

  /** The end of the file counts as the beginning of a line of its own. */
  closeLine(): void {
    if (this.column === 0) return;
    this.column = 0;
    this.#line += 1;
  }
}
