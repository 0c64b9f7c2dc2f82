import { countEdits } from "@sluice/model/edit-distance.ts";

/** More edits than this and two words have nothing to do with each other. */
const MAX_EDITS = 3;

/** The word among `known` that was probably meant by `word`; undefined when none is near. */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let fewest = Math.min(MAX_EDITS, Math.max(1, Math.floor(word.length / 2))) + 1;
  for (const candidate of new Set(known)) {
    const edits = candidate.startsWith(word) && word.length > 2 ? 1 : countEdits(word, candidate, MAX_EDITS);
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  return nearest;
}
