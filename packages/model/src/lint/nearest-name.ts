/** Edits that a name of so many characters may be away from what was meant. */
const CHARACTERS_PER_EDIT = 4;
const MAX_EDITS = 3;

/** Of `names` the one that was probably meant by `given`, whatever its case, blanks and hyphens; `aliases` maps other words for a name to it. */
export function nearestName(
  given: string,
  names: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): string | undefined {
  const word = bare(given);
  const same = names.find((name) => bare(name) === word);
  if (same !== undefined) return same;
  if (Object.hasOwn(aliases, word)) return aliases[word];
  const near = names
    .map((name) => ({ name, edits: countEdits(word, bare(name)) }))
    .filter(({ name, edits }) => edits <= Math.min(MAX_EDITS, Math.floor(bare(name).length / CHARACTERS_PER_EDIT)))
    .sort((one, other) => one.edits - other.edits);
  return near[0]?.name;
}

/** Letters and digits in lower case: `Before Install`, `before_install` and `BeforeInstall` are one word. */
function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Letters to insert, drop, replace or swap with their neighbour; more than {@link MAX_EDITS} are not counted out. */
function countEdits(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > MAX_EDITS) return MAX_EDITS + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
