import { MAX_RESOURCE_TAGS } from "@sluice/model/limits.ts";
import { MAX_TAG_KEY_CHARACTERS, MAX_TAG_VALUE_CHARACTERS, type Tag } from "@sluice/model/tag-filter.ts";
import { invalid } from "./lambda-faults.ts";

export function readTags(tags: Readonly<Record<string, string>> = {}): readonly Tag[] {
  const read = Object.entries(tags).map(([Key, Value]): Tag => ({ Key, Value }));
  for (const { Key, Value } of read) {
    if (Key === "") throw invalid("Tags has an empty key: give each tag a key.");
    if (Key.length > MAX_TAG_KEY_CHARACTERS || Value.length > MAX_TAG_VALUE_CHARACTERS) {
      throw invalid(
        `Tags has one that is too long: a key has at most ${MAX_TAG_KEY_CHARACTERS} characters and a value ${MAX_TAG_VALUE_CHARACTERS}.`,
      );
    }
    if (/^aws:/i.test(Key)) throw invalid("Tags has a key that begins with aws:, which AWS keeps for itself.");
  }
  return requireFew(read);
}

/** The tags with others added; those of the same key are replaced. */
export function withTags(tags: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const keys = new Set(added.map(({ Key }) => Key));
  return requireFew([...tags.filter(({ Key }) => !keys.has(Key)), ...added]);
}

function requireFew(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length <= MAX_RESOURCE_TAGS) return tags;
  throw invalid(`A function has at most ${MAX_RESOURCE_TAGS} tags, and these are ${tags.length}.`);
}
