/** Texts that get a name at most: each is kept by every connection, and those of lists of odd sizes come and go. */
const MAX_NAMES = 200;
const MAX_SEEN = 1_000;

/** Which statements PostgreSQL is to keep prepared: those that come again, so that it parses and plans each of them once a connection. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #seen = new Set<string>();

  of(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= MAX_NAMES) return name;
    if (!this.#seen.delete(text)) {
      if (this.#seen.size >= MAX_SEEN) this.#seen = new Set();
      this.#seen.add(text);
      return undefined;
    }
    const given = `sluice_${this.#names.size + 1}`;
    this.#names.set(text, given);
    return given;
  }
}
