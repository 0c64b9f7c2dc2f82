import { countEdits } from "./edit-distance.ts";

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
    .map((name) => ({ name, edits: countEdits(word, bare(name), MAX_EDITS) }))
    .filter(({ name, edits }) => edits <= Math.min(MAX_EDITS, Math.floor(bare(name).length / CHARACTERS_PER_EDIT)))
    .sort((one, other) => one.edits - other.edits);
  return near[0]?.name;
}

/** Letters and digits in lower case: `Before Install`, `before_install` and `BeforeInstall` are one word. */
function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}
