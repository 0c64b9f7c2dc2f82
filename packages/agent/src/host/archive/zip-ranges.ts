/** Of a local header, without its name: what an entry takes at least besides its content. */
const HEADER_BYTES = 30;

/**
 * Where the entries of a zip lie in its file. Some that share bytes are how a small file unfolds to millions of times its size (unzip refuses them, too); no
 * program packs them so. Two plain lists of numbers: of a million entries objects would take three times the memory.
 */
export class ZipRanges {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #areInOrder = true;

  /** @returns whether the entry shares bytes with the one before it; `overlaps` looks at all */
  add(start: number, contentBytes: number): boolean {
    const end = start + HEADER_BYTES + contentBytes;
    const [startBefore = 0, endBefore = 0] = [this.#starts.at(-1), this.#ends.at(-1)];
    this.#starts.push(start);
    this.#ends.push(end);
    if (start < startBefore) this.#areInOrder = false;
    return start < endBefore && startBefore < end;
  }

  overlaps(): boolean {
    // Then each was held against the one before it.
    if (this.#areInOrder) return false;
    const [starts, ends] = [this.#starts, this.#ends];
    const order = Uint32Array.from(starts, (_, index) => index).sort((one, other) => starts[one]! - starts[other]!);
    return order.some((entry, index) => index > 0 && starts[entry]! < ends[order[index - 1]!]!);
  }
}
