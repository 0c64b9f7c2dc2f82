/** Of a local header, without its name: what an entry takes at least besides its content. */
const HEADER_BYTES = 30;

/**
 * Where the entries of a zip lie in its file. Some that share bytes are how a small file unfolds to millions of times its size (unzip refuses them, too); no
 * program packs them so.
 */
export class ZipRanges {
  readonly #ranges: { readonly start: number; readonly end: number }[] = [];

  /** @returns whether the entry shares bytes with the one before it; `overlaps` looks at all */
  add(start: number, contentBytes: number): boolean {
    const range = { start, end: start + HEADER_BYTES + contentBytes };
    const before = this.#ranges.at(-1);
    this.#ranges.push(range);
    return before !== undefined && range.start < before.end && before.start < range.end;
  }

  overlaps(): boolean {
    const sorted = this.#ranges.toSorted((one, other) => one.start - other.start);
    return sorted.some(({ start }, index) => index > 0 && start < sorted[index - 1]!.end);
  }
}
