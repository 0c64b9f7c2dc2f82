import type { Tag } from "@aws-sdk/client-ecs";
import { MAX_RESOURCE_TAGS } from "@sluice/model/limits.ts";
import { MAX_TAG_KEY_CHARACTERS, MAX_TAG_VALUE_CHARACTERS } from "@sluice/model/tag-filter.ts";
import type { EcsTag } from "../../../store/columns/ecs-columns.ts";
import { invalid } from "./member-rules.ts";

export function readTags(tags: readonly Tag[] = []): readonly EcsTag[] {
  const read = tags.map(({ key, value = "" }, index): EcsTag => {
    if (!key) throw invalid(`tags[${index}].key must be specified.`);
    if (key.length > MAX_TAG_KEY_CHARACTERS || value.length > MAX_TAG_VALUE_CHARACTERS) {
      throw invalid(
        `tags[${index}] is too long: a key has at most ${MAX_TAG_KEY_CHARACTERS} characters and a value ${MAX_TAG_VALUE_CHARACTERS}.`,
      );
    }
    if (/^aws:/i.test(key)) throw invalid(`tags[${index}].key begins with aws:, which AWS keeps for itself.`);
    return { key, value };
  });
  if (new Set(read.map(({ key }) => key)).size < read.length) {
    throw invalid("Duplicate tag keys found. Give each key once.");
  }
  return requireFew(read);
}

/** The tags with others added; those of the same key are replaced. */
export function withTags(tags: readonly EcsTag[], added: readonly EcsTag[]): readonly EcsTag[] {
  const keys = new Set(added.map(({ key }) => key));
  return requireFew([...tags.filter(({ key }) => !keys.has(key)), ...added]);
}

function requireFew(tags: readonly EcsTag[]): readonly EcsTag[] {
  if (tags.length <= MAX_RESOURCE_TAGS) return tags;
  throw invalid(`A resource has at most ${MAX_RESOURCE_TAGS} tags, and these are ${tags.length}.`);
}
