import { StringDecoder } from "node:string_decoder";

/** A line that is longer is cut, so that a script that never ends its line cannot fill the agent's memory. */
const MAX_LINE_CHARACTERS = 64 * 1024;

/** Turns chunks of bytes into text and whole lines. A character that is split between two chunks stays whole. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  push(bytes: Buffer): { readonly text: string; readonly lines: readonly string[] } {
    return this.#split(this.#decoder.write(bytes));
  }

  end(): { readonly text: string; readonly lines: readonly string[] } {
    const { text, lines } = this.#split(this.#decoder.end());
    const last = this.#rest;
    this.#rest = "";
    return { text, lines: last === "" ? lines : [...lines, last] };
  }

  #split(text: string): { readonly text: string; readonly lines: readonly string[] } {
    const lines = `${this.#rest}${text}`.split("\n");
    this.#rest = lines.pop() ?? "";
    while (this.#rest.length > MAX_LINE_CHARACTERS) {
      lines.push(this.#rest.slice(0, MAX_LINE_CHARACTERS));
      this.#rest = this.#rest.slice(MAX_LINE_CHARACTERS);
    }
    return { text, lines };
  }
}
