import type { Tag as TagInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_ELB_TAG_KEY_CHARACTERS, MAX_ELB_TAG_VALUE_CHARACTERS, MAX_ELB_TAGS } from "@sluice/model/elb-limits.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import { invalid } from "./members.ts";

/** `duplicateFault`: two operations have DuplicateTagKeys among their errors, and all others say it as a validation error. */
export function readTags(
  input: readonly TagInput[] = [],
  duplicateFault: "DuplicateTagKeys" | "ValidationException" = "ValidationException",
): readonly Tag[] {
  const tags = input.map(({ Key, Value = "" }) => {
    if (Key === undefined || Key === "") throw invalid("Tags: a tag has no Key: give one.");
    if (Key.length > MAX_ELB_TAG_KEY_CHARACTERS || Value.length > MAX_ELB_TAG_VALUE_CHARACTERS) {
      throw invalid(
        `Tags: '${Key.slice(0, MAX_ELB_TAG_KEY_CHARACTERS)}' is too long: a key has at most ${MAX_ELB_TAG_KEY_CHARACTERS} characters, a value ${MAX_ELB_TAG_VALUE_CHARACTERS}.`,
      );
    }
    if (Key.startsWith("aws:")) throw invalid(`Tags: '${Key}' begins with aws:, which AWS keeps for itself.`);
    return { Key, Value };
  });
  const keys = new Set(tags.map(({ Key }) => Key));
  if (keys.size < tags.length) throw new CallerFault(duplicateFault, "Tag keys must be unique.");
  return requireFewTags(tags);
}

/** The tags with others added, or put in the place of those with the same key. */
export function withTags(tags: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const keys = new Set(added.map(({ Key }) => Key));
  return requireFewTags([...tags.filter(({ Key }) => !keys.has(Key)), ...added]);
}

function requireFewTags(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length <= MAX_ELB_TAGS) return tags;
  throw new CallerFault("TooManyTags", `A resource has at most ${MAX_ELB_TAGS} tags; this would be ${tags.length}.`);
}
